-- Segments: what they are, what each bucket knows of them, who is a member, and what conditions look back on.
SET LOCAL lock_timeout = '5s';

CREATE TABLE segments (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    name text NOT NULL,
    notes text NOT NULL,
    tags text[] NOT NULL,
    enabled boolean NOT NULL,
    definition jsonb NOT NULL, -- a filter, or a combination of segments
    revision integer NOT NULL, -- grows with each change of what decides the members
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL
);
-- A name means one segment: files and people refer to it.
CREATE UNIQUE INDEX segments_name ON segments (workspace_id, lower(name));

-- Written once and never changed: what a bucket decides by, from the offset at which it heard of it.
CREATE TABLE segment_revisions (
    segment_id uuid NOT NULL,
    number integer NOT NULL,
    workspace_id uuid NOT NULL,
    enabled boolean NOT NULL,
    definition jsonb NOT NULL,
    time_zone text NOT NULL, -- of the workspace: in which days are counted
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (segment_id, number)
);

-- Which segments are kept in a bucket, as its control facts said up to the cursor, and how many members it has there.
CREATE TABLE bucket_segments (
    bucket smallint NOT NULL,
    segment_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    revision integer NOT NULL,
    members bigint NOT NULL CHECK (members >= 0),
    "offset" bigint NOT NULL, -- of the control fact at which it was filled
    PRIMARY KEY (bucket, segment_id)
);
CREATE INDEX bucket_segments_workspace ON bucket_segments (workspace_id, segment_id);

-- Members, and those whom a moment may make members although nothing happens.
CREATE TABLE memberships (
    bucket smallint NOT NULL,
    contact_id uuid NOT NULL,
    segment_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    entered_at timestamptz, -- null: not a member
    judge_at timestamptz, -- null: only a fact can change it
    PRIMARY KEY (bucket, contact_id, segment_id),
    CHECK (entered_at IS NOT NULL OR judge_at IS NOT NULL)
);
CREATE INDEX memberships_due ON memberships (bucket, judge_at) WHERE judge_at IS NOT NULL;
CREATE INDEX memberships_members ON memberships (bucket, segment_id, contact_id) WHERE entered_at IS NOT NULL;

-- What conditions look back on: a folded summary per contact and need, for those who met its pattern.
CREATE TABLE pasts (
    bucket smallint NOT NULL,
    contact_id uuid NOT NULL,
    need_key text NOT NULL,
    workspace_id uuid NOT NULL,
    past jsonb NOT NULL,
    PRIMARY KEY (bucket, contact_id, need_key)
);

DO $$
DECLARE
    owned text;
    own constant text := 'workspace_id = nullif(current_setting(''percorso.workspace'', true), '''')::uuid';
BEGIN
    FOREACH owned IN ARRAY ARRAY['segments', 'segment_revisions', 'bucket_segments', 'memberships', 'pasts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
        EXECUTE format('CREATE POLICY own_workspace ON %I USING (%s) WITH CHECK (%s)', owned, own, own);
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_request') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON segments TO percorso_request;
        GRANT SELECT, INSERT ON segment_revisions TO percorso_request;
        GRANT SELECT ON bucket_segments, memberships, pasts TO percorso_request;
    END IF;
END $$;
