-- Retries are kept per receiving domain, and a message knows until when it is tried again.
SET LOCAL lock_timeout = '5s';

-- Receiving domains that did not take email when last tried; one that takes it has no row. All times are product time.
CREATE TABLE receiving_domains (
    workspace_id uuid NOT NULL,
    provider text NOT NULL,
    domain text NOT NULL,
    id uuid NOT NULL, -- derived from the three above
    step integer NOT NULL CHECK (step >= 1), -- waits in a row, this one included
    since timestamptz NOT NULL, -- beginning of the first of them
    next_at timestamptz NOT NULL, -- nothing leaves to the domain before
    paused_at timestamptz, -- null: it was busy; else it refused us by policy
    reply text NOT NULL,
    replied_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, provider, domain),
    UNIQUE (workspace_id, id)
);

-- null: nothing kept it waiting yet; product time
ALTER TABLE messages ADD COLUMN retried_until timestamptz;

ALTER TABLE receiving_domains ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON receiving_domains
    USING (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid)
    WITH CHECK (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_request') THEN
        GRANT SELECT, DELETE ON receiving_domains TO percorso_request;
    END IF;
END $$;
