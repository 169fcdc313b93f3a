ALTER TABLE "events" ADD COLUMN "public" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "rehearsal" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "programmes" ADD COLUMN "public" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "programmes" ADD COLUMN "ranking_public" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "public" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "events" ADD CONSTRAINT "events_rehearsal_private" CHECK (not ("events"."public" and "events"."rehearsal"));--> statement-breakpoint
-- What anybody could read so far stays so, until somebody decides otherwise; a proposal only where it was approved.
UPDATE "programmes" SET "public" = true, "ranking_public" = true;--> statement-breakpoint
UPDATE "events" SET "public" = true WHERE "kind" IN ('camp', 'public');--> statement-breakpoint
UPDATE "proposals" SET "public" = true WHERE "status" = 'approved';
