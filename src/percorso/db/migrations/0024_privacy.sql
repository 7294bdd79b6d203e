-- Consent leaves with their proof, and erasure: what stays of a contact that must be forgotten.
SET LOCAL lock_timeout = '5s';

-- The chain runs over these, so it can be followed when the payload was emptied; null: told from the payload.
ALTER TABLE consent_records ADD COLUMN payload_hash bytea;

-- Of the fact that tells of it, in the contact's bucket: when the cursor is here, what is left can be emptied.
ALTER TABLE contact_marks ADD COLUMN "offset" bigint NOT NULL DEFAULT 0;
-- Null: rows are still to be emptied.
ALTER TABLE contact_marks ADD COLUMN emptied_at timestamptz;
CREATE INDEX contact_marks_pending ON contact_marks (bucket, contact_id) WHERE emptied_at IS NULL;

-- Keyed hashes of the identities of erased contacts, in the bucket of the identity's value.
CREATE TABLE erased_identities (
    bucket smallint NOT NULL,
    workspace_id uuid NOT NULL,
    digest bytea NOT NULL, -- HMAC-SHA-256 of kind and value under the instance's key for erasure
    erased_at timestamptz NOT NULL, -- what occurred before is refused
    suppressions jsonb NOT NULL, -- [[channel, reason], …] that hold for whoever has this address next
    PRIMARY KEY (bucket, workspace_id, digest)
);
-- When somebody was last erased: intake asks it whenever it meets somebody new.
CREATE INDEX erased_identities_newest ON erased_identities (workspace_id, erased_at);
ALTER TABLE erased_identities ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON erased_identities
    USING (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid);

-- What erased contacts were counted in, summed under nobody's name: counters still equal a recount.
CREATE TABLE erased_counts (
    bucket smallint NOT NULL,
    journey_id uuid NOT NULL,
    version integer NOT NULL,
    step text NOT NULL,
    path text NOT NULL,
    name text NOT NULL,
    day date NOT NULL,
    workspace_id uuid NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (bucket, journey_id, version, step, path, name, day)
);
ALTER TABLE erased_counts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON erased_counts
    USING (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid);

-- Who saw or took what out of a workspace, and who had somebody forgotten.
CREATE TABLE audit_records (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    at timestamptz NOT NULL, -- real time
    caller text NOT NULL, -- user:<id> or key
    action text NOT NULL,
    subject text NOT NULL, -- what it was done to: an id or a kind, never an address
    detail jsonb NOT NULL
);
CREATE INDEX audit_records_newest ON audit_records (workspace_id, at DESC, id);
ALTER TABLE audit_records ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON audit_records
    USING (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid)
    WITH CHECK (workspace_id = nullif(current_setting('percorso.workspace', true), '')::uuid);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_request') THEN
        GRANT SELECT, INSERT ON audit_records TO percorso_request;
    END IF;
END $$;
