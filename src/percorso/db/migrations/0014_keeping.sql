-- Counters can be recounted whatever was merged, and facts are kept as long as their workspace says.
SET LOCAL lock_timeout = '5s';

-- The bucket in whose counters this entry was counted when its run came over from there; null: its own
ALTER TABLE traces ADD COLUMN counted_bucket smallint;
CREATE INDEX traces_counted ON traces (bucket, counted_bucket) WHERE counted_bucket IS NOT NULL;

-- Two years can be compared, with a month to look back from their end.
ALTER TABLE workspaces ADD COLUMN events_kept_months smallint NOT NULL DEFAULT 25
    CHECK (events_kept_months BETWEEN 1 AND 120);

-- Up to when a bucket keeps no facts of a workspace any more, because they were kept long enough.
CREATE TABLE emptied (
    bucket smallint NOT NULL,
    workspace_id uuid NOT NULL,
    until timestamptz NOT NULL, -- facts received before are gone
    PRIMARY KEY (bucket, workspace_id)
);
ALTER TABLE emptied ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON emptied
    USING (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid);

CREATE FUNCTION drop_month_of_facts(month date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TABLE IF EXISTS %I', 'facts_' || to_char(month, 'YYYYMM'));
END $$;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_request') THEN
        GRANT SELECT ON emptied TO percorso_request;
    END IF;
END $$;
