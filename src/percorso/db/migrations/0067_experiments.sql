-- What is measured of a journey's experiments, and which path has won.
SET LOCAL lock_timeout = '5s';

-- Of each Experiment of a journey's newest version; in the journey's own bucket, as its ceiling is.
CREATE TABLE experiments (
    bucket smallint NOT NULL,
    journey_id uuid NOT NULL,
    step text NOT NULL,
    workspace_id uuid NOT NULL,
    since integer NOT NULL, -- the version from which on its paths, shares and goal are what they are
    began_at timestamptz, -- when the first run reached it; null: none has, or nobody looked
    measured_at timestamptz, -- null: nobody looked yet
    next_at timestamptz NOT NULL, -- when it is measured next
    figures jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(figures) = 'object'), -- by path: {runs, successes}
    winner text, -- the path; null: none yet
    decided_at timestamptz,
    PRIMARY KEY (bucket, journey_id, step),
    CHECK ((winner IS NULL) = (decided_at IS NULL))
);

-- Which paths have won, as the bucket has heard: [[version, step, path], …].
ALTER TABLE bucket_journeys ADD COLUMN winners jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(winners) = 'array');

ALTER TABLE experiments ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON experiments
    USING (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid)
    WITH CHECK (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid);
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_request') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON experiments TO percorso_request;
    END IF;
    -- Read with its journey, as its counters are; written by nobody who is narrowed.
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_narrowed') THEN
        CREATE POLICY narrowed ON experiments AS RESTRICTIVE TO percorso_narrowed
            USING (EXISTS (SELECT FROM journeys WHERE journeys.id = experiments.journey_id));
        GRANT SELECT ON experiments TO percorso_narrowed;
    END IF;
END $$;
