CREATE TABLE "pair_rulings" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"event_id" uuid NOT NULL,
	"project_participant_id" uuid NOT NULL,
	"host_participant_id" uuid NOT NULL,
	"ruling" text NOT NULL,
	"slot_id" uuid,
	"reason" text DEFAULT '' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "tables" DROP CONSTRAINT "tables_name";--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "needs" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "pair_rulings" ADD CONSTRAINT "pair_rulings_event_id_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."events"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pair_rulings" ADD CONSTRAINT "pair_rulings_slot_id_slots_id_fk" FOREIGN KEY ("slot_id") REFERENCES "public"."slots"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pair_rulings" ADD CONSTRAINT "pair_rulings_project_participant_id_event_id_participants_id_event_id_fk" FOREIGN KEY ("project_participant_id","event_id") REFERENCES "public"."participants"("id","event_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pair_rulings" ADD CONSTRAINT "pair_rulings_host_participant_id_event_id_participants_id_event_id_fk" FOREIGN KEY ("host_participant_id","event_id") REFERENCES "public"."participants"("id","event_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "pair_rulings_standing" ON "pair_rulings" USING btree ("project_participant_id","host_participant_id") WHERE "pair_rulings"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "pair_rulings_event" ON "pair_rulings" USING btree ("event_id");--> statement-breakpoint
ALTER TABLE "tables" ADD CONSTRAINT "tables_name" UNIQUE("room_id","name");