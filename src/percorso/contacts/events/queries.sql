-- name: list_event_types
-- The event types that a workspace declared.
SELECT name, labels, schema FROM event_types WHERE workspace_id = :workspace_id::uuid ORDER BY name;

-- name: is_strict
-- Whether events that are not declared are kept aside.
SELECT strict FROM workspaces WHERE id = :workspace_id::uuid;

-- name: insert_event_type
-- Declares an event type; another may have come first.
INSERT INTO event_types (workspace_id, name, labels, schema, created_at, modified_at)
VALUES (:workspace_id::uuid, :name::text, :labels::jsonb, :schema::jsonb, :now::timestamptz, :now::timestamptz)
ON CONFLICT (workspace_id, name) DO NOTHING;

-- name: update_event_type
-- The event type is as it is given.
UPDATE event_types SET labels = :labels::jsonb, schema = :schema::jsonb, modified_at = :now::timestamptz
WHERE workspace_id = :workspace_id::uuid AND name = :name::text;

-- name: delete_event_type
-- An event type is declared no more; its events stay.
DELETE FROM event_types WHERE workspace_id = :workspace_id::uuid AND name = :name::text;

-- name: list_uncounted
-- How far each bucket's events are counted, and how far they can be, a bounded stretch at a time.
SELECT heads.bucket, counted."offset" AS after, least(heads."offset", counted."offset" + :stretch::bigint) AS until
FROM heads JOIN event_day_cursors AS counted ON counted.bucket = heads.bucket
WHERE heads."offset" > counted."offset"
ORDER BY heads.bucket;

-- name: count_stretch
-- Events of these stretches by workspace, name and day; copies that came over from a merged contact count once.
SELECT f.workspace_id, f.name, (f.received_at AT TIME ZONE 'UTC')::date AS day, count(*) AS value
FROM unnest(:buckets::smallint[], :after::bigint[], :until::bigint[]) AS span(bucket, after, until)
JOIN facts AS f ON f.bucket = span.bucket AND f."offset" > span.after AND f."offset" <= span.until
WHERE f.kind = 'event' AND NOT coalesce(f.context ? 'carried', false)
GROUP BY f.workspace_id, f.name, day;

-- name: list_counted_names
-- The names that are counted apart, of these workspaces.
SELECT DISTINCT event_days.workspace_id, event_days.name FROM event_days
WHERE event_days.workspace_id = ANY(:workspace_ids::uuid[]);

-- name: add_event_days
-- What was counted, added to what was counted before.
INSERT INTO event_days (workspace_id, name, day, value)
SELECT * FROM unnest(:workspace_ids::uuid[], :names::text[], :days::date[], :values::bigint[])
ON CONFLICT (workspace_id, name, day) DO UPDATE SET value = event_days.value + excluded.value;

-- name: claim_counting
-- The right to count, one process at a time: it holds the first bucket's row until the transaction ends.
SELECT bucket FROM event_day_cursors WHERE bucket = :bucket::smallint FOR UPDATE SKIP LOCKED;

-- name: move_event_day_cursors
-- So far these buckets are counted.
UPDATE event_day_cursors SET "offset" = counted.until
FROM unnest(:buckets::smallint[], :until::bigint[]) AS counted(bucket, until)
WHERE event_day_cursors.bucket = counted.bucket;

-- name: list_event_days
-- How many events of each name were received on each of the last days.
SELECT name, day, value FROM event_days
WHERE workspace_id = :workspace_id::uuid AND day >= :since::date AND (:name::text IS NULL OR name = :name::text)
ORDER BY name, day;

-- name: sample_events
-- The properties of the newest events of a name, looked for in a bounded stretch of each bucket's log.
SELECT newest.properties
FROM heads CROSS JOIN LATERAL (
  SELECT f.properties FROM facts AS f
  WHERE f.bucket = heads.bucket AND f."offset" > heads."offset" - :stretch::bigint AND f.kind = 'event'
    AND f.name = :name::text AND f.workspace_id = :workspace_id::uuid
  ORDER BY f."offset" DESC
  LIMIT :size::integer
) AS newest;
