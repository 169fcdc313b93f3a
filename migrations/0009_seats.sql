CREATE INDEX "people_mailbox" ON "people" USING btree ("email");--> statement-breakpoint

-- The same as before, but to be asked of one participant without a look at every team there is; null where anybody of
-- a larger team can go.
CREATE OR REPLACE VIEW "participant_humans" AS
  SELECT "participants"."id" AS "participant_id", coalesce(
    (SELECT "people"."human" FROM "hosts" JOIN "people" ON "people"."id" = "hosts"."person_id"
      WHERE "hosts"."id" = "participants"."host_id"),
    (SELECT min("people"."human"::text)::uuid
      FROM "team_members" JOIN "people" ON "people"."id" = "team_members"."person_id"
      WHERE "team_members"."project_id" = "participants"."project_id" HAVING count(DISTINCT "people"."human") = 1)
  ) AS "human"
  FROM "participants";--> statement-breakpoint

-- Nobody is planned to meet themselves anew. A pair that another schedule of the event holds was planned before its
-- people were found to be one, and a draft that has it can still be published.
CREATE OR REPLACE FUNCTION refuse_own_meeting() RETURNS trigger LANGUAGE plpgsql AS $$
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
    WHERE NOT EXISTS (
      SELECT 1 FROM schedules JOIN meetings ON meetings.schedule_id = schedules.id
      WHERE schedules.event_id = fresh.event_id AND schedules.id <> fresh.schedule_id
        AND meetings.candidate_id = fresh.candidate_id
    )
  ) THEN
    RAISE EXCEPTION 'somebody would meet themselves' USING ERRCODE = '23514', CONSTRAINT = 'meetings_two_humans';
  END IF;
  RETURN NULL;
END $$;
