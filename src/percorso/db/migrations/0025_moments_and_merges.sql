-- Moments that are set aside, and who was merged into whom.
SET LOCAL lock_timeout = '5s';

-- A contact's moments are set aside like facts and runs: each by itself, and not as the fact at which the cursor stands.
ALTER TABLE set_aside ADD COLUMN segment_id uuid; -- null: it was not the moment of a membership
ALTER TABLE set_aside ADD COLUMN due_at timestamptz; -- the moment of a shop or of a membership; null: a fact or a run
DROP INDEX set_aside_fact;
-- A fact is set aside once.
CREATE UNIQUE INDEX set_aside_fact ON set_aside (bucket, "offset") WHERE run_id IS NULL AND due_at IS NULL;

-- Who was merged into somebody is asked when that one is merged, too.
CREATE INDEX moved_into ON moved (into_contact_id);
