CREATE TABLE "kept_rows" (
	"programme_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"subject_ids" uuid[] NOT NULL,
	"steps" jsonb NOT NULL,
	"forget_at" timestamp with time zone NOT NULL,
	CONSTRAINT "kept_rows_programme_id_seq_pk" PRIMARY KEY("programme_id","seq")
);
--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "deleted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "hosts" ADD COLUMN "withdrawn_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "hosts" ADD COLUMN "merged_into_id" uuid;--> statement-breakpoint
ALTER TABLE "organisations" ADD COLUMN "merged_into_id" uuid;--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "merged_into_id" uuid;--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "withdrawn_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "kept_rows" ADD CONSTRAINT "kept_rows_programme_id_programmes_id_fk" FOREIGN KEY ("programme_id") REFERENCES "public"."programmes"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hosts" ADD CONSTRAINT "hosts_merged_into_id_hosts_id_fk" FOREIGN KEY ("merged_into_id") REFERENCES "public"."hosts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organisations" ADD CONSTRAINT "organisations_merged_into_id_organisations_id_fk" FOREIGN KEY ("merged_into_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants" ADD CONSTRAINT "participants_merged_into_id_participants_id_fk" FOREIGN KEY ("merged_into_id") REFERENCES "public"."participants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hosts" ADD CONSTRAINT "hosts_merged" CHECK ("hosts"."merged_into_id" is null or ("hosts"."merged_into_id" <> "hosts"."id" and "hosts"."withdrawn_at" is not null));--> statement-breakpoint
ALTER TABLE "organisations" ADD CONSTRAINT "organisations_merged" CHECK ("organisations"."merged_into_id" <> "organisations"."id");--> statement-breakpoint

-- Who has withdrawn is given no meeting in the schedule that everybody goes by.
CREATE FUNCTION refuse_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM fresh
      JOIN schedules ON schedules.id = fresh.schedule_id AND schedules.kind = 'live'
      JOIN candidates pair ON pair.id = fresh.candidate_id AND pair.state <> 'cancelled'
      JOIN participants taking ON taking.id IN (pair.project_participant_id, pair.host_participant_id)
      LEFT JOIN projects ON projects.id = taking.project_id
      LEFT JOIN hosts ON hosts.id = taking.host_id
    WHERE coalesce(projects.withdrawn_at, hosts.withdrawn_at) IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'somebody who has withdrawn would meet' USING ERRCODE = '23514', CONSTRAINT = 'meetings_nobody_withdrawn';
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER meetings_nobody_withdrawn AFTER INSERT ON "meetings"
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION refuse_withdrawn();--> statement-breakpoint

-- A day that people were told of stays on record; one to try things out may go with what it holds.
CREATE FUNCTION refuse_deleting_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.deleted_at IS NOT NULL AND OLD.deleted_at IS NULL AND NOT NEW.rehearsal
     AND EXISTS (SELECT 1 FROM schedules WHERE event_id = NEW.id AND kind <> 'draft') THEN
    RAISE EXCEPTION 'event % has a published schedule', NEW.id USING ERRCODE = '23514', CONSTRAINT = 'events_published_stay';
  END IF;
  RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER events_published_stay BEFORE UPDATE OF "deleted_at" ON "events"
  FOR EACH ROW EXECUTE FUNCTION refuse_deleting_published();
