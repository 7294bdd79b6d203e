-- Jobs that must keep an order, seen by their workspace; journeys that requests may delete.
SET LOCAL lock_timeout = '5s';

-- The order in which jobs were asked for.
ALTER TABLE jobs ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY;
-- Jobs of one kind and key are done one after the other; null: in any order.
ALTER TABLE jobs ADD COLUMN key text;
-- Null: the instance's own work.
ALTER TABLE jobs ADD COLUMN workspace_id uuid REFERENCES workspaces;
CREATE INDEX jobs_key ON jobs (kind, key, number) WHERE state = 'waiting';
CREATE INDEX jobs_next ON jobs (number) WHERE state = 'waiting';
CREATE INDEX jobs_done ON jobs (done_at) WHERE state = 'done';

ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON jobs
    USING (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid)
    WITH CHECK (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_request') THEN
        GRANT SELECT ON jobs TO percorso_request;
        GRANT DELETE ON journeys, journey_versions TO percorso_request;
    END IF;
END $$;
