-- When contacts meet starts that come with time: dates of theirs, days after subscribing or after a message.
SET LOCAL lock_timeout = '5s';

-- The next moment of each start, written by the worker with what it follows from, and taken in its order.
CREATE TABLE start_moments (
    bucket smallint NOT NULL,
    contact_id uuid NOT NULL,
    journey_id uuid NOT NULL,
    start_id text NOT NULL,
    key text NOT NULL, -- empty: the start has one moment at a time; else the message that it is about
    workspace_id uuid NOT NULL,
    due_at timestamptz NOT NULL,
    about date, -- null: it is about no day
    value text, -- null: it follows from no field
    PRIMARY KEY (bucket, contact_id, journey_id, start_id, key)
);
CREATE INDEX start_moments_due ON start_moments (bucket, due_at);
CREATE INDEX start_moments_journey ON start_moments (bucket, journey_id);

ALTER TABLE start_moments ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON start_moments
    USING (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid)
    WITH CHECK (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid);
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_request') THEN
        GRANT SELECT ON start_moments TO percorso_request;
    END IF;
END $$;
