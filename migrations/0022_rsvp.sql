CREATE TABLE "rsvp_links" (
	"digest" text PRIMARY KEY NOT NULL,
	"participant_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "stand_in_id" uuid;--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "rsvp" text;--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "rsvp_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "rsvp_by" text;--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "rsvp_reason" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "rsvp_links" ADD CONSTRAINT "rsvp_links_participant_id_participants_id_fk" FOREIGN KEY ("participant_id") REFERENCES "public"."participants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "rsvp_links_participant" ON "rsvp_links" USING btree ("participant_id");--> statement-breakpoint
ALTER TABLE "participants" ADD CONSTRAINT "participants_stand_in_id_people_id_fk" FOREIGN KEY ("stand_in_id") REFERENCES "public"."people"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants" ADD CONSTRAINT "participants_rsvp" CHECK (("participants"."rsvp" is null) = ("participants"."rsvp_by" is null));--> statement-breakpoint
-- Whoever comes instead of somebody has to sit there, and cannot be in two places any more than them.
CREATE OR REPLACE VIEW "participant_humans" AS
  SELECT "participants"."id" AS "participant_id", coalesce(
    (SELECT "people"."human" FROM "people" WHERE "people"."id" = "participants"."stand_in_id"),
    (SELECT "people"."human" FROM "hosts" JOIN "people" ON "people"."id" = "hosts"."person_id"
      WHERE "hosts"."id" = "participants"."host_id"),
    (SELECT min("people"."human"::text)::uuid
      FROM "team_members" JOIN "people" ON "people"."id" = "team_members"."person_id"
      WHERE "team_members"."project_id" = "participants"."project_id" HAVING count(DISTINCT "people"."human") = 1)
  ) AS "human"
  FROM "participants";
