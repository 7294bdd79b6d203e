-- name: write_ceiling
-- What a journey may send in a day from now on; what was counted stays. One that is on and has room again need not ask.
INSERT INTO ceilings AS c (bucket, journey_id, workspace_id, most)
VALUES (:bucket::smallint, :journey_id::uuid, :workspace_id::uuid, :most::integer)
ON CONFLICT (bucket, journey_id) DO UPDATE
SET most = excluded.most,
    reached_at = CASE WHEN :forgets::boolean AND c.counted < excluded.most THEN NULL ELSE c.reached_at END;

-- name: delete_ceiling
-- A journey without a ceiling counts nothing.
DELETE FROM ceilings WHERE bucket = :bucket::smallint AND journey_id = :journey_id::uuid;

-- name: forget_reached
-- Somebody lets the journey go on: as many again may leave before it asks anew.
UPDATE ceilings SET counted = 0, counted_since = NULL, day = NULL, reached_at = NULL
WHERE bucket = :bucket::smallint AND journey_id = :journey_id::uuid;

-- name: lock_ceilings
-- The ceilings of these journeys, held until the end of the transaction, in the order that all use, and which day it is.
SELECT c.journey_id, c.most, c.day, c.counted, c.counted_since, c.reached_at,
    (:now::timestamptz AT TIME ZONE l.time_zone)::date AS today
FROM ceilings AS c
JOIN unnest(:buckets::smallint[], :journey_ids::uuid[]) AS asked (bucket, journey_id) USING (bucket, journey_id)
JOIN journeys AS j ON j.id = c.journey_id
JOIN lists AS l ON l.id = j.list_id
ORDER BY c.bucket, c.journey_id
FOR UPDATE OF c;

-- name: count_marks
-- Writes what is counted now of ceilings that are locked.
UPDATE ceilings AS c
SET day = now_counted.day, counted = now_counted.counted, counted_since = now_counted.since,
    reached_at = now_counted.reached_at
FROM unnest(:buckets::smallint[], :journey_ids::uuid[], :days::date[], :counts::integer[], :sinces::timestamptz[],
    :reached_ats::timestamptz[]) AS now_counted (bucket, journey_id, day, counted, since, reached_at)
WHERE c.bucket = now_counted.bucket AND c.journey_id = now_counted.journey_id;

-- name: give_back_marks
-- Takes marks off the count that were counted in it.
UPDATE ceilings AS c
SET counted = greatest(c.counted - back.number, 0)
FROM (
    SELECT given.bucket, given.journey_id, count(*)::integer AS number
    FROM unnest(:buckets::smallint[], :journey_ids::uuid[], :marked_ats::timestamptz[])
        AS given (bucket, journey_id, marked_at)
    JOIN ceilings AS held USING (bucket, journey_id)
    WHERE given.marked_at >= held.counted_since
    GROUP BY given.bucket, given.journey_id
) AS back
WHERE c.bucket = back.bucket AND c.journey_id = back.journey_id;

-- name: list_asking
-- Those of these journeys that ask.
SELECT c.journey_id FROM ceilings AS c
JOIN unnest(:buckets::smallint[], :journey_ids::uuid[]) AS asked (bucket, journey_id) USING (bucket, journey_id)
WHERE c.reached_at IS NOT NULL;

-- name: list_reached
-- Journeys that are on and should be paused.
SELECT reached.journey_id, reached.workspace_id
FROM generate_series(0, 255) AS buckets (bucket)
CROSS JOIN LATERAL (
    SELECT c.journey_id, c.workspace_id FROM ceilings AS c
    WHERE c.bucket = buckets.bucket AND c.reached_at IS NOT NULL
) AS reached
JOIN journeys AS j ON j.id = reached.journey_id
WHERE j.state = 'active'
ORDER BY reached.journey_id;

-- name: find_ceiling
-- The ceiling of one journey.
SELECT journey_id, most, day, counted, counted_since, reached_at FROM ceilings
WHERE bucket = :bucket::smallint AND journey_id = :journey_id::uuid;
