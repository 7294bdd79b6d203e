-- name: find_work
-- The buckets where something is to do: facts beyond the cursor, or runs, contacts, memberships or starts due by :now.
-- One query for all.
SELECT work.bucket, work.behind, work.due_at
FROM (
  SELECT cursors.bucket, heads."offset" - cursors."offset" AS behind, least((
    SELECT runs.due_at FROM runs
    WHERE runs.bucket = cursors.bucket AND runs.due_at IS NOT NULL
    ORDER BY runs.due_at
    LIMIT 1
  ), (
    SELECT contacts.due_at FROM contacts
    WHERE contacts.bucket = cursors.bucket AND contacts.due_at IS NOT NULL
    ORDER BY contacts.due_at
    LIMIT 1
  ), (
    SELECT memberships.judge_at FROM memberships
    WHERE memberships.bucket = cursors.bucket AND memberships.judge_at IS NOT NULL
    ORDER BY memberships.judge_at
    LIMIT 1
  ), (
    SELECT start_moments.due_at FROM start_moments
    WHERE start_moments.bucket = cursors.bucket
    ORDER BY start_moments.due_at
    LIMIT 1
  )) AS due_at
  FROM cursors JOIN heads ON heads.bucket = cursors.bucket
) AS work
WHERE work.behind > 0 OR work.due_at <= :now::timestamptz
ORDER BY work.bucket;

-- name: count_due
-- How many runs, memberships and starts are due by :now; of each kind in a bucket a few are counted, not all.
SELECT coalesce(sum(due.runs + due.memberships + due.starts), 0)::bigint
FROM cursors
CROSS JOIN LATERAL (
  SELECT (
    SELECT count(*) FROM (
      SELECT FROM runs WHERE runs.bucket = cursors.bucket AND runs.due_at <= :now::timestamptz LIMIT :most::integer
    ) AS first
  ) AS runs, (
    SELECT count(*) FROM (
      SELECT FROM memberships AS m
      WHERE m.bucket = cursors.bucket AND m.judge_at <= :now::timestamptz LIMIT :most::integer
    ) AS first
  ) AS memberships, (
    SELECT count(*) FROM (
      SELECT FROM start_moments AS m
      WHERE m.bucket = cursors.bucket AND m.due_at <= :now::timestamptz LIMIT :most::integer
    ) AS first
  ) AS starts
) AS due;

-- name: list_due
-- Per bucket, the contacts of the runs that are due before its horizon, oldest first. Runs of a contact that was
-- merged into another stand still until they go over.
SELECT due.bucket, due.contact_id, due.id, due.due_at
FROM unnest(:buckets::smallint[], :horizons::timestamptz[]) AS span (bucket, horizon)
CROSS JOIN LATERAL (
  SELECT runs.bucket, runs.contact_id, runs.id, runs.due_at FROM runs
  WHERE runs.bucket = span.bucket AND runs.due_at <= span.horizon
    AND NOT EXISTS (
      SELECT FROM moved
      WHERE moved.bucket = runs.bucket AND moved.contact_id = runs.contact_id AND moved.moved_at <= runs.due_at)
  ORDER BY runs.due_at
  LIMIT :maximum::integer
) AS due;

-- name: list_due_moments
-- Per bucket, the contacts who meet a start before its horizon, oldest first. Contacts that were merged into others
-- stand still until they go over.
SELECT due.bucket, due.contact_id, due.due_at
FROM unnest(:buckets::smallint[], :horizons::timestamptz[]) AS span (bucket, horizon)
CROSS JOIN LATERAL (
  SELECT m.bucket, m.contact_id, m.due_at FROM start_moments AS m
  WHERE m.bucket = span.bucket AND m.due_at <= span.horizon
    AND NOT EXISTS (
      SELECT FROM moved
      WHERE moved.bucket = m.bucket AND moved.contact_id = m.contact_id AND moved.moved_at <= m.due_at)
  ORDER BY m.due_at
  LIMIT :maximum::integer
) AS due;

-- name: load_moments
-- When these contacts meet starts that come with time.
SELECT known.contact_id, known.journey_id, known.start_id, known.workspace_id, known.due_at, known.about, known.value,
  known.key
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS wanted (bucket, contact_id)
CROSS JOIN LATERAL (
  SELECT * FROM start_moments AS m WHERE m.bucket = wanted.bucket AND m.contact_id = wanted.contact_id OFFSET 0
) AS known;

-- name: upsert_moments
-- The next moments of starts; the caller holds the buckets' cursors.
INSERT INTO start_moments (bucket, contact_id, journey_id, start_id, key, workspace_id, due_at, about, value)
SELECT * FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :journey_ids::uuid[], :start_ids::text[],
  :keys::text[], :workspace_ids::uuid[], :due_ats::timestamptz[], :abouts::date[], :values::text[])
ON CONFLICT (bucket, contact_id, journey_id, start_id, key)
DO UPDATE SET due_at = excluded.due_at, about = excluded.about, value = excluded.value;

-- name: forget_moments
-- Moments that come no more; the caller holds the buckets' cursors.
DELETE FROM start_moments AS m
USING unnest(:buckets::smallint[], :contact_ids::uuid[], :journey_ids::uuid[], :start_ids::text[],
  :keys::text[]) AS gone (bucket, contact_id, journey_id, start_id, key)
WHERE m.bucket = gone.bucket AND m.contact_id = gone.contact_id AND m.journey_id = gone.journey_id
  AND m.start_id = gone.start_id AND m.key = gone.key;

-- name: forget_moment
-- What a contact meets at a moment at which nothing can be made of it.
DELETE FROM start_moments
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid AND due_at = :due_at::timestamptz;

-- name: clear_moments
-- All moments of a journey in a bucket: it was switched off, or has other starts now.
DELETE FROM start_moments WHERE bucket = :bucket::smallint AND journey_id = :journey_id::uuid;

-- name: list_dated
-- Contacts of a workspace in a bucket that hold a text in a field, after one of them, with their own time zone.
SELECT c.id, c.attributes #>> :path::text[] AS value, c.attributes->>'timeZone' AS time_zone
FROM contacts AS c
WHERE c.bucket = :bucket::smallint AND c.workspace_id = :workspace_id::uuid AND c.id > :after::uuid
  AND jsonb_typeof(c.attributes #> :path::text[]) = 'string'
  AND NOT EXISTS (SELECT FROM moved WHERE moved.bucket = c.bucket AND moved.contact_id = c.id)
ORDER BY c.id
LIMIT :maximum::integer;

-- name: list_profiles
-- What contacts of a workspace in a bucket are, after one of them.
SELECT c.id, c.attributes
FROM contacts AS c
WHERE c.bucket = :bucket::smallint AND c.workspace_id = :workspace_id::uuid AND c.id > :after::uuid
  AND NOT EXISTS (SELECT FROM moved WHERE moved.bucket = c.bucket AND moved.contact_id = c.id)
ORDER BY c.id
LIMIT :maximum::integer;

-- name: list_subscribed_since
-- Who subscribed to a list on a channel so lately that days after it are still to come, with their own time zone.
SELECT c.id, s.changed_at, c.attributes->>'timeZone' AS time_zone
FROM statuses AS s
JOIN contacts AS c ON c.bucket = s.bucket AND c.id = s.contact_id
WHERE s.bucket = :bucket::smallint AND s.workspace_id = :workspace_id::uuid AND s.list_id = :list_id::uuid
  AND s.channel = :channel::text AND s.status = 'subscribed' AND s.changed_at > :since::timestamptz
  AND NOT EXISTS (SELECT FROM moved WHERE moved.bucket = c.bucket AND moved.contact_id = c.id);

-- name: load_runs
-- All that these contacts are inside of. Contact by contact (OFFSET 0 keeps it so): as long as the statistics of a
-- young table say that it is empty, a join would go through all of the contacts asked for with every row of it.
SELECT inside.id, inside.journey_id, inside.version, inside.contact_id, inside.key, inside.step, inside.visit,
  inside.entered_at, inside.reached_at, inside.due_at, inside.awaits, inside.message_id, inside.memory::text AS memory
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS wanted (bucket, contact_id)
CROSS JOIN LATERAL (
  SELECT * FROM runs
  WHERE runs.bucket = wanted.bucket AND runs.contact_id = wanted.contact_id AND runs.state = 'waiting'
  OFFSET 0
) AS inside;

-- name: load_entries
-- Which journeys these contacts entered before, and when last.
SELECT made.contact_id, made.journey_id, made.key, made.entered_at
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS wanted (bucket, contact_id)
CROSS JOIN LATERAL (
  SELECT * FROM entries WHERE entries.bucket = wanted.bucket AND entries.contact_id = wanted.contact_id OFFSET 0
) AS made;

-- name: update_runs
-- Runs go on or end; the caller holds the buckets' cursors.
UPDATE runs SET version = new.version, state = new.state, step = new.step, visit = new.visit, reached_at = new.reached_at,
  due_at = new.due_at, awaits = string_to_array(new.awaits, chr(31)), message_id = new.message_id,
  memory = new.memory, ended_at = new.ended_at, outcome = new.outcome, reason = new.reason
FROM unnest(:buckets::smallint[], :ids::uuid[], :versions::integer[], :states::text[], :steps::text[], :visits::integer[],
  :reached_ats::timestamptz[], :due_ats::timestamptz[], :awaits::text[], :message_ids::uuid[], :memories::jsonb[],
  :ended_ats::timestamptz[], :outcomes::text[], :reasons::text[])
  AS new (bucket, id, version, state, step, visit, reached_at, due_at, awaits, message_id, memory, ended_at, outcome, reason)
WHERE runs.bucket = new.bucket AND runs.id = new.id;

-- name: upsert_entries
-- The last time a contact entered, per journey and key.
INSERT INTO entries (bucket, contact_id, journey_id, key, workspace_id, entered_at)
SELECT * FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :journey_ids::uuid[], :keys::text[],
  :workspace_ids::uuid[], :entered_ats::timestamptz[])
ON CONFLICT (bucket, contact_id, journey_id, key)
DO UPDATE SET entered_at = greatest(entries.entered_at, excluded.entered_at);

-- name: add_counters
-- What happened in this batch, added to what happened before.
INSERT INTO counters (bucket, workspace_id, journey_id, version, step, path, name, day, value)
SELECT * FROM unnest(:buckets::smallint[], :workspace_ids::uuid[], :journey_ids::uuid[], :versions::integer[],
  :steps::text[], :paths::text[], :names::text[], :days::date[], :values::bigint[])
ON CONFLICT (bucket, journey_id, version, step, path, name, day)
DO UPDATE SET value = counters.value + excluded.value;

-- name: load_states
-- Which journeys these buckets have heard of.
SELECT bucket, journey_id, workspace_id, version, versions, state, "offset", winners
FROM bucket_journeys
WHERE bucket = ANY(:buckets::smallint[]);

-- name: upsert_states
-- What control facts made of journeys in a bucket.
INSERT INTO bucket_journeys (bucket, journey_id, workspace_id, version, versions, state, "offset", winners)
VALUES (:bucket::smallint, :journey_id::uuid, :workspace_id::uuid, :version::integer, :versions::integer[],
  :state::text, :offset::bigint, :winners::jsonb)
ON CONFLICT (bucket, journey_id) DO UPDATE SET version = excluded.version, versions = excluded.versions,
  state = excluded.state, "offset" = excluded."offset", winners = excluded.winners;

-- name: load_versions
-- Published versions as stored, with what compiling needs of their journey's list.
SELECT v.journey_id, v.number, v.graph::text AS graph, journeys.list_id, lists.time_zone, journeys.workspace_id
FROM unnest(:journey_ids::uuid[], :numbers::integer[]) AS wanted (journey_id, number)
JOIN journey_versions AS v ON v.journey_id = wanted.journey_id AND v.number = wanted.number
JOIN journeys ON journeys.id = v.journey_id
JOIN lists ON lists.id = journeys.list_id;

-- name: list_templates
-- What planning needs of templates.
SELECT id, list_id, class FROM templates;

-- name: list_deleted_groups
-- Groups out of use: a version published before may still let contacts join them.
SELECT id FROM groups WHERE deleted_at IS NOT NULL;

-- name: list_entry_nodes
-- The node that takes the writes of each workspace.
SELECT DISTINCT ON (workspace_id) workspace_id, id FROM nodes ORDER BY workspace_id, id;

-- name: load_all_runs
-- All runs of a contact, ended ones too.
SELECT id, journey_id, state FROM runs WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;

-- name: take_over_ended
-- Ended runs of one contact become another's.
INSERT INTO runs (bucket, id, workspace_id, journey_id, version, contact_id, key, state, step, visit, entered_at,
  reached_at, due_at, awaits, message_id, memory, ended_at, outcome, reason)
SELECT :into_bucket::smallint, id, workspace_id, journey_id, version, :into_contact_id::uuid, key, state, step, visit,
  entered_at, reached_at, due_at, awaits, message_id, memory, ended_at, outcome, reason
FROM runs
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid AND state = 'ended'
ON CONFLICT (bucket, id) DO UPDATE SET contact_id = excluded.contact_id;

-- name: take_over_entries
-- What one contact entered, the other has entered: the later time counts.
INSERT INTO entries (bucket, contact_id, journey_id, key, workspace_id, entered_at)
SELECT :into_bucket::smallint, :into_contact_id::uuid, journey_id, key, workspace_id, entered_at
FROM entries
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid
ON CONFLICT (bucket, contact_id, journey_id, key)
DO UPDATE SET entered_at = greatest(entries.entered_at, excluded.entered_at);

-- name: take_over_traces
-- Traces go with their runs; what they added to counters stays where it was counted.
INSERT INTO traces (bucket, contact_id, run_id, number, workspace_id, at, entry, counted_bucket)
SELECT :into_bucket::smallint, :into_contact_id::uuid, run_id, number, workspace_id, at, entry,
  coalesce(counted_bucket, bucket)
FROM traces
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid
ON CONFLICT (bucket, run_id, number) DO UPDATE SET contact_id = excluded.contact_id;

-- name: delete_waiting_run
-- A run on its way to another contact leaves its row, where both lie in one bucket.
DELETE FROM runs WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid AND state = 'waiting';

-- name: delete_runs
-- Runs that went over to another contact.
DELETE FROM runs WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;

-- name: delete_moments
-- A contact that goes meets no start any more.
DELETE FROM start_moments WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;

-- name: delete_entries
-- Entries that went over to another contact.
DELETE FROM entries WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;

-- name: delete_traces
-- Traces that went over to another contact.
DELETE FROM traces WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;

-- name: keep_transaction
-- A sign of life in a long walk: PostgreSQL ends transactions that say nothing for ten seconds.
SELECT 1;

-- name: recount_runs
-- What the traces of a bucket's runs add up to. An entry tells where a run was and how it left; where it came to is
-- told by the next one, or by the run that stands there. Entries of runs on their way to another bucket are there
-- twice, and counted once. A run stood in the version that it left next, or stands in still: they only grow.
WITH concerned AS (
  SELECT DISTINCT traces.bucket, traces.run_id FROM traces
  WHERE (traces.bucket = :bucket::smallint OR traces.counted_bucket = :bucket::smallint)
    AND (:contact_id::uuid IS NULL OR traces.contact_id = :contact_id::uuid)
), told AS (
  SELECT coalesce(traces.counted_bucket, traces.bucket) AS counted_bucket, traces.run_id, traces.number,
    traces.workspace_id, runs.journey_id, (traces.at AT TIME ZONE 'UTC')::date AS day,
    coalesce(min((traces.entry->>'left_version')::integer) OVER onwards, runs.version) AS version,
    coalesce(min((traces.entry->>'left_version')::integer) OVER beyond, runs.version) AS next_version,
    traces.entry->>'step' AS step, traces.entry->>'path' AS path, runs.reason, runs.outcome,
    coalesce(lead(traces.entry->>'step') OVER following, runs.step) AS next,
    runs.state = 'ended' AND lead(traces.number) OVER following IS NULL AS is_last,
    row_number() OVER following = 1 AND traces.entry->>'path' IS NULL AS is_refused
  FROM concerned
  JOIN traces ON traces.bucket = concerned.bucket AND traces.run_id = concerned.run_id
  JOIN runs ON runs.bucket = traces.bucket AND runs.id = traces.run_id
  WHERE coalesce(traces.entry->>'outcome' NOT IN ('too_deep', 'waits for a place')
    AND traces.entry->>'outcome' NOT LIKE 'postponed: %', true)
  WINDOW following AS (PARTITION BY traces.bucket, traces.run_id ORDER BY traces.number),
    onwards AS (following ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING),
    beyond AS (following ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
), once AS (
  SELECT DISTINCT ON (run_id, number) * FROM told WHERE counted_bucket = :bucket::smallint ORDER BY run_id, number
)
SELECT once.workspace_id, once.journey_id, counted.version, counted.step, counted.path, counted.name, once.day,
  count(*) AS value
FROM once
CROSS JOIN LATERAL (VALUES
  ('entered', version, '', '', step = '' AND path IS NOT NULL),
  ('refused', version, '', reason, is_last AND is_refused),
  ('entered', next_version, next, '', path IS NOT NULL AND next IS NOT NULL),
  ('left', version, step, path, path IS NOT NULL AND step <> ''),
  ('exited', next_version, CASE WHEN path IS NULL THEN step ELSE '' END, reason, is_last AND NOT is_refused),
  ('ended', next_version, '', outcome, is_last AND NOT is_refused)
) AS counted(name, version, step, path, counts)
WHERE counted.counts
GROUP BY once.workspace_id, once.journey_id, counted.version, counted.step, counted.path, counted.name, once.day;

-- name: recount_messages
-- What a bucket's facts about messages of journeys add up to: all of the worker's own, the others up to the cursor.
-- Copies of a merged contact's facts count nowhere, nor does what was given up.
SELECT facts.workspace_id, (facts.properties->>'journeyId')::uuid AS journey_id,
  (facts.properties->>'version')::integer AS version, facts.properties->>'step' AS step, '' AS path,
  counted.name, (facts.occurred_at AT TIME ZONE 'UTC')::date AS day, count(*) AS value
FROM facts
JOIN unnest(:facts::text[], :names::text[]) AS counted(fact, name) ON counted.fact = facts.name
WHERE facts.bucket = :bucket::smallint AND facts.kind = 'message'
  AND (:contact_id::uuid IS NULL OR facts.contact_id = :contact_id::uuid)
  AND (facts.origin = 'worker' OR facts."offset" <= :offset::bigint)
  AND jsonb_typeof(facts.properties->'journeyId') = 'string' AND jsonb_typeof(facts.properties->'step') = 'string'
  AND facts.properties->'first' IS DISTINCT FROM 'false'::jsonb
  AND facts.properties->'machine' IS DISTINCT FROM 'true'::jsonb
  AND NOT coalesce(facts.context ? 'carried', false)
  AND NOT EXISTS (
    SELECT FROM set_aside
    WHERE set_aside.bucket = facts.bucket AND set_aside."offset" = facts."offset" AND set_aside.run_id IS NULL
      AND set_aside.set_aside_at IS NOT NULL)
GROUP BY 1, 2, 3, 4, 6, 7;

-- name: list_erased_counts
-- What contacts that were erased had been counted in, in this bucket.
SELECT workspace_id, journey_id, version, step, path, name, day, value
FROM erased_counts WHERE bucket = :bucket::smallint;

-- name: add_erased_counts
-- What somebody who is being erased was counted in, added to what others were, under nobody's name.
INSERT INTO erased_counts (bucket, workspace_id, journey_id, version, step, path, name, day, value)
SELECT :bucket::smallint, *
FROM unnest(:workspace_ids::uuid[], :journey_ids::uuid[], :versions::integer[], :steps::text[], :paths::text[],
  :names::text[], :days::date[], :values::bigint[])
ON CONFLICT (bucket, journey_id, version, step, path, name, day)
DO UPDATE SET value = erased_counts.value + excluded.value;

-- name: list_counters
-- The counters of a bucket.
SELECT workspace_id, journey_id, version, step, path, name, day, value
FROM counters
WHERE bucket = :bucket::smallint AND value <> 0;

-- name: set_counters
-- What a recount found, in the place of what was counted; the caller holds the bucket's cursor.
INSERT INTO counters (bucket, workspace_id, journey_id, version, step, path, name, day, value)
SELECT :bucket::smallint, *
FROM unnest(:workspace_ids::uuid[], :journey_ids::uuid[], :versions::integer[], :steps::text[], :paths::text[],
  :names::text[], :days::date[], :values::bigint[])
ON CONFLICT (bucket, journey_id, version, step, path, name, day) DO UPDATE SET value = excluded.value;
