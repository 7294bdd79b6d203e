-- Definitions: reference tables on a cluster, small, read often.
SET LOCAL lock_timeout = '5s';

CREATE TABLE clocks (
    id smallint PRIMARY KEY CHECK (id = 1),
    real_at timestamptz NOT NULL,
    product_at timestamptz NOT NULL,
    -- 1 in production; 0: stands still
    rate double precision NOT NULL CHECK (rate >= 0)
);

CREATE TABLE workspaces (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    time_zone text NOT NULL,
    currency text NOT NULL,
    language text NOT NULL CHECK (language IN ('it', 'en')),
    created_at timestamptz NOT NULL
);

CREATE TABLE nodes (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    name text NOT NULL
);

CREATE TABLE lists (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    name text NOT NULL,
    sender_name text NOT NULL,
    sender_address text NOT NULL,
    reply_to text, -- null: replies go to the sender
    sms_sender text, -- null: the list cannot send SMS
    time_zone text NOT NULL,
    language text NOT NULL CHECK (language IN ('it', 'en')),
    created_at timestamptz NOT NULL
);

CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    name text NOT NULL,
    password_hash text NOT NULL,
    language text NOT NULL CHECK (language IN ('it', 'en')),
    created_at timestamptz NOT NULL
);
-- One user per address, whatever its case.
CREATE UNIQUE INDEX users_email ON users (lower(email));

CREATE TABLE roles (
    workspace_id uuid NOT NULL REFERENCES workspaces,
    user_id uuid NOT NULL REFERENCES users,
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'editor', 'viewer')),
    PRIMARY KEY (workspace_id, user_id)
);

CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    csrf_token text NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz -- null: in force
);

CREATE TABLE sign_in_attempts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email_hash bytea NOT NULL,
    address text NOT NULL,
    attempted_at timestamptz NOT NULL,
    succeeded boolean NOT NULL
);
CREATE INDEX sign_in_attempts_email ON sign_in_attempts (email_hash, attempted_at);

CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    node_id uuid NOT NULL REFERENCES nodes,
    name text NOT NULL,
    -- server: may subscribe people and use the own API by scope; browser: tracking only, may only ask
    kind text NOT NULL CHECK (kind IN ('server', 'browser')),
    scopes text[] NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    prefix text NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz -- null: in force
);

-- Keys that sign public links, seal secrets and derive tokens; sealed by nothing but the database's own walls.
CREATE TABLE instance_keys (
    id text PRIMARY KEY,
    purpose text NOT NULL,
    secret bytea NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE templates (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    list_id uuid NOT NULL REFERENCES lists,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('email', 'sms')),
    class text NOT NULL CHECK (class IN ('marketing', 'transactional')),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL
);

-- A version is never changed: what was sent can be shown again.
CREATE TABLE template_versions (
    template_id uuid NOT NULL REFERENCES templates,
    number integer NOT NULL,
    subject text NOT NULL, -- Liquid; empty for SMS
    html text NOT NULL, -- Liquid; empty for SMS
    body text NOT NULL, -- Liquid; the text part, or the SMS
    created_at timestamptz NOT NULL,
    PRIMARY KEY (template_id, number)
);

-- The trackable links of a template version, in order; a token names (message, position).
CREATE TABLE links (
    template_id uuid NOT NULL,
    number integer NOT NULL,
    position integer NOT NULL,
    url text NOT NULL, -- as the author wrote it, may hold Liquid
    tracked boolean NOT NULL,
    PRIMARY KEY (template_id, number, position),
    FOREIGN KEY (template_id, number) REFERENCES template_versions
);

CREATE TABLE journeys (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    list_id uuid NOT NULL REFERENCES lists,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    tags text[] NOT NULL DEFAULT '{}',
    state text NOT NULL CHECK (state IN ('draft', 'ready', 'active', 'paused', 'archived', 'failed')),
    version integer, -- null: never published
    draft jsonb, -- null: nothing edited since the last version
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    activated_at timestamptz, -- null: never active
    CHECK (state NOT IN ('active', 'paused') OR version IS NOT NULL)
);
CREATE INDEX journeys_workspace ON journeys (workspace_id, name);

CREATE TABLE journey_versions (
    journey_id uuid NOT NULL REFERENCES journeys,
    number integer NOT NULL,
    graph jsonb NOT NULL,
    published_at timestamptz NOT NULL,
    PRIMARY KEY (journey_id, number)
);

CREATE TABLE coupon_pools (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    name text NOT NULL,
    created_at timestamptz NOT NULL
);

-- Durable internal work: one row, claimed with SKIP LOCKED, repeated until done.
CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    arguments jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
    run_at timestamptz NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    error text, -- null: the last try did not fail
    created_at timestamptz NOT NULL,
    done_at timestamptz, -- null: not done
    CHECK ((state = 'waiting') = (done_at IS NULL))
);
CREATE INDEX jobs_due ON jobs (run_at) WHERE state = 'waiting';
INSERT INTO clocks VALUES (1, clock_timestamp(), clock_timestamp(), 1);
