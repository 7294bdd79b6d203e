-- Places of a path: who came while there was one. The first ones get them, whatever bucket they are in.
SET LOCAL lock_timeout = '5s';

-- What the worker asks the allocator, in the contact's bucket; the answer is a fact.
CREATE TABLE place_requests (
    bucket smallint NOT NULL,
    run_id uuid NOT NULL,
    step text NOT NULL,
    visit integer NOT NULL,
    contact_id uuid NOT NULL,
    journey_id uuid NOT NULL,
    path text NOT NULL,
    places integer NOT NULL, -- as many as the run's version has
    workspace_id uuid NOT NULL,
    requested_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, run_id, step, visit)
);

-- The places that were taken, in the journey's bucket, counted from 1 along each path: whatever version asked.
CREATE TABLE places (
    bucket smallint NOT NULL,
    journey_id uuid NOT NULL,
    step text NOT NULL,
    path text NOT NULL,
    number integer NOT NULL,
    workspace_id uuid NOT NULL,
    run_id uuid NOT NULL,
    visit integer NOT NULL,
    taken_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, journey_id, step, path, number)
);
-- A visit takes at most one.
CREATE UNIQUE INDEX places_visit ON places (bucket, journey_id, step, path, run_id, visit);

DO $$
DECLARE
    owned text;
    own constant text := 'workspace_id = nullif(current_setting(''percorso.workspace'', true), '''')::uuid';
BEGIN
    FOREACH owned IN ARRAY ARRAY['place_requests', 'places'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
        EXECUTE format('CREATE POLICY own_workspace ON %I USING (%s) WITH CHECK (%s)', owned, own, own);
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_request') THEN
        GRANT SELECT ON place_requests, places TO percorso_request;
    END IF;
END $$;
