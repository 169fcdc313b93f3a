CREATE TABLE "people" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"programme_id" uuid NOT NULL,
	"first_name" text DEFAULT '' NOT NULL,
	"last_name" text DEFAULT '' NOT NULL,
	"title" text DEFAULT '' NOT NULL,
	"email" text,
	"phone" text,
	"language" text,
	"human" uuid GENERATED ALWAYS AS (case when email is null or regexp_replace(lower(normalize(first_name || last_name, NFKD)), '[^[:alnum:]]', '', 'g') = '' then id else md5(lower(email) || ' ' || regexp_replace(lower(normalize(first_name || last_name, NFKD)), '[^[:alnum:]]', '', 'g'))::uuid end) STORED NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "team_members" (
	"project_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"position" integer NOT NULL,
	CONSTRAINT "team_members_project_id_person_id_pk" PRIMARY KEY("project_id","person_id")
);
--> statement-breakpoint
ALTER TABLE "hosts" ADD COLUMN "person_id" uuid;--> statement-breakpoint
ALTER TABLE "hosts" ADD COLUMN "label" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "meeting_seats" ADD COLUMN "human" uuid;--> statement-breakpoint
ALTER TABLE "people" ADD CONSTRAINT "people_programme_id_programmes_id_fk" FOREIGN KEY ("programme_id") REFERENCES "public"."programmes"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "people_email" ON "people" USING btree ("programme_id","email");--> statement-breakpoint
CREATE INDEX "team_members_person" ON "team_members" USING btree ("person_id");--> statement-breakpoint

-- What stood in one field: a role stays a role; else the first word is the first name, and a single word the last one.
CREATE FUNCTION pg_temp.is_role(name text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT name ~* '\m(respons|dirett|direzion|president|vicepresident|referent|coordinat|segretar|manager|director|head\M|officer|amministrat|consiglier|delegat|ufficio\M|area\M|fundrais|tutor\M|csr\M|chief|lead\M|soci[oa]\M|fondator|funzionari)'
$$;--> statement-breakpoint
UPDATE "hosts" SET "person_id" = gen_random_uuid();--> statement-breakpoint
INSERT INTO "people" ("id", "programme_id", "first_name", "last_name", "title", "email")
  SELECT "person_id", "programme_id",
    CASE WHEN "role" OR "clean" !~ ' ' THEN '' WHEN "comma" THEN split_part("clean", ', ', 2) ELSE split_part("clean", ' ', 1) END,
    CASE WHEN "role" THEN '' WHEN "comma" THEN split_part("clean", ', ', 1) WHEN "clean" !~ ' ' THEN "clean"
      ELSE substr("clean", strpos("clean", ' ') + 1) END,
    CASE WHEN "role" THEN "clean" ELSE '' END,
    nullif(lower(btrim("email")), '')
  FROM (
    SELECT *, pg_temp.is_role("clean") AS "role", "clean" ~ '^[^,]+, [^,]+$' AS "comma"
    FROM (SELECT *, btrim(regexp_replace("name", '\s+', ' ', 'g')) AS "clean" FROM "hosts") AS "spaced"
  ) AS "old";--> statement-breakpoint
ALTER TABLE "hosts" ALTER COLUMN "person_id" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "hosts" ADD CONSTRAINT "hosts_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hosts" ALTER CONSTRAINT "hosts_person_id_people_id_fk" DEFERRABLE INITIALLY IMMEDIATE;--> statement-breakpoint

-- Of a project only a mailbox was known: its first contact.
WITH "contact" AS MATERIALIZED (
  SELECT gen_random_uuid() AS "person_id", "id", "programme_id", lower(btrim("email")) AS "email"
  FROM "projects" WHERE btrim("email") <> ''
), "made" AS (
  INSERT INTO "people" ("id", "programme_id", "email") SELECT "person_id", "programme_id", "email" FROM "contact"
)
INSERT INTO "team_members" ("project_id", "person_id", "position") SELECT "id", "person_id", 0 FROM "contact";--> statement-breakpoint
ALTER TABLE "hosts" DROP COLUMN "name";--> statement-breakpoint
ALTER TABLE "hosts" DROP COLUMN "email";--> statement-breakpoint
ALTER TABLE "projects" DROP COLUMN "email";--> statement-breakpoint

-- A team has exactly one first contact, once it has anybody.
ALTER TABLE "team_members" ADD CONSTRAINT "team_members_position"
  UNIQUE ("project_id", "position") DEFERRABLE INITIALLY IMMEDIATE;--> statement-breakpoint
CREATE FUNCTION require_first_contact() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE team uuid := CASE TG_OP WHEN 'DELETE' THEN OLD.project_id ELSE NEW.project_id END;
BEGIN
  IF EXISTS (SELECT 1 FROM team_members WHERE project_id = team)
     AND NOT EXISTS (SELECT 1 FROM team_members WHERE project_id = team AND position = 0) THEN
    RAISE EXCEPTION 'the team of project % has no first contact', team USING ERRCODE = '23514', CONSTRAINT = 'team_members_first_contact';
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE CONSTRAINT TRIGGER team_members_first_contact AFTER INSERT OR UPDATE OR DELETE ON "team_members"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_first_contact();--> statement-breakpoint

-- Who has to sit there for a participant: a host, or the only person of a team. Of a larger team another one can go.
CREATE VIEW "participant_humans" AS
  SELECT "participants"."id" AS "participant_id", "people"."human"
  FROM "participants" JOIN "hosts" ON "hosts"."id" = "participants"."host_id" JOIN "people" ON "people"."id" = "hosts"."person_id"
  UNION ALL
  SELECT "participants"."id", min("people"."human"::text)::uuid
  FROM "participants" JOIN "team_members" ON "team_members"."project_id" = "participants"."project_id"
    JOIN "people" ON "people"."id" = "team_members"."person_id"
  GROUP BY "participants"."id" HAVING count(DISTINCT "people"."human") = 1;--> statement-breakpoint

-- Seats that already clash are left to be mended by hand; versions are frozen.
UPDATE "meeting_seats" AS "seat" SET "human" = "known"."human" FROM (
  SELECT "meeting_id", "taken"."participant_id", "participant_humans"."human",
    count(*) OVER (PARTITION BY "taken"."schedule_id", "slot_id", "participant_humans"."human") AS "times"
  FROM "meeting_seats" AS "taken"
    JOIN "participant_humans" ON "participant_humans"."participant_id" = "taken"."participant_id"
    JOIN "schedules" ON "schedules"."id" = "taken"."schedule_id" AND NOT "schedules"."sealed"
) AS "known"
WHERE "known"."meeting_id" = "seat"."meeting_id" AND "known"."participant_id" = "seat"."participant_id" AND "known"."times" = 1;--> statement-breakpoint
ALTER TABLE "meeting_seats" ADD CONSTRAINT "meeting_seats_human_once"
  UNIQUE ("schedule_id", "slot_id", "human") DEFERRABLE INITIALLY IMMEDIATE;--> statement-breakpoint

-- Nobody meets themselves: a host who is of the project's team.
CREATE FUNCTION refuse_own_meeting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM fresh
      JOIN candidates pair ON pair.id = fresh.candidate_id
      JOIN participants project ON project.id = pair.project_participant_id
      JOIN participants host ON host.id = pair.host_participant_id
      JOIN team_members ON team_members.project_id = project.project_id
      JOIN people member ON member.id = team_members.person_id
      JOIN hosts ON hosts.id = host.host_id
      JOIN people person ON person.id = hosts.person_id AND person.human = member.human
  ) THEN
    RAISE EXCEPTION 'somebody would meet themselves' USING ERRCODE = '23514', CONSTRAINT = 'meetings_two_humans';
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER meetings_two_humans AFTER INSERT ON "meetings"
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION refuse_own_meeting();
