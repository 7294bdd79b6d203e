-- name: lock_cursors
-- Takes the right to apply these buckets, leaving out those that another worker holds.
SELECT bucket, "offset", received_at, control_offset
FROM cursors
WHERE bucket = ANY(:buckets::smallint[])
ORDER BY bucket
FOR UPDATE SKIP LOCKED;

-- name: get_cursor
-- Where a bucket stands.
SELECT bucket, "offset", received_at, control_offset FROM cursors WHERE bucket = :bucket::smallint;

-- name: has_applied
-- Whether each of these buckets is applied up to its offset.
SELECT NOT EXISTS (
  SELECT FROM unnest(:buckets::smallint[], :offsets::bigint[]) AS asked(bucket, "offset")
  JOIN cursors ON cursors.bucket = asked.bucket AND cursors."offset" < asked."offset"
);

-- name: wait_for_cursor
-- Takes the right to apply one bucket, waiting for whoever holds it.
SELECT bucket, "offset", received_at, control_offset FROM cursors WHERE bucket = :bucket::smallint FOR UPDATE;

-- name: move_cursors
-- The facts up to these offsets are applied, and due rows taken up to :advanced_at.
UPDATE cursors SET "offset" = moved."offset", received_at = moved.received_at,
  control_offset = moved.control_offset, advanced_at = greatest(cursors.advanced_at, :advanced_at::timestamptz)
FROM unnest(:buckets::smallint[], :offsets::bigint[], :received_ats::timestamptz[], :control_offsets::bigint[])
  AS moved(bucket, "offset", received_at, control_offset)
WHERE cursors.bucket = moved.bucket;

-- name: read_heads
-- The heads of these buckets, locked: what is appended later comes after them in every order.
SELECT bucket, "offset", received_at
FROM heads
WHERE bucket = ANY(:buckets::smallint[])
ORDER BY bucket
FOR UPDATE;

-- name: read_facts
-- Per bucket, in order, the next facts that matter: all but events of names that nobody is interested in and
-- what the worker itself made and applied.
SELECT f.bucket, f."offset", f.workspace_id, f.contact_id, f.kind, f.name, f.message_id, f.occurred_at,
  f.received_at, f.properties::text AS properties, f.context::text AS context, f.origin, f.historical, f.depth
FROM unnest(:buckets::smallint[], :after::bigint[], :until::bigint[], :since::timestamptz[])
  AS span(bucket, after, until, since)
CROSS JOIN LATERAL (
  SELECT * FROM facts
  WHERE facts.bucket = span.bucket AND facts."offset" > span.after AND facts."offset" <= span.until
    AND facts.received_at >= span.since AND facts.origin <> 'worker'
    AND (facts.kind <> 'event' OR facts.name = ANY(:names::text[]))
  ORDER BY facts."offset"
  LIMIT :maximum::integer
) AS f;

-- name: read_received_at
-- When the facts at these places were received.
SELECT facts.bucket, facts.received_at
FROM unnest(:buckets::smallint[], :offsets::bigint[], :since::timestamptz[]) AS place(bucket, "offset", since)
JOIN facts ON facts.bucket = place.bucket AND facts."offset" = place."offset" AND facts.received_at >= place.since;

-- name: read_tail
-- A contact's facts that the worker has not applied yet, in order.
SELECT f.bucket, f."offset", f.workspace_id, f.contact_id, f.kind, f.name, f.message_id, f.occurred_at,
  f.received_at, f.properties::text AS properties, f.context::text AS context, f.origin, f.historical, f.depth
FROM cursors
JOIN facts AS f ON f.bucket = cursors.bucket AND f."offset" > cursors."offset"
  AND f.received_at >= cursors.received_at
WHERE cursors.bucket = :bucket::smallint AND f.bucket = :bucket::smallint AND f.contact_id = :contact_id::uuid
  AND f.origin <> 'worker'
ORDER BY f."offset";

-- name: read_history
-- All facts of a contact up to an offset, in order, the worker's own included.
SELECT f.bucket, f."offset", f.workspace_id, f.contact_id, f.kind, f.name, f.message_id, f.occurred_at,
  f.received_at, f.properties::text AS properties, f.context::text AS context, f.origin, f.historical, f.depth
FROM facts AS f
WHERE f.bucket = :bucket::smallint AND f.contact_id = :contact_id::uuid AND f."offset" <= :until::bigint
ORDER BY f."offset";

-- name: read_named
-- Facts of some names of some contacts, received since a moment, in order, as the worker has applied them up to an
-- offset: what it made itself of those lies further on.
SELECT f.bucket, f."offset", f.workspace_id, f.contact_id, f.kind, f.name, f.message_id, f.occurred_at,
  f.received_at, f.properties::text AS properties, f.context::text AS context, f.origin, f.historical, f.depth
FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :untils::bigint[]) AS asked (bucket, contact_id, until)
CROSS JOIN LATERAL (
  SELECT * FROM facts
  WHERE facts.bucket = asked.bucket AND facts.contact_id = asked.contact_id AND facts.name = ANY(:names::text[])
    AND (facts."offset" <= asked.until OR facts.origin = 'worker')
    AND facts.received_at >= coalesce(:since::timestamptz, '-infinity')
) AS f
ORDER BY f.bucket, f."offset";

-- name: has_message
-- Whether a contact's facts hold one that was sent under this message id.
SELECT EXISTS (
  SELECT FROM facts
  WHERE facts.bucket = :bucket::smallint AND facts.contact_id = :contact_id::uuid
    AND facts.message_id = :message_id::text
);

-- name: list_set_aside
-- The facts in these spans that were given up after three tries.
SELECT set_aside.bucket, set_aside."offset"
FROM unnest(:buckets::smallint[], :after::bigint[]) AS span(bucket, after)
JOIN set_aside ON set_aside.bucket = span.bucket AND set_aside."offset" > span.after
WHERE set_aside.run_id IS NULL AND set_aside.due_at IS NULL AND set_aside.set_aside_at IS NOT NULL;

-- name: count_try
-- One more try of a fact, run or moment that fails by itself; gives how many there were, and whether it was given up.
INSERT INTO set_aside (bucket, id, "offset", run_id, segment_id, due_at, contact_id, workspace_id, tries, error)
VALUES (:bucket::smallint, :id::uuid, :offset::bigint, :run_id::uuid, :segment_id::uuid, :due_at::timestamptz,
  :contact_id::uuid, :workspace_id::uuid, 1, :error::text)
ON CONFLICT (bucket, id) DO UPDATE SET tries = set_aside.tries + 1, error = excluded.error
RETURNING tries, set_aside_at IS NOT NULL AS is_given_up;

-- name: set_aside
-- The fact, run or moment is given up until a person looks at it.
UPDATE set_aside SET set_aside_at = :set_aside_at::timestamptz
WHERE bucket = :bucket::smallint AND id = :id::uuid;

-- name: forget_tries
-- A fact that failed before went through after all.
DELETE FROM set_aside
WHERE bucket = :bucket::smallint AND id = :id::uuid AND set_aside_at IS NULL;

-- name: lock_heads
-- The right to append to these buckets, taken in ascending order so that two appenders never wait in a circle.
SELECT bucket, "offset", greatest(received_at, :received_at::timestamptz) AS received_at
FROM heads
WHERE bucket = ANY(:buckets::smallint[])
ORDER BY bucket
FOR UPDATE;

-- name: take_offsets
-- Locks the heads of these buckets in ascending order and moves them on by so many offsets; gives the last ones.
-- Offsets and moments are those after the wait, because a locked row is read anew.
WITH held AS MATERIALIZED (
  SELECT bucket FROM heads WHERE bucket = ANY(:buckets::smallint[]) ORDER BY bucket FOR UPDATE
)
UPDATE heads
SET "offset" = heads."offset" + wanted.count,
  received_at = greatest(heads.received_at, :received_at::timestamptz,
    clocks.product_at + (clock_timestamp() - clocks.real_at) * clocks.rate)
FROM held
JOIN unnest(:buckets::smallint[], :counts::integer[]) AS wanted(bucket, count) ON wanted.bucket = held.bucket
CROSS JOIN (SELECT product_at, real_at, rate FROM clocks WHERE id = 1) AS clocks
WHERE heads.bucket = held.bucket
RETURNING heads.bucket, heads."offset", heads.received_at;

-- name: read_under_lock
-- Product time now that the heads are held, whether its month has a partition, and who moved where meanwhile.
-- A statement of its own: its snapshot must begin after the wait for the heads. At least one row.
SELECT present.product_at, present.rate,
  to_regclass('facts_' || to_char(present.product_at, 'YYYYMM')) IS NOT NULL AS has_month,
  gone.contact_id, gone.into_contact_id, gone.is_erased
FROM (
  SELECT rate, product_at + (clock_timestamp() - real_at) * rate AS product_at FROM clocks WHERE id = 1
) AS present
LEFT JOIN (
  -- One look into the index for each, whatever the planner believes of an empty table.
  SELECT asked.contact_id, (
    SELECT moved.into_contact_id FROM moved
    WHERE moved.bucket = asked.bucket AND moved.contact_id = asked.contact_id
  ) AS into_contact_id, (
    SELECT true FROM contact_marks AS mark
    WHERE mark.bucket = asked.bucket AND mark.contact_id = asked.contact_id
  ) AS is_erased
  FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked(bucket, contact_id)
  OFFSET 0
) AS gone ON gone.into_contact_id IS NOT NULL OR gone.is_erased;

-- name: list_moved
-- Where each of these contacts was merged into; those who were not are left out.
SELECT contact_id, into_contact_id
FROM (
  SELECT asked.contact_id, (
    SELECT moved.into_contact_id FROM moved
    WHERE moved.bucket = asked.bucket AND moved.contact_id = asked.contact_id
  ) AS into_contact_id
  FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked(bucket, contact_id)
  OFFSET 0
) AS gone
WHERE into_contact_id IS NOT NULL;

-- name: advance_heads
-- The last offset given in each bucket, and when.
UPDATE heads
SET "offset" = given."offset", received_at = given.received_at
FROM unnest(:buckets::smallint[], :offsets::bigint[], :received_at::timestamptz[])
  AS given(bucket, "offset", received_at)
WHERE heads.bucket = given.bucket;

-- name: record_seen
-- Records the message ids of a workspace, and gives the places, from 1, of those that were received before: in
-- another transaction that came first, or on a day since. In the order of the key, so that nobody waits in a circle.
WITH asked AS MATERIALIZED (
  SELECT bucket, message_id, place
  FROM unnest(:buckets::smallint[], :message_ids::text[]) WITH ORDINALITY AS asked(bucket, message_id, place)
), recorded AS (
  INSERT INTO seen (bucket, workspace_id, message_id, received_on)
  SELECT asked.bucket, :workspace_id::uuid, asked.message_id, :today::date
  FROM asked
  -- One look into the index for each, whatever the planner believes of an empty table.
  WHERE (
    SELECT true FROM seen
    WHERE seen.bucket = asked.bucket AND seen.workspace_id = :workspace_id::uuid
      AND seen.message_id = asked.message_id AND seen.received_on BETWEEN :since::date AND :until::date
    LIMIT 1
  ) IS NULL
  ORDER BY asked.bucket, asked.message_id
  ON CONFLICT DO NOTHING
  RETURNING bucket, message_id
)
SELECT asked.place
FROM asked LEFT JOIN recorded ON recorded.bucket = asked.bucket AND recorded.message_id = asked.message_id
WHERE recorded.message_id IS NULL;

-- name: has_seen
-- Whether any of these message ids of a workspace was received on one of these days.
SELECT EXISTS (
  SELECT FROM (
    SELECT (
      SELECT true FROM seen
      WHERE seen.bucket = asked.bucket AND seen.workspace_id = :workspace_id::uuid
        AND seen.message_id = asked.message_id AND seen.received_on = ANY(:days::date[])
      LIMIT 1
    ) AS is_seen
    FROM unnest(:buckets::smallint[], :message_ids::text[]) AS asked(bucket, message_id)
    OFFSET 0
  ) AS looked_up
  WHERE is_seen
);

-- name: has_partitions
-- Whether there is room for the facts of this month and the message ids of this day.
SELECT to_regclass('facts_' || to_char(:month::date, 'YYYYMM')) IS NOT NULL
  AND to_regclass('seen_' || to_char(date_trunc('week', :day::date), 'YYYYMMDD')) IS NOT NULL;

-- name: ensure_month
-- Room for the facts of a month; locks the table for a moment when it is new.
SELECT ensure_month_of_facts(:month::date);

-- name: ensure_week
-- Room for the message ids of a day's week; locks the table for a moment when it is new.
SELECT ensure_week_of_seen(:day::date);

-- name: list_weeks
-- The weeks that have a partition of seen, by their Mondays, oldest first.
SELECT to_date(right(child.relname, 8), 'YYYYMMDD') AS monday
FROM pg_inherits
JOIN pg_class AS child ON child.oid = pg_inherits.inhrelid
WHERE pg_inherits.inhparent = 'seen'::regclass
ORDER BY monday;

-- name: drop_week
-- Message ids of a week that is past its seven days.
SELECT drop_week_of_seen(:monday::date);

-- name: limit_wait
-- Gives up soon instead of holding up everybody who comes after.
SET LOCAL lock_timeout = '500ms';

-- name: list_retentions
-- For how many months each workspace keeps its events.
SELECT id, events_kept_months FROM workspaces;

-- name: list_months
-- The months that have a partition of facts, oldest first.
SELECT to_date(right(child.relname, 6), 'YYYYMM') AS month
FROM pg_inherits
JOIN pg_class AS child ON child.oid = pg_inherits.inhrelid
WHERE pg_inherits.inhparent = 'facts'::regclass
ORDER BY month;

-- name: is_applied
-- Whether every cursor is beyond all facts received before a moment.
SELECT NOT EXISTS (
  SELECT FROM cursors JOIN heads ON heads.bucket = cursors.bucket
  WHERE cursors."offset" < heads."offset" AND cursors.received_at < :until::timestamptz
);

-- name: drop_month
-- Facts of a month that nobody keeps any more.
SELECT drop_month_of_facts(:month::date);

-- name: list_emptyings
-- The buckets that may hold facts of these workspaces from before the moment of each, and are applied so far.
SELECT cursors.bucket, past.workspace_id, past.until
FROM unnest(:workspace_ids::uuid[], :untils::timestamptz[]) AS past(workspace_id, until)
CROSS JOIN cursors
JOIN heads ON heads.bucket = cursors.bucket
LEFT JOIN emptied ON emptied.bucket = cursors.bucket AND emptied.workspace_id = past.workspace_id
WHERE (emptied.until IS NULL OR emptied.until < past.until)
  AND (cursors."offset" >= heads."offset" OR cursors.received_at >= past.until)
ORDER BY past.workspace_id, cursors.bucket;

-- name: delete_old_facts
-- Facts of a workspace that were kept long enough, some at a time; the caller holds the bucket's cursor.
DELETE FROM facts
USING (
  SELECT facts."offset", facts.received_at FROM facts
  WHERE facts.bucket = :bucket::smallint AND facts.workspace_id = :workspace_id::uuid
    AND facts.received_at < :until::timestamptz AND facts."offset" <= :offset::bigint
  ORDER BY facts."offset"
  LIMIT :maximum::integer
) AS old
WHERE facts.bucket = :bucket::smallint AND facts."offset" = old."offset" AND facts.received_at = old.received_at;

-- name: record_emptied
-- A bucket keeps no facts of a workspace from before a moment.
INSERT INTO emptied (bucket, workspace_id, until)
VALUES (:bucket::smallint, :workspace_id::uuid, :until::timestamptz)
ON CONFLICT (bucket, workspace_id) DO UPDATE SET until = greatest(emptied.until, excluded.until);

-- name: list_emptied
-- Up to when a bucket keeps no facts of workspaces.
SELECT workspace_id, until FROM emptied WHERE bucket = :bucket::smallint;

-- name: find_first_kept
-- The first day of the oldest month that is kept, where facts of a bucket went before; null where none did.
SELECT CASE
  WHEN coalesce(
    (SELECT min(facts."offset") FROM facts WHERE facts.bucket = heads.bucket), heads."offset" + 1
  ) > 1 THEN (
    SELECT min(to_date(right(child.relname, 6), 'YYYYMM'))
    FROM pg_inherits
    JOIN pg_class AS child ON child.oid = pg_inherits.inhrelid
    WHERE pg_inherits.inhparent = 'facts'::regclass
  )
END AS first
FROM heads
WHERE heads.bucket = :bucket::smallint;

-- name: has_tail
-- Whether a bucket holds facts of a contact that are not applied yet.
SELECT EXISTS (
  SELECT FROM facts
  WHERE facts.bucket = :bucket::smallint AND facts.contact_id = :contact_id::uuid AND facts."offset" > :offset::bigint
    AND facts.origin <> 'worker'
);

-- name: list_received_ids
-- The message ids under which facts of a contact came from outside, and the workspace.
SELECT workspace_id, message_id
FROM facts
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid AND origin IN ('api', 'job');

-- name: forget_seen
-- Message ids that were received are forgotten.
DELETE FROM seen
USING unnest(:buckets::smallint[], :message_ids::text[]) AS gone(bucket, message_id)
WHERE seen.bucket = gone.bucket AND seen.workspace_id = :workspace_id::uuid AND seen.message_id = gone.message_id;

-- name: empty_facts
-- A contact's facts say only where they stood, what they were called and when (trust §5).
UPDATE facts SET contact_id = NULL, properties = '{}', context = NULL, message_id = 'erased-' || "offset"
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;

-- name: forget_set_aside
-- What was set aside of a contact, with errors that may quote it.
DELETE FROM set_aside WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;
