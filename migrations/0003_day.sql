CREATE TABLE "disruptions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"event_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"participant_id" uuid,
	"table_id" uuid,
	"from_id" uuid NOT NULL,
	"to_id" uuid NOT NULL,
	"minutes" integer,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "disruptions_subject" CHECK (("disruptions"."participant_id" is not null) = ("disruptions"."kind" in ('no_show', 'late', 'early')) and ("disruptions"."table_id" is not null) = ("disruptions"."kind" = 'table_out'))
);
--> statement-breakpoint
CREATE TABLE "repairs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"event_id" uuid NOT NULL,
	"schedule_id" uuid NOT NULL,
	"base_version" integer NOT NULL,
	"order" text NOT NULL,
	"disruption_ids" uuid[] NOT NULL,
	"meetings" jsonb NOT NULL,
	"objective" jsonb NOT NULL,
	"changes" jsonb NOT NULL,
	"shortfall_before" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "code" text DEFAULT upper(substr(replace(gen_random_uuid()::text, '-', ''), 1, 10)) NOT NULL;--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "attendance" text DEFAULT 'expected' NOT NULL;--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "arrived_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "rooms" ADD COLUMN "delay_minutes" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rooms" ADD COLUMN "delay_from_id" uuid;--> statement-breakpoint
ALTER TABLE "disruptions" ADD CONSTRAINT "disruptions_event_id_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."events"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disruptions" ADD CONSTRAINT "disruptions_participant_id_event_id_participants_id_event_id_fk" FOREIGN KEY ("participant_id","event_id") REFERENCES "public"."participants"("id","event_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disruptions" ADD CONSTRAINT "disruptions_table_id_event_id_tables_id_event_id_fk" FOREIGN KEY ("table_id","event_id") REFERENCES "public"."tables"("id","event_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disruptions" ADD CONSTRAINT "disruptions_from_id_event_id_slots_id_event_id_fk" FOREIGN KEY ("from_id","event_id") REFERENCES "public"."slots"("id","event_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disruptions" ADD CONSTRAINT "disruptions_to_id_event_id_slots_id_event_id_fk" FOREIGN KEY ("to_id","event_id") REFERENCES "public"."slots"("id","event_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "repairs" ADD CONSTRAINT "repairs_event_id_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."events"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "repairs" ADD CONSTRAINT "repairs_schedule_id_event_id_schedules_id_event_id_fk" FOREIGN KEY ("schedule_id","event_id") REFERENCES "public"."schedules"("id","event_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "disruptions_event" ON "disruptions" USING btree ("event_id");--> statement-breakpoint
CREATE INDEX "repairs_event" ON "repairs" USING btree ("event_id","created_at");--> statement-breakpoint
ALTER TABLE "rooms" ADD CONSTRAINT "rooms_delay_from_id_slots_id_fk" FOREIGN KEY ("delay_from_id") REFERENCES "public"."slots"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants" ADD CONSTRAINT "participants_code" UNIQUE("event_id","code");