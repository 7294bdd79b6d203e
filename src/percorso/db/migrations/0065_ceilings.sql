-- How many messages a journey may send in a day before it pauses itself and asks, and how many it did.
SET LOCAL lock_timeout = '5s';

-- Of each journey whose newest version has a ceiling; in the journey's own bucket, as its places are.
CREATE TABLE ceilings (
    bucket smallint NOT NULL,
    journey_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    most integer NOT NULL CHECK (most > 0), -- messages in a day
    day date, -- the day that is counted, in the zone of the journey's list; null: none was marked yet
    counted integer NOT NULL DEFAULT 0 CHECK (counted >= 0), -- messages marked on that day since `counted_since`
    counted_since timestamptz, -- the first of them, and not before somebody let the journey go on; null: none was yet
    reached_at timestamptz, -- when one more was about to leave; null: none was, or somebody let the journey go on since
    PRIMARY KEY (bucket, journey_id),
    CHECK ((day IS NULL) = (counted_since IS NULL))
);

-- Journeys that ask.
CREATE INDEX ceilings_reached ON ceilings (bucket, journey_id) WHERE reached_at IS NOT NULL;

ALTER TABLE ceilings ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON ceilings
    USING (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid)
    WITH CHECK (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid);
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_request') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON ceilings TO percorso_request;
    END IF;
    -- Read with its journey, and written by nobody who is narrowed: they publish and resume nothing.
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_narrowed') THEN
        CREATE POLICY narrowed ON ceilings AS RESTRICTIVE TO percorso_narrowed
            USING (EXISTS (SELECT FROM journeys WHERE journeys.id = ceilings.journey_id));
        GRANT SELECT ON ceilings TO percorso_narrowed;
    END IF;
END $$;
