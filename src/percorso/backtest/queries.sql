-- name: read_journey_controls
-- What a bucket was told of journeys up to where it is applied, in order.
SELECT f.bucket, f."offset", f.workspace_id, f.contact_id, f.kind, f.name, f.message_id, f.occurred_at,
  f.received_at, f.properties::text AS properties, f.context::text AS context, f.origin, f.historical, f.depth
FROM facts AS f
JOIN cursors ON cursors.bucket = f.bucket AND f."offset" <= cursors."offset"
WHERE f.bucket = :bucket::smallint AND cursors.bucket = :bucket::smallint AND f.contact_id IS NULL
  AND f.kind = 'control' AND f.name = ANY(:names::text[]) AND f.received_at < :until::timestamptz
ORDER BY f."offset";

-- name: read_contacts_facts
-- The next facts of a bucket's contacts, contact by contact and in order, after one of them: all that was applied by a
-- moment, but events of names that nobody is interested in, what was given up, and most of what the worker made.
SELECT f.bucket, f."offset", f.workspace_id, f.contact_id, f.kind, f.name, f.message_id, f.occurred_at,
  f.received_at, f.properties::text AS properties, f.context::text AS context, f.origin, f.historical, f.depth
FROM facts AS f
WHERE f.bucket = :bucket::smallint AND (f.contact_id, f."offset") > (:after_contact::uuid, :after_offset::bigint)
  AND f.workspace_id = :workspace_id::uuid AND f.received_at < :until::timestamptz
  AND (f."offset" <= :offset::bigint OR f.origin = 'worker')
  AND (f.origin <> 'worker' OR f.name = ANY(:told::text[]))
  AND (f.kind <> 'event' OR f.name = ANY(:names::text[]))
  AND NOT EXISTS (
    SELECT FROM set_aside
    WHERE set_aside.bucket = :bucket::smallint AND set_aside."offset" = f."offset" AND set_aside.run_id IS NULL
      AND set_aside.due_at IS NULL AND set_aside.set_aside_at IS NOT NULL)
ORDER BY f.contact_id, f."offset"
LIMIT :maximum::integer;

-- name: read_facts_of
-- The same of some contacts: those who became others.
SELECT f.bucket, f."offset", f.workspace_id, f.contact_id, f.kind, f.name, f.message_id, f.occurred_at,
  f.received_at, f.properties::text AS properties, f.context::text AS context, f.origin, f.historical, f.depth
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked (bucket, contact_id)
CROSS JOIN LATERAL (
  SELECT * FROM facts
  WHERE facts.bucket = asked.bucket AND facts.contact_id = asked.contact_id
    AND facts.received_at < :until::timestamptz
    AND (facts.origin <> 'worker' OR facts.name = ANY(:told::text[]))
    AND (facts.kind <> 'event' OR facts.name = ANY(:names::text[]))
    AND NOT EXISTS (
      SELECT FROM set_aside
      WHERE set_aside.bucket = asked.bucket AND set_aside."offset" = facts."offset" AND set_aside.run_id IS NULL
        AND set_aside.due_at IS NULL AND set_aside.set_aside_at IS NOT NULL)
) AS f
ORDER BY f.bucket, f.contact_id, f."offset";

-- name: list_gone_over
-- Who of these contacts became another to whom everything has gone over.
SELECT asked.contact_id
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked (bucket, contact_id)
JOIN moved ON moved.bucket = asked.bucket AND moved.contact_id = asked.contact_id
WHERE moved.state <> 'moved';

-- name: read_recorded_runs
-- The runs of these contacts in a journey, as production keeps them.
SELECT r.id, r.contact_id, r.version, r.key, r.state, r.step, r.visit, r.entered_at, r.reached_at, r.due_at, r.awaits,
  r.message_id, r.ended_at, r.outcome, r.reason, r.memory->'captured' AS captured
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked (bucket, contact_id)
JOIN runs AS r ON r.bucket = asked.bucket AND r.contact_id = asked.contact_id
WHERE r.journey_id = :journey_id::uuid AND r.entered_at < :until::timestamptz;

-- name: read_recorded_traces
-- The traces of these runs, in order.
SELECT traces.run_id, traces.entry::text AS entry
FROM unnest(:buckets::smallint[], :run_ids::uuid[]) AS asked (bucket, run_id)
JOIN traces ON traces.bucket = asked.bucket AND traces.run_id = asked.run_id
ORDER BY traces.run_id, traces.number;

-- name: read_recorded_messages
-- The messages that were planned for these contacts by a journey: which visits of which runs, and when.
SELECT m.id, m.run_id, m.step, m.visit, m.planned_at
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked (bucket, contact_id)
JOIN messages AS m ON m.bucket = asked.bucket AND m.contact_id = asked.contact_id
WHERE m.journey_id = :journey_id::uuid;

-- name: find_journey
-- A journey's list, zone and version that contacts enter.
SELECT journeys.workspace_id, journeys.version, lists.time_zone
FROM journeys JOIN lists ON lists.id = journeys.list_id
WHERE journeys.id = :journey_id::uuid AND journeys.workspace_id = :workspace_id::uuid;

-- name: list_told_buckets
-- The buckets that have applied anything, and how far.
SELECT bucket, "offset" FROM cursors WHERE "offset" > 0 ORDER BY bucket;
