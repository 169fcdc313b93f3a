CREATE TABLE "member_names" (
	"programme_id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"name" text NOT NULL,
	CONSTRAINT "member_names_programme_id_user_id_pk" PRIMARY KEY("programme_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "member_names" ADD CONSTRAINT "member_names_programme_id_programmes_id_fk" FOREIGN KEY ("programme_id") REFERENCES "programmes"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member_names" ADD CONSTRAINT "member_names_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
-- What each programme knows by now stays as its people see it: members, and whoever its log tells of.
INSERT INTO "member_names" ("programme_id", "user_id", "name")
SELECT DISTINCT "programme_id", "users"."id", "users"."name" FROM "memberships" JOIN "users" ON "users"."id" = "user_id"
UNION
SELECT DISTINCT "programme_id", "users"."id", "users"."name" FROM "changes" JOIN "users" ON "users"."id" = "actor_id";
