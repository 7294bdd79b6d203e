-- Fields and event types declared by a workspace, groups, and what Percorso keeps of orders and baskets.
SET LOCAL lock_timeout = '5s';

-- Wider than before, so every fact that is there already passes: NOT VALID spares reading the whole log under its
-- lock, and still binds what is written from now on. Partitions made later inherit it.
ALTER TABLE facts DROP CONSTRAINT facts_kind_check;
ALTER TABLE facts ADD CONSTRAINT facts_kind_check CHECK (kind IN
    ('event', 'profile', 'status', 'message', 'run', 'coupon', 'moved', 'control', 'erasure', 'group', 'segment'))
    NOT VALID;

-- What due moments change stands at the place of the last fact before them, and several may follow one fact:
-- the moment tells them apart. `number` is the order within one fact or moment, for taking changes back.
ALTER TABLE changes ADD COLUMN number smallint NOT NULL DEFAULT 0;
ALTER TABLE changes DROP CONSTRAINT changes_pkey;
ALTER TABLE changes ADD PRIMARY KEY (bucket, contact_id, "offset", changed_at, path);

-- Day sums, the basket and what else the shop fields follow from; null: no event of a shop was folded.
ALTER TABLE contacts ADD COLUMN shop jsonb;
-- When the contact must be judged again though nothing happens; null: never.
ALTER TABLE contacts ADD COLUMN due_at timestamptz;
CREATE INDEX contacts_due ON contacts (bucket, due_at) WHERE due_at IS NOT NULL;

-- Strict: events of undeclared names or wrong types are kept aside.
ALTER TABLE workspaces ADD COLUMN strict boolean NOT NULL DEFAULT false;
-- After so long untouched, a basket or visit counts as abandoned; null: never.
ALTER TABLE workspaces ADD COLUMN cart_minutes integer DEFAULT 20 CHECK (cart_minutes BETWEEN 5 AND 1440);
ALTER TABLE workspaces ADD COLUMN session_minutes integer DEFAULT 20 CHECK (session_minutes BETWEEN 5 AND 1440);

-- Attributes that a workspace declared, and what it changed of the standard ones.
CREATE TABLE fields (
    workspace_id uuid NOT NULL REFERENCES workspaces,
    path text NOT NULL CHECK (path <> '' AND octet_length(path) <= 400),
    labels jsonb NOT NULL, -- {it, en}
    type text NOT NULL CHECK (type IN ('text', 'integer', 'decimal', 'boolean', 'date', 'date-time', 'email', 'url',
        'phone', 'list', 'object')),
    format text, -- null: a date as JSON knows it; else the text format it is written in
    default_value jsonb, -- null: none
    required boolean NOT NULL,
    hidden boolean NOT NULL,
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, path),
    CHECK (format IS NULL OR type IN ('date', 'date-time'))
);

CREATE TABLE event_types (
    workspace_id uuid NOT NULL REFERENCES workspaces,
    name text NOT NULL CHECK (name <> '' AND octet_length(name) <= 400),
    labels jsonb NOT NULL, -- {it, en}
    schema jsonb, -- null: any properties
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, name)
);

-- How many events of a name were received on a day (UTC), as far as they were counted.
CREATE TABLE event_days (
    workspace_id uuid NOT NULL REFERENCES workspaces,
    name text NOT NULL, -- empty: all names beyond those that are counted apart
    day date NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (workspace_id, name, day)
);
-- Up to which fact of a bucket they were counted.
CREATE TABLE event_day_cursors (
    bucket smallint PRIMARY KEY,
    "offset" bigint NOT NULL
);

INSERT INTO event_day_cursors SELECT bucket, 0 FROM generate_series(0, 255) AS bucket;

CREATE TABLE groups (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    name text NOT NULL CHECK (name <> ''),
    notes text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('ordinary', 'test')),
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    deleted_at timestamptz -- null: in use; else its members are leaving
);
-- A name is given once in a workspace, whatever its case, as long as the group is in use.
CREATE UNIQUE INDEX groups_name ON groups (workspace_id, lower(name)) WHERE deleted_at IS NULL;

-- Who is in a group, as folded up to the cursor.
CREATE TABLE group_members (
    bucket smallint NOT NULL,
    group_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    joined_at timestamptz NOT NULL,
    "offset" bigint NOT NULL, -- of the fact that it joined by
    PRIMARY KEY (bucket, group_id, contact_id)
);
CREATE INDEX group_members_contact ON group_members (bucket, contact_id);

DO $$
DECLARE
    owned text;
    own constant text := 'workspace_id = nullif(current_setting(''percorso.workspace'', true), '''')::uuid';
BEGIN
    FOREACH owned IN ARRAY ARRAY['fields', 'event_types', 'event_days', 'groups', 'group_members'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
        EXECUTE format('CREATE POLICY own_workspace ON %I USING (%s) WITH CHECK (%s)', owned, own, own);
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_request') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON fields, event_types TO percorso_request;
        GRANT SELECT, INSERT, UPDATE ON groups TO percorso_request;
        GRANT SELECT ON event_days, group_members TO percorso_request;
        GRANT UPDATE (strict, cart_minutes, session_minutes) ON workspaces TO percorso_request;
    END IF;
END $$;
