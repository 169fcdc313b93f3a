ALTER TABLE "participants" ADD COLUMN "own_table_id" uuid;--> statement-breakpoint
ALTER TABLE "participants" ADD CONSTRAINT "participants_own_table_of_event" FOREIGN KEY ("own_table_id","event_id") REFERENCES "public"."tables"("id","event_id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants" ADD CONSTRAINT "participants_host_table" CHECK ("participants"."own_table_id" is null or "participants"."side" = 'host');--> statement-breakpoint

-- What drizzle cannot declare: a table that goes takes nothing else of its host along, and two hosts can change places.

ALTER TABLE "participants" DROP CONSTRAINT "participants_own_table_of_event";--> statement-breakpoint
ALTER TABLE "participants" ADD CONSTRAINT "participants_own_table_of_event" FOREIGN KEY ("own_table_id","event_id") REFERENCES "tables"("id","event_id") ON DELETE SET NULL ("own_table_id");--> statement-breakpoint
ALTER TABLE "participants" ADD CONSTRAINT "participants_own_table" UNIQUE ("own_table_id") DEFERRABLE INITIALLY IMMEDIATE;
