-- What the worker keeps of its own, per bucket.
SET LOCAL lock_timeout = '5s';

-- No fact after the cursor was received before this; it spares the older months.
ALTER TABLE cursors ADD COLUMN received_at timestamptz NOT NULL DEFAULT '-infinity';
-- The last control fact that took effect: what is known of a bucket's journeys holds as long as this stays.
ALTER TABLE cursors ADD COLUMN control_offset bigint NOT NULL DEFAULT 0;

-- Which journeys are active in a bucket, as its control facts said up to the cursor.
CREATE TABLE bucket_journeys (
    bucket smallint NOT NULL,
    journey_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    version integer NOT NULL, -- the one that entries get
    versions integer[] NOT NULL, -- all that ever held here: runs may still be inside
    state text NOT NULL CHECK (state IN ('published', 'active', 'paused', 'archived')),
    "offset" bigint NOT NULL, -- of the last control fact about it
    PRIMARY KEY (bucket, journey_id)
);
ALTER TABLE bucket_journeys ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON bucket_journeys
    USING (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid);

-- Several runs may fail at one head: what was set aside has an id of its own, derived from what it is.
ALTER TABLE set_aside DROP CONSTRAINT set_aside_pkey;
ALTER TABLE set_aside ADD COLUMN id uuid NOT NULL;
ALTER TABLE set_aside ADD PRIMARY KEY (bucket, id);
CREATE UNIQUE INDEX set_aside_fact ON set_aside (bucket, "offset") WHERE run_id IS NULL;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_request') THEN
        GRANT SELECT ON bucket_journeys TO percorso_request;
    END IF;
END $$;
