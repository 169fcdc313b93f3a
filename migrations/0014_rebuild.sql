ALTER TABLE "runs" ADD COLUMN "keep" text DEFAULT 'nothing' NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "base_id" uuid;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_base_id_schedules_id_fk" FOREIGN KEY ("base_id") REFERENCES "public"."schedules"("id") ON DELETE set null ON UPDATE no action;