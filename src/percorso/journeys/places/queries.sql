-- name: list_requesting_buckets
-- The buckets in which somebody waits for a place; the table holds open requests only.
SELECT DISTINCT bucket FROM place_requests ORDER BY bucket;

-- name: claim_requests
-- The oldest requests of a bucket that no other allocator is at, held until the end of the transaction.
SELECT run_id, step, visit, contact_id, journey_id, path, places, workspace_id, requested_at
FROM place_requests
WHERE bucket = :bucket::smallint
ORDER BY requested_at, run_id, step, visit
LIMIT :maximum::integer
FOR UPDATE SKIP LOCKED;

-- name: list_taken
-- The visits of these runs that have a place of a path already.
SELECT run_id, visit FROM places
WHERE bucket = :bucket::smallint AND journey_id = :journey_id::uuid AND step = :step::text AND path = :path::text
  AND run_id = ANY(:run_ids::uuid[]);

-- name: take_places
-- The next places of a path, one for each visit, in order, as far as there are any. Two who take at the same moment
-- meet in the primary key.
INSERT INTO places (bucket, journey_id, step, path, number, workspace_id, run_id, visit, taken_at)
SELECT :bucket::smallint, :journey_id::uuid, :step::text, :path::text, taken.last + asked.place, :workspace_id::uuid,
  asked.run_id, asked.visit, :now::timestamptz
FROM unnest(:run_ids::uuid[], :visits::integer[]) WITH ORDINALITY AS asked(run_id, visit, place)
CROSS JOIN (
  SELECT coalesce(max(number), 0) AS last FROM places
  WHERE bucket = :bucket AND journey_id = :journey_id AND step = :step AND path = :path
) AS taken
WHERE taken.last + asked.place <= :places::integer
RETURNING run_id, visit;

-- name: delete_requests
-- Requests that are answered in the same transaction.
DELETE FROM place_requests
USING unnest(:run_ids::uuid[], :steps::text[], :visits::integer[]) AS answered(run_id, step, visit)
WHERE place_requests.bucket = :bucket::smallint AND place_requests.run_id = answered.run_id
  AND place_requests.step = answered.step AND place_requests.visit = answered.visit;

-- name: forget_requests
-- What a contact that is being erased still waits for.
DELETE FROM place_requests WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;
