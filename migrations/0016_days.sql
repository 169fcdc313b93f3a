ALTER TABLE "slots" DROP CONSTRAINT "slots_position";--> statement-breakpoint
ALTER TABLE "tables" DROP CONSTRAINT "tables_name";--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "attendance_day" date;--> statement-breakpoint
ALTER TABLE "slots" ADD COLUMN "day" date;--> statement-breakpoint
ALTER TABLE "slots" ADD COLUMN "removed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tables" ADD COLUMN "days_out" date[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "tables" ADD COLUMN "removed_at" timestamp with time zone;--> statement-breakpoint

-- What drizzle cannot declare: events had one day each, and what is deferrable, so that rows can change places.

UPDATE "slots" SET "day" = "events"."date" FROM "events" WHERE "events"."id" = "slots"."event_id";--> statement-breakpoint
ALTER TABLE "slots" ALTER COLUMN "day" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "slots" ADD CONSTRAINT "slots_day" CHECK (("slots"."starts_at" at time zone 'UTC')::date between "slots"."day" - 1 and "slots"."day" + 1);--> statement-breakpoint
UPDATE "participants" SET "attendance_day" = "events"."date" FROM "events"
  WHERE "events"."id" = "participants"."event_id" AND "participants"."attendance" <> 'expected';--> statement-breakpoint
ALTER TABLE "slots" ADD CONSTRAINT "slots_position"
  UNIQUE NULLS NOT DISTINCT ("event_id", "position", "removed_at") DEFERRABLE INITIALLY IMMEDIATE;--> statement-breakpoint
ALTER TABLE "tables" ADD CONSTRAINT "tables_name"
  UNIQUE NULLS NOT DISTINCT ("room_id", "name", "removed_at") DEFERRABLE INITIALLY IMMEDIATE;--> statement-breakpoint

-- A slot that does not say its day is of the day on which it begins where the programme is.
CREATE FUNCTION day_of_slot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.day := coalesce(NEW.day, (SELECT (NEW.starts_at AT TIME ZONE programmes.timezone)::date
    FROM events JOIN programmes ON programmes.id = events.programme_id WHERE events.id = NEW.event_id));
  RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER slots_day BEFORE INSERT ON "slots" FOR EACH ROW EXECUTE FUNCTION day_of_slot();
