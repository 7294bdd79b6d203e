-- name: insert_segment
-- A new segment; no row when the id was used before.
INSERT INTO segments (id, workspace_id, name, notes, tags, enabled, definition, revision, created_at, modified_at)
VALUES (:id::uuid, :workspace_id::uuid, :name::text, :notes::text, :tags::text[], :enabled::boolean,
  :definition::jsonb, 1, :present::timestamptz, :present::timestamptz)
ON CONFLICT (id) DO NOTHING;

-- name: find_segment
-- One segment, as it stands.
SELECT id, workspace_id, name, notes, tags, enabled, definition, revision, created_at, modified_at
FROM segments WHERE workspace_id = :workspace_id::uuid AND id = :id::uuid;

-- name: lock_segments
-- All segments of the workspace, held until the transaction ends: what refers to what is decided one after the other.
SELECT id, workspace_id, name, notes, tags, enabled, definition, revision, created_at, modified_at
FROM segments WHERE workspace_id = :workspace_id::uuid ORDER BY id FOR UPDATE;

-- name: list_segments
-- The workspace's segments by name; absent parameters ask nothing. The pattern is LIKE over name and notes.
SELECT id, workspace_id, name, notes, tags, enabled, definition, revision, created_at, modified_at
FROM segments
WHERE workspace_id = :workspace_id::uuid
  AND (:pattern::text IS NULL OR name ILIKE :pattern::text OR notes ILIKE :pattern::text)
  AND (:tags::text[] IS NULL OR tags && :tags::text[])
  AND (:after_name::text IS NULL OR (lower(name), id) > (:after_name::text, :after_id::uuid))
ORDER BY lower(name), id
LIMIT :size::integer;

-- name: has_name
-- Whether another segment of the workspace is called so.
SELECT EXISTS (
  SELECT FROM segments
  WHERE workspace_id = :workspace_id::uuid AND lower(name) = lower(:name::text) AND id <> :id::uuid);

-- name: save_segment
-- What an editor saves. Every save has a moment of its own, so that nobody saves over what they have not seen.
UPDATE segments SET name = :name::text, notes = :notes::text, tags = :tags::text[], enabled = :enabled::boolean,
  definition = :definition::jsonb, revision = :revision::integer,
  modified_at = greatest(:present::timestamptz, modified_at + interval '1 microsecond')
WHERE workspace_id = :workspace_id::uuid AND id = :id::uuid;

-- name: delete_segment
-- The segment goes; its revisions stay, for buckets that have still to hear of the last one.
DELETE FROM segments WHERE workspace_id = :workspace_id::uuid AND id = :id::uuid;

-- name: insert_revision
-- A revision is written once and never changed.
INSERT INTO segment_revisions (segment_id, number, workspace_id, enabled, definition, time_zone, saved_at)
SELECT :segment_id::uuid, :number::integer, workspaces.id, :enabled::boolean, :definition::jsonb,
  workspaces.time_zone, :present::timestamptz
FROM workspaces WHERE workspaces.id = :workspace_id::uuid;

-- name: load_revisions
-- Revisions as they were saved.
SELECT r.segment_id, r.number, r.workspace_id, r.enabled, r.definition::text AS definition, r.time_zone
FROM unnest(:segment_ids::uuid[], :numbers::integer[]) AS wanted (segment_id, number)
JOIN segment_revisions AS r ON r.segment_id = wanted.segment_id AND r.number = wanted.number;

-- name: load_states
-- Which segments these buckets keep.
SELECT bucket, segment_id, workspace_id, revision, "offset"
FROM bucket_segments
WHERE bucket = ANY(:buckets::smallint[]);

-- name: upsert_state
-- The bucket keeps this revision from now on; its members are counted on.
INSERT INTO bucket_segments (bucket, segment_id, workspace_id, revision, members, "offset")
VALUES (:bucket::smallint, :segment_id::uuid, :workspace_id::uuid, :revision::integer, 0, :offset::bigint)
ON CONFLICT (bucket, segment_id) DO UPDATE SET revision = excluded.revision, "offset" = excluded."offset";

-- name: delete_state
-- The bucket keeps the segment no longer.
DELETE FROM bucket_segments WHERE bucket = :bucket::smallint AND segment_id = :segment_id::uuid;

-- name: add_members
-- Who entered less who left, added to the members of before.
UPDATE bucket_segments SET members = bucket_segments.members + change.value
FROM unnest(:buckets::smallint[], :segment_ids::uuid[], :values::bigint[]) AS change (bucket, segment_id, value)
WHERE bucket_segments.bucket = change.bucket AND bucket_segments.segment_id = change.segment_id;

-- name: list_due
-- Per bucket, the memberships that must be judged before its horizon, oldest first. Those of a contact that was
-- merged into another stand still until it is judged anew there.
SELECT due.bucket, due.contact_id, due.segment_id, due.judge_at
FROM unnest(:buckets::smallint[], :horizons::timestamptz[]) AS span (bucket, horizon)
CROSS JOIN LATERAL (
  SELECT memberships.bucket, memberships.contact_id, memberships.segment_id, memberships.judge_at
  FROM memberships
  WHERE memberships.bucket = span.bucket AND memberships.judge_at <= span.horizon
    AND NOT EXISTS (
      SELECT FROM moved
      WHERE moved.bucket = memberships.bucket AND moved.contact_id = memberships.contact_id
        AND moved.moved_at <= memberships.judge_at)
  ORDER BY memberships.judge_at
  LIMIT :maximum::integer
) AS due;

-- name: forget_moment
-- A moment that could not be taken is given up: a member stays, and who only waited for it has no row any more.
WITH gone AS (
  DELETE FROM memberships
  WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid AND segment_id = :segment_id::uuid
    AND entered_at IS NULL
)
UPDATE memberships SET judge_at = NULL
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid AND segment_id = :segment_id::uuid
  AND entered_at IS NOT NULL;

-- name: list_due_among
-- Those of these contacts of whom a membership must be judged by their horizon.
SELECT DISTINCT memberships.contact_id
FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :horizons::timestamptz[])
  AS asked (bucket, contact_id, horizon)
JOIN memberships ON memberships.bucket = asked.bucket AND memberships.contact_id = asked.contact_id
  AND memberships.judge_at <= asked.horizon;

-- name: load_memberships
-- How these contacts stand with segments. Contact by contact, whatever the statistics say (see load_runs of the worker).
SELECT standing.contact_id, standing.segment_id, standing.entered_at, standing.judge_at
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS wanted (bucket, contact_id)
CROSS JOIN LATERAL (
  SELECT * FROM memberships
  WHERE memberships.bucket = wanted.bucket AND memberships.contact_id = wanted.contact_id
  OFFSET 0
) AS standing;

-- name: upsert_memberships
-- How contacts stand now; the caller holds the buckets' cursors.
INSERT INTO memberships (bucket, contact_id, segment_id, workspace_id, entered_at, judge_at)
SELECT * FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :segment_ids::uuid[], :workspace_ids::uuid[],
  :entered_ats::timestamptz[], :judge_ats::timestamptz[])
ON CONFLICT (bucket, contact_id, segment_id)
DO UPDATE SET entered_at = excluded.entered_at, judge_at = excluded.judge_at;

-- name: delete_memberships
-- Those who are no members any more, and for whom there is nothing to wait.
DELETE FROM memberships
USING unnest(:buckets::smallint[], :contact_ids::uuid[], :segment_ids::uuid[])
  AS gone (bucket, contact_id, segment_id)
WHERE memberships.bucket = gone.bucket AND memberships.contact_id = gone.contact_id
  AND memberships.segment_id = gone.segment_id;

-- name: load_pasts
-- What is kept of these contacts' pasts.
SELECT kept.contact_id, kept.need_key, kept.past::text AS past
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS wanted (bucket, contact_id)
CROSS JOIN LATERAL (
  SELECT * FROM pasts WHERE pasts.bucket = wanted.bucket AND pasts.contact_id = wanted.contact_id OFFSET 0
) AS kept;

-- name: upsert_pasts
-- What contacts' pasts say now; the caller holds the buckets' cursors.
INSERT INTO pasts (bucket, contact_id, need_key, workspace_id, past)
SELECT * FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :need_keys::text[], :workspace_ids::uuid[],
  :pasts::jsonb[])
ON CONFLICT (bucket, contact_id, need_key) DO UPDATE SET past = excluded.past;

-- name: delete_pasts
-- Needs that no segment of the workspace has any more in this bucket.
DELETE FROM pasts
WHERE bucket = :bucket::smallint AND workspace_id = :workspace_id::uuid AND need_key = ANY(:need_keys::text[]);

-- name: leave_all
-- A contact's memberships go; gives the segments of which it was a member.
WITH gone AS (
  DELETE FROM memberships WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid
  RETURNING segment_id, entered_at
)
SELECT segment_id FROM gone WHERE entered_at IS NOT NULL;

-- name: forget_pasts
-- What was kept of a contact's past goes.
DELETE FROM pasts WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;

-- name: count_contacts
-- How many contacts of a workspace each bucket holds; empty ones are left out.
SELECT bucket, count(*) FROM contacts WHERE workspace_id = :workspace_id::uuid GROUP BY bucket;

-- name: list_contacts
-- The next contacts of a workspace in a bucket, by id.
SELECT id FROM contacts
WHERE bucket = :bucket::smallint AND workspace_id = :workspace_id::uuid AND id > :after::uuid
ORDER BY id
LIMIT :maximum::integer;

-- name: count_matching
-- How many known contacts of a workspace meet a condition; joins and condition of a compiled one are put where it says so.
SELECT count(*)
FROM contacts /* joins */
WHERE contacts.workspace_id = :workspace_id::uuid AND NOT contacts.anonymous AND true /* condition */;

-- name: sample_matching
-- A few of the contacts that meet a condition; joins and condition of a compiled one are put where it says so.
SELECT contacts.id
FROM contacts /* joins */
WHERE contacts.workspace_id = :workspace_id::uuid AND NOT contacts.anonymous AND true /* condition */
LIMIT :maximum::integer;

-- name: limit_counting
-- A preview is worth so much time and no more.
SELECT set_config('statement_timeout', :milliseconds::text, true);

-- name: find_zone
-- The zone in which a workspace counts its days.
SELECT time_zone FROM workspaces WHERE id = :workspace_id::uuid;

-- name: list_there
-- Which of these groups and lists a workspace has.
SELECT id FROM groups
WHERE workspace_id = :workspace_id::uuid AND id = ANY(:group_ids::uuid[]) AND deleted_at IS NULL
UNION ALL
SELECT id FROM lists WHERE workspace_id = :workspace_id::uuid AND id = ANY(:list_ids::uuid[]);

-- name: count_members
-- How many members segments have over all buckets, how many buckets keep them by their present revision, and how many
-- keep them at all.
SELECT segments.id, coalesce(sum(kept.members), 0)::bigint AS members,
  coalesce(sum(kept.buckets) FILTER (WHERE kept.revision = segments.revision), 0)::bigint AS filled,
  coalesce(sum(kept.buckets), 0)::bigint AS kept
FROM segments
LEFT JOIN (
  SELECT segment_id, revision, sum(members) AS members, count(*) AS buckets
  FROM bucket_segments
  WHERE workspace_id = :workspace_id::uuid AND segment_id = ANY(:ids::uuid[])
  GROUP BY segment_id, revision
) AS kept ON kept.segment_id = segments.id
WHERE segments.workspace_id = :workspace_id::uuid AND segments.id = ANY(:ids::uuid[])
GROUP BY segments.id;

-- name: count_seen_members
-- As count_members, with the members counted that this connection sees: for whom row-level security hides some.
SELECT segments.id, coalesce(max(seen.members), 0)::bigint AS members,
  coalesce(sum(kept.buckets) FILTER (WHERE kept.revision = segments.revision), 0)::bigint AS filled,
  coalesce(sum(kept.buckets), 0)::bigint AS kept
FROM segments
LEFT JOIN (
  SELECT segment_id, revision, count(*) AS buckets
  FROM bucket_segments
  WHERE workspace_id = :workspace_id::uuid AND segment_id = ANY(:ids::uuid[])
  GROUP BY segment_id, revision
) AS kept ON kept.segment_id = segments.id
LEFT JOIN (
  SELECT segment_id, count(*) AS members
  FROM memberships
  WHERE workspace_id = :workspace_id::uuid AND segment_id = ANY(:ids::uuid[]) AND entered_at IS NOT NULL
  GROUP BY segment_id
) AS seen ON seen.segment_id = segments.id
WHERE segments.workspace_id = :workspace_id::uuid AND segments.id = ANY(:ids::uuid[])
GROUP BY segments.id;
