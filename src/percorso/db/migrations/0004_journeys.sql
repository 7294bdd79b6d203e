-- Runs, their traces and counters, coupons, and messages.
SET LOCAL lock_timeout = '5s';

CREATE TABLE runs (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    journey_id uuid NOT NULL,
    version integer NOT NULL,
    contact_id uuid NOT NULL,
    key text NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'ended')),
    step text, -- null: ended
    visit integer NOT NULL,
    entered_at timestamptz NOT NULL,
    reached_at timestamptz NOT NULL,
    due_at timestamptz, -- null: not held by a time
    awaits text[] NOT NULL, -- empty: not held by facts
    message_id uuid, -- null: waits for no message
    memory jsonb NOT NULL, -- captured, event, seen, caused_at, reached_offset
    ended_at timestamptz, -- null: not ended
    outcome text CHECK (outcome IN ('positive', 'negative', 'neutral')), -- null: not ended
    reason text, -- null: not ended
    PRIMARY KEY (bucket, id),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CHECK ((state = 'ended') = (outcome IS NOT NULL)),
    CHECK ((state = 'ended') = (step IS NULL)),
    CHECK (state = 'ended' OR due_at IS NOT NULL OR awaits <> '{}'),
    CHECK (state = 'waiting' OR (due_at IS NULL AND awaits = '{}'))
);
-- A contact is inside a journey at most once per key.
CREATE UNIQUE INDEX runs_inside ON runs (bucket, contact_id, journey_id, key) WHERE state = 'waiting';
CREATE INDEX runs_due ON runs (bucket, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX runs_contact ON runs (bucket, contact_id);
CREATE INDEX runs_people ON runs (bucket, journey_id, step) WHERE state = 'waiting';

-- Who entered, for re-entry; kept when a journey is edited or activated again.
CREATE TABLE entries (
    bucket smallint NOT NULL,
    contact_id uuid NOT NULL,
    journey_id uuid NOT NULL,
    key text NOT NULL,
    workspace_id uuid NOT NULL,
    entered_at timestamptz NOT NULL, -- the last time
    PRIMARY KEY (bucket, contact_id, journey_id, key)
);

CREATE TABLE traces (
    bucket smallint NOT NULL,
    contact_id uuid NOT NULL,
    run_id uuid NOT NULL,
    number integer NOT NULL, -- in order within the run, from 1
    workspace_id uuid NOT NULL,
    at timestamptz NOT NULL,
    entry jsonb NOT NULL,
    PRIMARY KEY (bucket, run_id, number)
);
CREATE INDEX traces_contact ON traces (bucket, contact_id, at);

-- Written by the worker only, from facts; screens sum the buckets.
CREATE TABLE counters (
    bucket smallint NOT NULL,
    journey_id uuid NOT NULL,
    version integer NOT NULL,
    step text NOT NULL, -- empty: of the journey
    path text NOT NULL, -- empty: of the step
    name text NOT NULL,
    day date NOT NULL,
    workspace_id uuid NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (bucket, journey_id, version, step, path, name, day)
);

-- Codes to hand out, in the bucket of their pool.
CREATE TABLE coupons (
    bucket smallint NOT NULL,
    pool_id uuid NOT NULL,
    number bigint NOT NULL, -- the order of handing out
    workspace_id uuid NOT NULL,
    code text NOT NULL CHECK (code <> '' AND octet_length(code) <= 200),
    run_id uuid, -- null: not assigned
    step text,
    visit integer,
    contact_id uuid,
    assigned_at timestamptz,
    PRIMARY KEY (bucket, pool_id, number),
    CHECK ((run_id IS NULL) = (assigned_at IS NULL))
);
-- A code is in its pool once.
CREATE UNIQUE INDEX coupons_code ON coupons (bucket, pool_id, code);
-- A visit of a step takes at most one code of a pool.
CREATE UNIQUE INDEX coupons_visit ON coupons (bucket, pool_id, run_id, step, visit) WHERE run_id IS NOT NULL;
CREATE INDEX coupons_free ON coupons (bucket, pool_id, number) WHERE run_id IS NULL;

-- What the worker asks the allocator, in the contact's bucket; the answer is a fact.
CREATE TABLE coupon_requests (
    bucket smallint NOT NULL,
    run_id uuid NOT NULL,
    step text NOT NULL,
    visit integer NOT NULL,
    contact_id uuid NOT NULL,
    pool_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    requested_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, run_id, step, visit)
);

CREATE TABLE messages (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    list_id uuid NOT NULL,
    journey_id uuid, -- null: not of a journey
    version integer,
    run_id uuid, -- null: not of a run
    step text,
    visit integer,
    channel text NOT NULL CHECK (channel IN ('email', 'sms')),
    template_id uuid NOT NULL,
    template_version integer, -- null: not rendered yet; then the version it was rendered with
    class text NOT NULL CHECK (class IN ('marketing', 'transactional')),
    state text NOT NULL CHECK (state IN ('planned', 'due', 'claimed', 'marked', 'accepted', 'delivered',
        'bounced', 'skipped', 'failed', 'unknown')),
    reason text, -- null: nothing to say; why it was skipped, failed, or is due again
    priority smallint NOT NULL DEFAULT 0,
    "values" jsonb NOT NULL, -- captured and event, for rendering
    planned_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL, -- product time; not claimed before
    expires_at timestamptz, -- null: never too late
    attempt integer NOT NULL DEFAULT 0,
    claimed_by uuid, -- null: nobody holds it
    claimed_until timestamptz, -- real time; null: nobody holds it
    marked_at timestamptz, -- product time; null: cannot have left
    marked_real_at timestamptz, -- real time of the mark, for judging doubt
    ended_at timestamptz, -- null: not yet accepted, skipped, failed or unknown
    address text, -- null: not handed over yet
    subject text, -- null: not rendered yet
    rendered jsonb, -- null: not rendered; {subject, html, text}
    opened_at timestamptz, -- null: no human open
    clicked_at timestamptz, -- null: no human click
    PRIMARY KEY (bucket, id),
    CHECK ((state = 'claimed') = (claimed_by IS NOT NULL) OR state = 'marked'),
    CHECK ((state IN ('planned', 'due', 'claimed', 'marked')) = (ended_at IS NULL)),
    CHECK (state NOT IN ('marked', 'accepted', 'delivered', 'unknown') OR marked_at IS NOT NULL)
);
CREATE INDEX messages_due ON messages (bucket, priority DESC, due_at) WHERE state IN ('planned', 'due');
CREATE INDEX messages_held ON messages (bucket, claimed_until) WHERE state IN ('claimed', 'marked');
CREATE INDEX messages_contact ON messages (bucket, contact_id, planned_at);
CREATE INDEX messages_run ON messages (bucket, run_id);

-- The journal: each try to hand over, its mark and its result.
CREATE TABLE attempts (
    bucket smallint NOT NULL,
    message_id uuid NOT NULL,
    number integer NOT NULL,
    workspace_id uuid NOT NULL,
    provider text NOT NULL,
    courier_id uuid NOT NULL,
    marked_at timestamptz NOT NULL, -- real time
    withdrawn_at timestamptz, -- null: the mark was used
    result text CHECK (result IN ('accepted', 'temporary', 'refused', 'unknown', 'withdrawn')), -- null: none yet
    reply text, -- null: none was read
    ended_at timestamptz, -- null: no result yet
    PRIMARY KEY (bucket, message_id, number),
    CHECK ((result IS NULL) = (ended_at IS NULL))
);

-- The embedded mailbox: what its listener received.
CREATE TABLE mailbox (
    id uuid PRIMARY KEY,
    workspace_id uuid, -- null: the listener could not tell
    channel text NOT NULL CHECK (channel IN ('email', 'sms')),
    received_at timestamptz NOT NULL,
    sender text NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL,
    message_id uuid, -- null: not one of our messages
    raw bytea NOT NULL
);
CREATE INDEX mailbox_newest ON mailbox (received_at DESC, id);
