-- name: insert_rejected
-- Calls kept aside with their reason; the same call sent again is listed once.
INSERT INTO rejected (bucket, id, workspace_id, received_at, code, reason, name, payload)
SELECT given.bucket, given.id, given.workspace_id, :received_at::timestamptz, given.code, given.reason, given.name,
  given.payload
FROM unnest(:buckets::smallint[], :ids::uuid[], :workspace_ids::uuid[], :codes::text[], :reasons::text[],
  :names::text[], :payloads::text[]) AS given(bucket, id, workspace_id, code, reason, name, payload)
ORDER BY given.bucket, given.id
ON CONFLICT DO NOTHING;

-- name: delete_rejected
-- Rejected calls that quote one of these values; reads all that the workspace has.
DELETE FROM rejected
WHERE workspace_id = :workspace_id::uuid
  AND EXISTS (SELECT FROM unnest(:values::text[]) AS quoted(value) WHERE strpos(lower(rejected.payload), lower(quoted.value)) > 0);

-- name: list_latest_erasures
-- When somebody was last erased in each workspace; without an erasure, no row.
SELECT workspace_id, max(erased_at) AS erased_at FROM erased_identities GROUP BY workspace_id;
