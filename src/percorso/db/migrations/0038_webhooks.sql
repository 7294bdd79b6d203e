-- Calls of Webhook steps, their tries, and the secrets that sign them.
SET LOCAL lock_timeout = '5s';

-- What a visit of a step asks for, in its contact's bucket, planned by the worker.
CREATE TABLE webhook_calls (
    bucket smallint NOT NULL,
    id uuid NOT NULL, -- derived from run, step and visit; the receiver sees it
    workspace_id uuid NOT NULL,
    contact_id uuid NOT NULL, -- whose run asked; the answer follows a merge
    journey_id uuid NOT NULL,
    version integer NOT NULL,
    run_id uuid NOT NULL,
    step text NOT NULL,
    visit integer NOT NULL,
    url text NOT NULL,
    body jsonb NOT NULL,
    planned_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL, -- product time, as all but claimed_until
    state text NOT NULL CHECK (state IN ('due', 'claimed', 'answered', 'failed', 'cancelled')),
    attempt integer NOT NULL, -- claims so far
    failures integer NOT NULL, -- tries that came to nothing
    give_up_at timestamptz, -- null: never tried
    claimed_by uuid, -- null: nobody holds it
    claimed_until timestamptz, -- null: nobody holds it; real time
    status smallint, -- null: nobody answered yet
    reason text, -- null: nothing was wrong
    answer jsonb, -- null: nothing was said that could be read, or the run was told
    unread text CHECK (unread IN ('too_large', 'not_json')), -- null: the answer was read, or there is none
    ended_at timestamptz, -- null: it goes on
    told_at timestamptz, -- null: the run was not told, or is not to be
    PRIMARY KEY (bucket, id),
    CHECK ((state = 'claimed') = (claimed_by IS NOT NULL)),
    CHECK ((claimed_by IS NULL) = (claimed_until IS NULL)),
    CHECK ((state IN ('answered', 'failed', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK (told_at IS NULL OR state IN ('answered', 'failed')),
    CHECK (state <> 'answered' OR status IS NOT NULL),
    CHECK (state NOT IN ('failed', 'cancelled') OR reason IS NOT NULL)
);
CREATE INDEX webhook_calls_open ON webhook_calls (due_at) WHERE state IN ('due', 'claimed');
CREATE INDEX webhook_calls_untold ON webhook_calls (ended_at) WHERE told_at IS NULL AND state IN ('answered', 'failed');
CREATE INDEX webhook_calls_contact ON webhook_calls (bucket, contact_id);
CREATE INDEX webhook_calls_journey ON webhook_calls (journey_id, planned_at);

-- One line per try, opened by the claim.
CREATE TABLE webhook_tries (
    bucket smallint NOT NULL,
    call_id uuid NOT NULL,
    number integer NOT NULL,
    workspace_id uuid NOT NULL,
    tried_at timestamptz NOT NULL,
    ended_at timestamptz, -- null: under way, or its process died
    status smallint, -- null: nobody answered
    reason text, -- null: nothing was wrong
    PRIMARY KEY (bucket, call_id, number)
);

-- What signs a workspace's calls, sealed with the operator's secret.
CREATE TABLE webhook_secrets (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL, -- real time, as the next
    signs_until timestamptz, -- null: the one in force
    PRIMARY KEY (workspace_id, id)
);
-- One secret of a workspace is in force.
CREATE UNIQUE INDEX webhook_secrets_in_force ON webhook_secrets (workspace_id) WHERE signs_until IS NULL;

DO $$
DECLARE
    owned text;
    own constant text := 'workspace_id = nullif(current_setting(''percorso.workspace'', true), '''')::uuid';
BEGIN
    FOREACH owned IN ARRAY ARRAY['webhook_calls', 'webhook_tries', 'webhook_secrets'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
        EXECUTE format('CREATE POLICY own_workspace ON %I USING (%s) WITH CHECK (%s)', owned, own, own);
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_request') THEN
        GRANT SELECT ON webhook_calls, webhook_tries TO percorso_request;
        GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_secrets TO percorso_request;
    END IF;
END $$;
