-- Contacts: who they are, what is known of them, what they agreed to.
SET LOCAL lock_timeout = '5s';

-- An identity belongs to one contact of a node; found by value, so its bucket is its value's.
CREATE TABLE identities (
    bucket smallint NOT NULL,
    workspace_id uuid NOT NULL,
    node_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('external_id', 'user_id', 'email', 'phone', 'device', 'anonymous_id')),
    value text NOT NULL CHECK (octet_length(value) <= 512),
    contact_id uuid NOT NULL,
    claimed_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, workspace_id, node_id, kind, value)
);

CREATE TABLE contacts (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    node_id uuid NOT NULL,
    attributes jsonb NOT NULL,
    identities jsonb NOT NULL, -- {kind: [value, …]}, as folded
    email text, -- null: no address known; where email goes
    phone text, -- null: no number known; where SMS goes
    anonymous boolean NOT NULL, -- nothing but device or anonymous ids
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    last_event_at timestamptz, -- null: none that mattered was folded
    "offset" bigint NOT NULL, -- of the last fact folded
    PRIMARY KEY (bucket, id)
);
CREATE INDEX contacts_newest ON contacts (bucket, workspace_id, created_at DESC, id);

-- What each folded change did, for a profile as of a past moment.
CREATE TABLE changes (
    bucket smallint NOT NULL,
    contact_id uuid NOT NULL,
    "offset" bigint NOT NULL,
    path text NOT NULL,
    workspace_id uuid NOT NULL,
    old jsonb, -- null: was absent
    new jsonb, -- null: is absent
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, contact_id, "offset", path)
);

-- The newest status per list and channel; what the gate reads.
CREATE TABLE statuses (
    bucket smallint NOT NULL,
    contact_id uuid NOT NULL,
    list_id uuid NOT NULL,
    channel text NOT NULL CHECK (channel IN ('email', 'sms', 'push')),
    workspace_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('subscribed', 'pending', 'unsubscribed')),
    source text NOT NULL,
    wording text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, contact_id, list_id, channel)
);

-- Every change of a status or consent, append-only: who, when, how, which wording; chained per contact.
CREATE TABLE consent_records (
    bucket smallint NOT NULL,
    contact_id uuid NOT NULL,
    number bigint NOT NULL,
    workspace_id uuid NOT NULL,
    subject text NOT NULL, -- a list's channel, or a leaf of the consent tree
    status text NOT NULL,
    source text NOT NULL,
    wording text NOT NULL,
    recorded_at timestamptz NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (bucket, contact_id, number)
);

-- Consent leaves as they stand; a missing leaf says nothing.
CREATE TABLE consents (
    bucket smallint NOT NULL,
    contact_id uuid NOT NULL,
    leaf text NOT NULL, -- for example marketing.automatic.email
    workspace_id uuid NOT NULL,
    status boolean NOT NULL,
    limitation boolean NOT NULL,
    objection boolean NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, contact_id, leaf)
);

-- An address never written to again, beside the contact that holds it.
CREATE TABLE suppressions (
    bucket smallint NOT NULL,
    contact_id uuid NOT NULL,
    channel text NOT NULL CHECK (channel IN ('email', 'sms', 'push')),
    address text NOT NULL,
    workspace_id uuid NOT NULL,
    reason text NOT NULL CHECK (reason IN ('hard_bounce', 'soft_bounces', 'complaint', 'manual', 'erasure')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, contact_id, channel, address)
);

-- The contact is erased or deleted; the gate reads this.
CREATE TABLE contact_marks (
    bucket smallint NOT NULL,
    contact_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    marked text NOT NULL CHECK (marked IN ('erased', 'deleted')),
    marked_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, contact_id)
);

-- A contact merged into another; every append looks here and follows.
CREATE TABLE moved (
    bucket smallint NOT NULL,
    contact_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    into_bucket smallint NOT NULL,
    into_contact_id uuid NOT NULL,
    -- of the `moved` fact in the old bucket: when the cursor is here, its facts can be carried over
    "offset" bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('moved', 'carried', 'done')),
    moved_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, contact_id)
);

-- Two known contacts named in one call; nobody was merged.
CREATE TABLE identity_conflicts (
    bucket smallint NOT NULL,
    contact_id uuid NOT NULL,
    other_contact_id uuid NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    workspace_id uuid NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, contact_id, kind, value)
);
