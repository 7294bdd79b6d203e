-- Days of a workspace's own on which journeys that say so send nothing, beside the country's public ones.
SET LOCAL lock_timeout = '5s';

CREATE TABLE holiday_days (
    workspace_id uuid NOT NULL REFERENCES workspaces,
    day date NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (workspace_id, day)
);

ALTER TABLE holiday_days ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON holiday_days
    USING (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid)
    WITH CHECK (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid);
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_request') THEN
        GRANT SELECT, INSERT, DELETE ON holiday_days TO percorso_request;
    END IF;
END $$;
