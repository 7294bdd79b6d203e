-- How many marketing messages a workspace lets reach one contact, and how many did.
SET LOCAL lock_timeout = '5s';

-- What a workspace allows; no row: no cap.
CREATE TABLE cap_rules (
    workspace_id uuid NOT NULL REFERENCES workspaces,
    channel text NOT NULL CHECK (channel IN ('email', 'sms', 'push')),
    period text NOT NULL CHECK (period IN ('day', 'week', 'month')), -- of the calendar, in the workspace's zone
    most integer NOT NULL CHECK (most BETWEEN 1 AND 1000),
    PRIMARY KEY (workspace_id, channel, period)
);

-- When marketing messages to a contact were marked, newest first; written by the mark and by what takes it back.
CREATE TABLE caps (
    bucket smallint NOT NULL,
    contact_id uuid NOT NULL,
    channel text NOT NULL CHECK (channel IN ('email', 'sms', 'push')),
    workspace_id uuid NOT NULL,
    taken timestamptz[] NOT NULL,
    PRIMARY KEY (bucket, contact_id, channel)
);

-- What a cap does to this message.
ALTER TABLE messages ADD COLUMN when_capped text NOT NULL DEFAULT 'postpone'
    CHECK (when_capped IN ('postpone', 'skip'));

DO $$
DECLARE
    owned text;
    own constant text := 'workspace_id = nullif(current_setting(''percorso.workspace'', true), '''')::uuid';
BEGIN
    FOREACH owned IN ARRAY ARRAY['cap_rules', 'caps'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
        EXECUTE format('CREATE POLICY own_workspace ON %I USING (%s) WITH CHECK (%s)', owned, own, own);
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_request') THEN
        GRANT SELECT, INSERT, DELETE ON cap_rules TO percorso_request;
        GRANT SELECT ON caps TO percorso_request;
    END IF;
END $$;
