-- Lists that can be made and changed, and the messages that a status owes: confirmation and first notification.
SET LOCAL lock_timeout = '5s';

-- What messages of the list do unless they say otherwise: the pixel, and links that tell who followed them.
ALTER TABLE lists ADD COLUMN tracks_opens boolean NOT NULL DEFAULT true;
ALTER TABLE lists ADD COLUMN tracks_clicks boolean NOT NULL DEFAULT true;
-- Null: Percorso's own text.
ALTER TABLE lists ADD COLUMN confirmation_template_id uuid REFERENCES templates;
-- Null: none was chosen yet.
ALTER TABLE lists ADD COLUMN welcome_template_id uuid REFERENCES templates;
ALTER TABLE lists ADD COLUMN has_welcome boolean NOT NULL DEFAULT false;
ALTER TABLE lists ADD CONSTRAINT lists_welcome CHECK (NOT has_welcome OR welcome_template_id IS NOT NULL);
-- Two lists of a workspace are not called alike, whatever their case.
CREATE UNIQUE INDEX lists_name ON lists (workspace_id, lower(name));

-- Messages owed because somebody asked to be on a list, or is on it from now on.
CREATE TABLE notices (
    bucket smallint NOT NULL,
    contact_id uuid NOT NULL,
    list_id uuid NOT NULL,
    channel text NOT NULL CHECK (channel IN ('email', 'sms')),
    kind text NOT NULL CHECK (kind IN ('confirmation', 'welcome')),
    workspace_id uuid NOT NULL,
    -- Null: nothing is owed; else the head of the bucket as it was said: the worker plans it when it is past that.
    "offset" bigint,
    planned_at timestamptz, -- product time of the last one; null: never
    planned integer NOT NULL DEFAULT 0, -- how many of them since the first
    PRIMARY KEY (bucket, contact_id, list_id, channel, kind),
    CHECK ((planned_at IS NULL) = (planned = 0))
);
CREATE INDEX notices_owed ON notices (bucket, "offset") WHERE "offset" IS NOT NULL;
ALTER TABLE notices ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON notices
    USING (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid)
    WITH CHECK (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_request') THEN
        GRANT UPDATE ON lists TO percorso_request;
    END IF;
END $$;
