-- Contacts in and out in bulk: files, what became of their rows, and who took what out.
SET LOCAL lock_timeout = '5s';

-- Double: who is put on the list is asked to confirm first.
ALTER TABLE lists ADD COLUMN opt_in text NOT NULL DEFAULT 'single' CHECK (opt_in IN ('single', 'double'));

CREATE TABLE imports (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    file_name text NOT NULL,
    format text NOT NULL CHECK (format IN ('csv', 'xlsx')),
    state text NOT NULL CHECK (state IN
        ('uploading', 'ready', 'checking', 'running', 'applying', 'done', 'failed', 'cancelled')),
    bytes bigint NOT NULL, -- of the text that is read
    layout jsonb, -- null: not all is here yet
    notes jsonb NOT NULL,
    settings jsonb, -- null: nobody has said what to do with it
    checked jsonb, -- null: these settings were not tried
    counts jsonb NOT NULL,
    -- Records read so far and where in the file that is: rows up to here are in the log, or rejected.
    read_rows bigint NOT NULL,
    read_bytes bigint NOT NULL,
    -- Null: no process is at it. Real time.
    leased_by uuid,
    leased_until timestamptz,
    reach bigint[], -- null: not all is appended; else the heads that the worker must have reached
    error text, -- null: it did not fail
    made_by text NOT NULL, -- user:<id>, key or command line
    created_at timestamptz NOT NULL, -- this and the next two: real time
    started_at timestamptz, -- null: not started
    finished_at timestamptz, -- null: not finished
    CHECK ((state IN ('uploading')) = (layout IS NULL) OR state IN ('failed', 'cancelled')),
    CHECK (state NOT IN ('checking', 'running', 'applying', 'done') OR settings IS NOT NULL),
    CHECK ((state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL))
);
CREATE INDEX imports_newest ON imports (workspace_id, created_at DESC, id);
CREATE INDEX imports_open ON imports (created_at) WHERE state IN ('uploading', 'checking', 'running', 'applying');

-- The file itself, in order, in the import's bucket; gone when the import has ended.
CREATE TABLE import_pieces (
    bucket smallint NOT NULL,
    import_id uuid NOT NULL,
    number integer NOT NULL,
    workspace_id uuid NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (bucket, import_id, number)
);

-- Rows that were not taken in, in the import's bucket; kept for 30 days.
CREATE TABLE import_rejects (
    bucket smallint NOT NULL,
    import_id uuid NOT NULL,
    "row" bigint NOT NULL,
    workspace_id uuid NOT NULL,
    code text NOT NULL,
    "column" integer, -- null: the row as a whole
    "values" jsonb NOT NULL,
    cells text[] NOT NULL,
    PRIMARY KEY (bucket, import_id, "row")
);

-- Who took what out of a workspace, written before the first row leaves.
CREATE TABLE exports (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    kind text NOT NULL CHECK (kind IN ('contacts', 'rejects')),
    question jsonb NOT NULL, -- fields and audience, or the import
    made_by text NOT NULL, -- user:<id>, key or command line
    rows bigint, -- null: it did not end
    bytes bigint, -- null: it did not end
    created_at timestamptz NOT NULL, -- real time
    finished_at timestamptz, -- null: it did not end. Real time
    CHECK ((finished_at IS NULL) = (rows IS NULL) AND (finished_at IS NULL) = (bytes IS NULL))
);
CREATE INDEX exports_newest ON exports (workspace_id, created_at DESC, id);

DO $$
DECLARE
    owned text;
    own constant text := 'workspace_id = nullif(current_setting(''percorso.workspace'', true), '''')::uuid';
BEGIN
    FOREACH owned IN ARRAY ARRAY['imports', 'import_pieces', 'import_rejects', 'exports'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
        EXECUTE format('CREATE POLICY own_workspace ON %I USING (%s) WITH CHECK (%s)', owned, own, own);
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_request') THEN
        GRANT SELECT, INSERT, UPDATE ON imports, exports TO percorso_request;
        GRANT SELECT, INSERT, DELETE ON import_pieces TO percorso_request;
        GRANT SELECT, DELETE ON import_rejects TO percorso_request;
    END IF;
END $$;
