CREATE TABLE "rsvp_links" (
	"digest" text PRIMARY KEY NOT NULL,
	"participant_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "rsvp" text;--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "rsvp_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "rsvp_by" text;--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "rsvp_reason" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "rsvp_links" ADD CONSTRAINT "rsvp_links_participant_id_participants_id_fk" FOREIGN KEY ("participant_id") REFERENCES "public"."participants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "rsvp_links_participant" ON "rsvp_links" USING btree ("participant_id");--> statement-breakpoint
ALTER TABLE "participants" ADD CONSTRAINT "participants_rsvp" CHECK (("participants"."rsvp" is null) = ("participants"."rsvp_by" is null));