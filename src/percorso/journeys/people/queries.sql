-- name: list_inside
-- Runs inside a journey, after one of them: a few of each bucket, then as many as asked for in order of bucket and id.
-- Late is who waits for a message whose moment has come, and that nobody marked. The order of buckets is the runs'.
SELECT found.bucket, found.id, found.contact_id, found.visit
FROM generate_series(:after_bucket::integer, 255) AS place(bucket)
CROSS JOIN LATERAL (
  SELECT r.bucket, r.id, r.contact_id, r.visit FROM runs AS r
  WHERE r.bucket = place.bucket AND r.journey_id = :journey_id::uuid AND r.workspace_id = :workspace_id::uuid
    AND r.state = 'waiting' AND (place.bucket > :after_bucket::integer OR r.id > :after_id::uuid)
    AND (:below::integer IS NULL OR r.version < :below::integer)
    AND (:step::text IS NULL OR r.step = :step::text)
    AND (:run_ids::uuid[] IS NULL OR r.id = ANY (:run_ids::uuid[]))
    AND (NOT :late::boolean OR EXISTS (
      SELECT FROM messages
      WHERE messages.bucket = r.bucket AND messages.id = r.message_id AND messages.due_at <= :now::timestamptz
        AND messages.state IN ('planned', 'due', 'claimed')))
  ORDER BY r.id
  LIMIT :maximum::integer
) AS found
ORDER BY found.bucket, found.id
LIMIT :maximum::integer;

-- name: count_standing
-- How many stand at each step of each version of a journey.
SELECT runs.version, runs.step, count(*) AS people
FROM generate_series(0, 255) AS place(bucket)
JOIN runs ON runs.bucket = place.bucket
WHERE runs.journey_id = :journey_id::uuid AND runs.workspace_id = :workspace_id::uuid AND runs.state = 'waiting'
GROUP BY runs.version, runs.step;

-- name: count_reached
-- How many of those who stand at these steps reached them by a moment.
SELECT asked.version, asked.step, count(*) AS people
FROM unnest(:versions::integer[], :steps::text[], :moments::timestamptz[]) AS asked (version, step, moment)
CROSS JOIN generate_series(0, 255) AS place(bucket)
JOIN runs ON runs.bucket = place.bucket AND runs.version = asked.version AND runs.step = asked.step
  AND runs.reached_at <= asked.moment
WHERE runs.journey_id = :journey_id::uuid AND runs.workspace_id = :workspace_id::uuid AND runs.state = 'waiting'
GROUP BY asked.version, asked.step;

-- name: count_late
-- How many wait at each step for a message whose moment has come, and that nobody marked.
SELECT runs.step, count(*) AS people
FROM generate_series(0, 255) AS place(bucket)
JOIN runs ON runs.bucket = place.bucket
JOIN messages ON messages.bucket = runs.bucket AND messages.id = runs.message_id
WHERE runs.journey_id = :journey_id::uuid AND runs.workspace_id = :workspace_id::uuid AND runs.state = 'waiting'
  AND messages.due_at <= :now::timestamptz AND messages.state IN ('planned', 'due', 'claimed')
GROUP BY runs.step
ORDER BY runs.step;

-- name: list_runs_of
-- The runs of a contact, named by email or id, that are inside a journey, oldest first.
SELECT runs.id
FROM contacts
JOIN runs ON runs.bucket = contacts.bucket AND runs.contact_id = contacts.id
WHERE contacts.workspace_id = :workspace_id::uuid
  AND (lower(contacts.email) = lower(:contact::text) OR contacts.id::text = :contact::text)
  AND runs.journey_id = :journey_id::uuid AND runs.state = 'waiting'
ORDER BY runs.entered_at, runs.id;

-- name: find_run
-- Where a run stands, in whichever bucket it lies: a run's id does not tell it.
SELECT runs.id, runs.journey_id, runs.contact_id, runs.version, runs.state, runs.step, runs.visit
FROM generate_series(0, 255) AS place(bucket)
JOIN runs ON runs.bucket = place.bucket AND runs.id = :id::uuid
WHERE runs.workspace_id = :workspace_id::uuid;

-- name: list_named
-- The contacts of this email or id.
SELECT contacts.id
FROM contacts
WHERE contacts.workspace_id = :workspace_id::uuid
  AND (lower(contacts.email) = lower(:contact::text) OR contacts.id::text = :contact::text)
ORDER BY contacts.id;
