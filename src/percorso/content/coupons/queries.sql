-- name: insert_pool
-- A pool without codes; making it again with the same id changes nothing.
INSERT INTO coupon_pools (id, workspace_id, name, created_at)
VALUES (:id::uuid, :workspace_id::uuid, :name::text, :now::timestamptz)
ON CONFLICT (id) DO NOTHING;

-- name: list_pools
-- A workspace's pools (one of them, if :pool_id is given) by name, with their codes counted in their buckets.
SELECT pool.id, pool.workspace_id, pool.name, pool.created_at, counted.codes, counted.free
FROM coupon_pools AS pool
CROSS JOIN LATERAL (
  SELECT count(*) AS codes, count(*) FILTER (WHERE coupons.run_id IS NULL) AS free
  FROM coupons
  WHERE coupons.bucket = get_byte(uuid_send(pool.id), 15) AND coupons.pool_id = pool.id
) AS counted
WHERE pool.workspace_id = :workspace_id::uuid AND (:pool_id::uuid IS NULL OR pool.id = :pool_id)
ORDER BY pool.name, pool.id;

-- name: insert_codes
-- Codes behind those that the pool has, in order; what it has already is left out. Two who add at the same moment
-- meet in the primary key.
INSERT INTO coupons (bucket, pool_id, number, workspace_id, code)
SELECT :bucket::smallint, :pool_id::uuid,
  coalesce((SELECT max(number) FROM coupons WHERE bucket = :bucket AND pool_id = :pool_id), 0) + given.place,
  :workspace_id::uuid, given.code
FROM unnest(:codes::text[]) WITH ORDINALITY AS given(code, place)
ON CONFLICT (bucket, pool_id, code) DO NOTHING;

-- name: list_coupons
-- One page of a pool's codes, in the order of handing out.
SELECT number, code, run_id, step, contact_id, assigned_at
FROM coupons
WHERE bucket = :bucket::smallint AND pool_id = :pool_id::uuid AND workspace_id = :workspace_id::uuid
  AND number > :after::bigint
ORDER BY number
LIMIT :maximum::integer;

-- name: list_requesting_buckets
-- The buckets in which somebody waits for a code; the table holds open requests only.
SELECT DISTINCT bucket FROM coupon_requests ORDER BY bucket;

-- name: claim_requests
-- The oldest requests of a bucket that no other allocator is at, held until the end of the transaction.
SELECT run_id, step, visit, contact_id, pool_id, workspace_id, requested_at
FROM coupon_requests
WHERE bucket = :bucket::smallint
ORDER BY requested_at, run_id, step, visit
LIMIT :maximum::integer
FOR UPDATE SKIP LOCKED;

-- name: list_marked
-- The codes of a pool that these runs have already.
SELECT run_id, step, visit, code
FROM coupons
WHERE bucket = :bucket::smallint AND pool_id = :pool_id::uuid AND run_id = ANY(:run_ids::uuid[]);

-- name: mark_codes
-- The next free codes of a pool, one for each visit, in order. Locked rows are waited for, not skipped: whoever holds
-- the last codes may yet give them back, and a pool must not be called empty before that is known.
WITH free AS MATERIALIZED (
  SELECT number FROM coupons
  WHERE bucket = :bucket::smallint AND pool_id = :pool_id::uuid AND workspace_id = :workspace_id::uuid
    AND run_id IS NULL
  ORDER BY number
  LIMIT cardinality(:run_ids::uuid[])
  FOR UPDATE
),
placed AS (SELECT number, row_number() OVER (ORDER BY number) AS place FROM free)
UPDATE coupons
SET run_id = asked.run_id, step = asked.step, visit = asked.visit, contact_id = asked.contact_id,
  assigned_at = :assigned_at::timestamptz
FROM placed
JOIN unnest(:run_ids, :steps::text[], :visits::integer[], :contact_ids::uuid[])
  WITH ORDINALITY AS asked(run_id, step, visit, contact_id, place) ON asked.place = placed.place
WHERE coupons.bucket = :bucket AND coupons.pool_id = :pool_id AND coupons.number = placed.number
RETURNING coupons.run_id, coupons.step, coupons.visit, coupons.code;

-- name: delete_requests
-- Requests that are answered in the same transaction.
DELETE FROM coupon_requests
USING unnest(:run_ids::uuid[], :steps::text[], :visits::integer[]) AS answered(run_id, step, visit)
WHERE coupon_requests.bucket = :bucket::smallint AND coupon_requests.run_id = answered.run_id
  AND coupon_requests.step = answered.step AND coupon_requests.visit = answered.visit;

-- name: hand_over_codes
-- Codes of a pool that one contact has become another's.
UPDATE coupons SET contact_id = :into_contact_id::uuid
WHERE bucket = :bucket::smallint AND pool_id = :pool_id::uuid AND code = ANY(:codes::text[])
  AND contact_id = :contact_id::uuid;

-- name: forget_requests
-- What a contact that is being erased still waits for.
DELETE FROM coupon_requests WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;

-- name: forget_holder
-- Codes stay handed out, to nobody; they lie in the buckets of their pools.
UPDATE coupons SET contact_id = NULL WHERE contact_id = :contact_id::uuid;
