CREATE TABLE "pending_notices" (
	"event_id" uuid PRIMARY KEY NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"requested_by" text,
	"note" text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "told_agendas" (
	"event_id" uuid NOT NULL,
	"participant_id" uuid NOT NULL,
	"date" date NOT NULL,
	"meetings" jsonb NOT NULL,
	"decision" text NOT NULL,
	"decided_at" timestamp with time zone NOT NULL,
	"told_at" timestamp with time zone,
	CONSTRAINT "told_agendas_event_id_participant_id_pk" PRIMARY KEY("event_id","participant_id")
);
--> statement-breakpoint
ALTER TABLE "pending_notices" ADD CONSTRAINT "pending_notices_event_id_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."events"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pending_notices" ADD CONSTRAINT "pending_notices_requested_by_users_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "told_agendas" ADD CONSTRAINT "told_agendas_event_id_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."events"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "told_agendas" ADD CONSTRAINT "told_agendas_participant_id_event_id_participants_id_event_id_fk" FOREIGN KEY ("participant_id","event_id") REFERENCES "public"."participants"("id","event_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint

-- Until now every version was written to everybody: what is in force by now they know.

INSERT INTO "told_agendas" ("event_id", "participant_id", "date", "meetings", "decision", "decided_at", "told_at")
SELECT e."id", side."participant_id", e."date",
	jsonb_object_agg(m."candidate_id", jsonb_build_object(
		'with', side."with_id",
		'startsAt', to_char(s."starts_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
		'table', t."name")),
	'now', now(), l."changed_at"
FROM "schedules" l
JOIN "events" e ON e."id" = l."event_id"
JOIN "meetings" m ON m."schedule_id" = l."id"
JOIN "candidates" c ON c."id" = m."candidate_id" AND c."state" <> 'cancelled'
JOIN "slots" s ON s."id" = m."slot_id" AND s."removed_at" IS NULL
LEFT JOIN "tables" t ON t."id" = m."table_id" AND t."removed_at" IS NULL
CROSS JOIN LATERAL (VALUES
	(c."project_participant_id", c."host_participant_id"),
	(c."host_participant_id", c."project_participant_id")) AS side("participant_id", "with_id")
WHERE l."kind" = 'live' AND NOT e."rehearsal"
GROUP BY e."id", side."participant_id", l."changed_at";
