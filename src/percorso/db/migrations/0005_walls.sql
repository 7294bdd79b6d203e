-- The second wall (architecture §9.5): what requests of users and keys see, and what they asked before.
SET LOCAL lock_timeout = '5s';

-- Answers to POSTs that carried an Idempotency-Key, in the bucket of what was made; kept 24 h of real time.
CREATE TABLE idempotency (
    bucket smallint NOT NULL,
    id uuid NOT NULL, -- derived from (workspace, route, key); also the id of what is made
    workspace_id uuid NOT NULL,
    body_hash bytea NOT NULL,
    status smallint, -- null: not answered yet
    answer bytea, -- null: not answered yet
    claimed_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    CHECK ((status IS NULL) = (answer IS NULL))
);
CREATE INDEX idempotency_oldest ON idempotency (bucket, claimed_at);

-- Roles are the server's, not the database's: it may exist, or be beyond our rights; then `doctor` says so.
DO $$
BEGIN
    CREATE ROLE percorso_request NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN
    NULL;
END $$;

-- Rows of a workspace are seen and written only by requests bound to it. The owner stays exempt: row-level
-- security is enabled, not forced.
DO $$
DECLARE
    owned text;
    own constant text := 'workspace_id = nullif(current_setting(''percorso.workspace'', true), '''')::uuid';
BEGIN
    FOR owned IN
        SELECT c.relname FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'workspace_id' AND NOT a.attisdropped
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
        EXECUTE format('CREATE POLICY own_workspace ON %I USING (%s) WITH CHECK (%s)', owned, own, own);
    END LOOP;
END $$;

ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON workspaces
    USING (id = nullif(current_setting('percorso.workspace', true), '')::uuid);

-- What has no workspace of its own is seen through what it belongs to.
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON users
    USING (EXISTS (SELECT FROM roles WHERE roles.user_id = users.id));

ALTER TABLE template_versions ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON template_versions
    USING (EXISTS (SELECT FROM templates WHERE templates.id = template_versions.template_id));

ALTER TABLE links ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON links
    USING (EXISTS (SELECT FROM templates WHERE templates.id = links.template_id));

ALTER TABLE journey_versions ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON journey_versions
    USING (EXISTS (SELECT FROM journeys WHERE journeys.id = journey_versions.journey_id));

-- Granted one by one, so that a table is out of reach until someone decides otherwise. Sessions, attempts to
-- sign in, instance keys and the log's own rows are never given to requests.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_request') THEN
        RETURN;
    END IF;
    BEGIN
        EXECUTE format('GRANT percorso_request TO %I', current_user);
    EXCEPTION WHEN insufficient_privilege THEN
        NULL;
    END;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO percorso_request', current_schema());
    GRANT SELECT ON clocks, heads, cursors, workspaces, nodes, lists, users, roles, templates, template_versions,
        links, journeys, journey_versions, coupon_pools, facts, rejected, set_aside, identities, contacts, changes,
        statuses, consent_records, consents, suppressions, contact_marks, moved, identity_conflicts, runs, entries,
        traces, counters, coupons, coupon_requests, messages, attempts, mailbox TO percorso_request;
    GRANT SELECT (id, workspace_id, node_id, name, kind, scopes, prefix, created_at, revoked_at)
        ON api_keys TO percorso_request;
    GRANT INSERT ON api_keys TO percorso_request;
    GRANT UPDATE (revoked_at) ON api_keys TO percorso_request;
    GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency TO percorso_request;
    GRANT INSERT, UPDATE ON journeys, templates TO percorso_request;
    GRANT INSERT ON lists, journey_versions, template_versions, links, coupon_pools, coupons, jobs TO percorso_request;
END $$;
