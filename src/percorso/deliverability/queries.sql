-- name: find_wait
-- What is known of a receiving domain that did not take email when last tried.
SELECT workspace_id, provider, domain, step, since, next_at, paused_at, reply, replied_at
FROM receiving_domains
WHERE workspace_id = :workspace_id::uuid AND provider = :provider::text AND domain = :domain::text;

-- name: list_waits
-- The workspace's receiving domains that did not take email when last tried, paused ones first, then the next due.
SELECT workspace_id, provider, domain, step, since, next_at, paused_at, reply, replied_at
FROM receiving_domains
WHERE workspace_id = :workspace_id::uuid
ORDER BY paused_at IS NULL, next_at, domain, provider
LIMIT :size::integer;

-- name: has_waiting
-- Whether any receiving domain is to be left alone at this moment.
SELECT EXISTS (
    SELECT FROM receiving_domains WHERE provider = :provider::text AND next_at > :now::timestamptz
);

-- name: write_waits
-- Notes waits. A step is written once, by whoever says it first; where a success came in between, nothing is.
INSERT INTO receiving_domains AS known (workspace_id, provider, domain, id, step, since, next_at, paused_at, reply,
    replied_at)
SELECT told.workspace_id, told.provider, told.domain, told.id, told.step, told.since, told.next_at, told.paused_at,
    told.reply, told.replied_at
FROM unnest(:workspace_ids::uuid[], :providers::text[], :domains::text[], :ids::uuid[], :steps::integer[],
    :sinces::timestamptz[], :next_ats::timestamptz[], :paused_ats::timestamptz[], :replies::text[],
    :replied_ats::timestamptz[])
    AS told (workspace_id, provider, domain, id, step, since, next_at, paused_at, reply, replied_at)
WHERE told.step = 1 OR EXISTS (
    SELECT FROM receiving_domains AS r
    WHERE r.workspace_id = told.workspace_id AND r.provider = told.provider AND r.domain = told.domain
)
ORDER BY told.workspace_id, told.provider, told.domain
ON CONFLICT (workspace_id, provider, domain) DO UPDATE
SET step = excluded.step, next_at = excluded.next_at, paused_at = excluded.paused_at, reply = excluded.reply,
    replied_at = excluded.replied_at
WHERE known.step < excluded.step OR known.paused_at IS NULL AND excluded.paused_at IS NOT NULL;

-- name: delete_waits
-- These receiving domains took email: nothing keeps anything from them any more.
WITH taken AS (
    SELECT r.workspace_id, r.provider, r.domain
    FROM unnest(:workspace_ids::uuid[], :providers::text[], :domains::text[]) AS told (workspace_id, provider, domain)
    JOIN receiving_domains AS r USING (workspace_id, provider, domain)
    ORDER BY r.workspace_id, r.provider, r.domain
    FOR UPDATE OF r
)
DELETE FROM receiving_domains AS r USING taken
WHERE r.workspace_id = taken.workspace_id AND r.provider = taken.provider AND r.domain = taken.domain;

-- name: release_wait
-- Lets email leave to a receiving domain at once, and gives it back as it was.
DELETE FROM receiving_domains
WHERE workspace_id = :workspace_id::uuid AND id = :id::uuid
RETURNING workspace_id, provider, domain, step, since, next_at, paused_at, reply, replied_at;
