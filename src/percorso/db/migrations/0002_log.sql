-- The log: facts in order per bucket, their heads and cursors, and what was seen before.
SET LOCAL lock_timeout = '5s';

-- The last offset given in a bucket. Locking this row is the right to append.
CREATE TABLE heads (
    bucket smallint PRIMARY KEY CHECK (bucket BETWEEN 0 AND 255),
    "offset" bigint NOT NULL,
    received_at timestamptz NOT NULL
);
-- How far the worker has applied a bucket. Locking this row is the right to apply.
CREATE TABLE cursors (
    bucket smallint PRIMARY KEY CHECK (bucket BETWEEN 0 AND 255),
    "offset" bigint NOT NULL,
    -- the product time up to which due rows were taken
    advanced_at timestamptz NOT NULL
);
INSERT INTO heads SELECT bucket, 0, '-infinity' FROM generate_series(0, 255) AS bucket;
INSERT INTO cursors SELECT bucket, 0, '-infinity' FROM generate_series(0, 255) AS bucket;

CREATE TABLE facts (
    bucket smallint NOT NULL,
    "offset" bigint NOT NULL,
    workspace_id uuid NOT NULL,
    contact_id uuid, -- null: a control fact
    kind text NOT NULL CHECK (kind IN
        ('event', 'profile', 'status', 'message', 'run', 'coupon', 'moved', 'control', 'erasure')),
    name text NOT NULL,
    message_id text NOT NULL,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    properties jsonb NOT NULL,
    context jsonb, -- null: none was sent
    origin text NOT NULL CHECK (origin IN ('api', 'worker', 'courier', 'job')),
    historical boolean NOT NULL,
    depth smallint NOT NULL,
    PRIMARY KEY (bucket, "offset", received_at)
) PARTITION BY RANGE (received_at);
CREATE INDEX facts_contact ON facts (bucket, contact_id, "offset");

-- Message ids of the last seven days, in the contact's bucket.
CREATE TABLE seen (
    bucket smallint NOT NULL,
    workspace_id uuid NOT NULL,
    message_id text NOT NULL CHECK (octet_length(message_id) <= 512),
    received_on date NOT NULL,
    PRIMARY KEY (bucket, workspace_id, message_id, received_on)
) PARTITION BY RANGE (received_on);

CREATE FUNCTION ensure_month_of_facts(month date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF facts FOR VALUES FROM (%L) TO (%L)',
        'facts_' || to_char(month, 'YYYYMM'),
        to_char(date_trunc('month', month), 'YYYY-MM-DD') || ' 00:00:00+00',
        to_char(date_trunc('month', month) + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
END $$;

CREATE FUNCTION ensure_day_of_seen(day date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF seen FOR VALUES FROM (%L) TO (%L)',
        'seen_' || to_char(day, 'YYYYMMDD'), day, day + 1);
END $$;

-- What could not be taken in, and why; never dropped.
CREATE TABLE rejected (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    code text NOT NULL,
    reason text NOT NULL,
    name text, -- null: it had none
    payload text NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX rejected_newest ON rejected (bucket, workspace_id, received_at DESC);

-- Facts and runs set aside by the worker after three tries, with their error.
CREATE TABLE set_aside (
    bucket smallint NOT NULL,
    "offset" bigint NOT NULL, -- of the fact; of the head when a run was at fault
    run_id uuid, -- null: the fact itself was at fault
    contact_id uuid,
    workspace_id uuid NOT NULL,
    tries integer NOT NULL,
    error text NOT NULL,
    set_aside_at timestamptz, -- null: still being tried
    PRIMARY KEY (bucket, "offset")
);
