-- name: insert_rejected
-- Calls kept aside with their reason; the same call sent again is listed once.
INSERT INTO rejected (bucket, id, workspace_id, received_at, code, reason, name, payload)
SELECT given.bucket, given.id, given.workspace_id, :received_at::timestamptz, given.code, given.reason, given.name,
  given.payload
FROM unnest(:buckets::smallint[], :ids::uuid[], :workspace_ids::uuid[], :codes::text[], :reasons::text[],
  :names::text[], :payloads::text[]) AS given(bucket, id, workspace_id, code, reason, name, payload)
ORDER BY given.bucket, given.id
ON CONFLICT DO NOTHING;
