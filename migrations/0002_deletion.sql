-- An event or a programme that goes takes what hangs on it along, in whatever order: these references are
-- checked once all of it is gone, where the transaction asks for that.

ALTER TABLE "hosts" ALTER CONSTRAINT "hosts_organisation_id_organisations_id_fk" DEFERRABLE INITIALLY IMMEDIATE;--> statement-breakpoint
ALTER TABLE "tables" ALTER CONSTRAINT "tables_room_id_rooms_id_fk" DEFERRABLE INITIALLY IMMEDIATE;--> statement-breakpoint
ALTER TABLE "meetings" ALTER CONSTRAINT "meetings_candidate_id_event_id_candidates_id_event_id_fk" DEFERRABLE INITIALLY IMMEDIATE;--> statement-breakpoint
ALTER TABLE "meetings" ALTER CONSTRAINT "meetings_slot_id_event_id_slots_id_event_id_fk" DEFERRABLE INITIALLY IMMEDIATE;--> statement-breakpoint
ALTER TABLE "meetings" ALTER CONSTRAINT "meetings_table_id_event_id_tables_id_event_id_fk" DEFERRABLE INITIALLY IMMEDIATE;--> statement-breakpoint
ALTER TABLE "meeting_seats" ALTER CONSTRAINT "meeting_seats_participant_id_participants_id_fk" DEFERRABLE INITIALLY IMMEDIATE;
