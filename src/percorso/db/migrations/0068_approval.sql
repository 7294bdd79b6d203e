-- Publishing that a second person approves.
SET LOCAL lock_timeout = '5s';

ALTER TABLE workspaces ADD COLUMN needs_approval boolean NOT NULL DEFAULT false;

-- Who asked to publish what, until somebody else approves; null: nobody did.
ALTER TABLE journeys ADD COLUMN proposal jsonb CHECK (jsonb_typeof(proposal) = 'object');

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_request') THEN
        GRANT UPDATE (needs_approval) ON workspaces TO percorso_request;
    END IF;
END $$;
