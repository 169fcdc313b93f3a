-- What drizzle cannot declare: deferrable uniqueness (so that a swap can pass through an intermediate
-- state), frozen versions, and the one row of this database's identity.

ALTER TABLE "meetings" ADD CONSTRAINT "meetings_table_once"
  UNIQUE ("schedule_id", "slot_id", "table_id") DEFERRABLE INITIALLY IMMEDIATE;--> statement-breakpoint
ALTER TABLE "meeting_seats" ADD CONSTRAINT "meeting_seats_once"
  UNIQUE ("schedule_id", "slot_id", "participant_id") DEFERRABLE INITIALLY IMMEDIATE;--> statement-breakpoint

CREATE FUNCTION refuse_sealed_schedule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A version may go only together with its whole event.
  IF OLD.sealed AND (TG_OP = 'UPDATE' OR EXISTS (SELECT 1 FROM events WHERE id = OLD.event_id)) THEN
    RAISE EXCEPTION 'schedule % is a published version and cannot change', OLD.id USING ERRCODE = '23001', CONSTRAINT = 'schedules_sealed';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;--> statement-breakpoint
CREATE TRIGGER schedules_sealed BEFORE UPDATE OR DELETE ON "schedules"
  FOR EACH ROW EXECUTE FUNCTION refuse_sealed_schedule();--> statement-breakpoint

CREATE FUNCTION refuse_sealed_meeting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM schedules WHERE id = OLD.schedule_id AND sealed)
     OR TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM schedules WHERE id = NEW.schedule_id AND sealed) THEN
    RAISE EXCEPTION 'a published version cannot change' USING ERRCODE = '23001', CONSTRAINT = 'schedules_sealed';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;--> statement-breakpoint
CREATE TRIGGER meetings_sealed BEFORE INSERT OR UPDATE OR DELETE ON "meetings"
  FOR EACH ROW EXECUTE FUNCTION refuse_sealed_meeting();--> statement-breakpoint
CREATE TRIGGER meeting_seats_sealed BEFORE INSERT OR UPDATE OR DELETE ON "meeting_seats"
  FOR EACH ROW EXECUTE FUNCTION refuse_sealed_meeting();--> statement-breakpoint

CREATE FUNCTION refuse_change_of_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The actor is forgotten when the account is erased; nothing else of an entry ever changes.
  IF TG_OP = 'UPDATE' AND NEW.actor_id IS NULL AND to_jsonb(NEW) - 'actor_id' = to_jsonb(OLD) - 'actor_id' THEN
    RETURN NEW;
  END IF;
  -- Consecutive autosaves of one form are one entry that moves to the end of the log.
  IF TG_OP = 'UPDATE' AND NEW.seq > OLD.seq AND to_jsonb(NEW) - 'seq' - 'at' = to_jsonb(OLD) - 'seq' - 'at' THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' AND (NOT EXISTS (SELECT 1 FROM programmes WHERE id = OLD.programme_id)
     OR OLD.event_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM events WHERE id = OLD.event_id)) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'the log of changes is never rewritten' USING ERRCODE = '23001', CONSTRAINT = 'changes_append_only';
END $$;--> statement-breakpoint
CREATE TRIGGER changes_append_only BEFORE UPDATE OR DELETE ON "changes"
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_log();--> statement-breakpoint

INSERT INTO "installations" DEFAULT VALUES;
