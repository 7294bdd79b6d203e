-- name: insert_journey
-- A new journey; no row when the id was used before.
INSERT INTO journeys (id, workspace_id, list_id, name, description, tags, state, draft, tests, created_at, modified_at)
VALUES (:id::uuid, :workspace_id::uuid, :list_id::uuid, :name::text, :description::text, :tags::text[], 'draft',
  :draft::jsonb, :tests::jsonb, :present::timestamptz, :present::timestamptz)
ON CONFLICT (id) DO NOTHING;

-- name: find_journey
-- One journey, as it stands.
SELECT id, workspace_id, list_id, name, description, tags, state, version, draft, tests, created_at, modified_at,
  activated_at
FROM journeys WHERE workspace_id = :workspace_id::uuid AND id = :id::uuid;

-- name: lock_journey
-- One journey, held until the transaction ends: what is decided about it is decided one after the other.
SELECT id, workspace_id, list_id, name, description, tags, state, version, draft, tests, created_at, modified_at,
  activated_at
FROM journeys WHERE workspace_id = :workspace_id::uuid AND id = :id::uuid FOR UPDATE;

-- name: search_journeys
-- Journeys by name; absent parameters ask nothing. The pattern is LIKE over name and description.
SELECT id, workspace_id, list_id, name, description, tags, state, version, draft, tests, created_at, modified_at,
  activated_at
FROM journeys
WHERE workspace_id = :workspace_id::uuid
  AND (:pattern::text IS NULL OR name ILIKE :pattern::text OR description ILIKE :pattern::text)
  AND (:tags::text[] IS NULL OR tags && :tags::text[])
  AND (:states::text[] IS NULL OR state = ANY (:states::text[]))
ORDER BY lower(name), id
LIMIT :maximum::integer;

-- name: save_journey
-- What an editor saves. Every save has a moment of its own, so that nobody saves over what they have not seen.
UPDATE journeys SET list_id = :list_id::uuid, name = :name::text, description = :description::text,
  tags = :tags::text[], draft = :draft::jsonb, tests = :tests::jsonb,
  modified_at = greatest(:present::timestamptz, modified_at + interval '1 microsecond')
WHERE workspace_id = :workspace_id::uuid AND id = :id::uuid;

-- name: insert_version
-- A version is written once and never changed.
INSERT INTO journey_versions (journey_id, number, graph, published_at)
VALUES (:journey_id::uuid, :number::integer, :graph::jsonb, :present::timestamptz);

-- name: find_graph
-- The graph of one version.
SELECT journey_versions.graph
FROM journey_versions JOIN journeys ON journeys.id = journey_versions.journey_id
WHERE journeys.workspace_id = :workspace_id::uuid AND journeys.id = :journey_id::uuid
  AND journey_versions.number = :number::integer;

-- name: list_graphs
-- The graphs of versions, and the time zone of their journey's list: what their hours follow.
SELECT v.journey_id, v.number, v.graph::text AS graph, lists.time_zone
FROM unnest(:journey_ids::uuid[], :numbers::integer[]) AS wanted (journey_id, number)
JOIN journey_versions AS v ON v.journey_id = wanted.journey_id AND v.number = wanted.number
JOIN journeys ON journeys.id = v.journey_id
JOIN lists ON lists.id = journeys.list_id;

-- name: list_running
-- The newest versions of journeys that are on, or failed: few rows, looked at from time to time.
SELECT journeys.id, journeys.workspace_id, journeys.list_id, journeys.state, v.graph::text AS graph, lists.time_zone
FROM journeys JOIN journey_versions AS v ON v.journey_id = journeys.id AND v.number = journeys.version
JOIN lists ON lists.id = journeys.list_id
WHERE journeys.state IN ('active', 'failed')
ORDER BY journeys.id;

-- name: find_published
-- The newest version of one journey.
SELECT journeys.id, journeys.workspace_id, journeys.list_id, journeys.state, v.graph::text AS graph, lists.time_zone
FROM journeys JOIN journey_versions AS v ON v.journey_id = journeys.id AND v.number = journeys.version
JOIN lists ON lists.id = journeys.list_id
WHERE journeys.workspace_id = :workspace_id::uuid AND journeys.id = :journey_id::uuid;

-- name: record_published
-- The journey's newest version; the draft is used up, unless it was another graph that was published.
UPDATE journeys SET version = :version::integer, draft = CASE WHEN :keeps_draft::boolean THEN draft END, proposal = NULL,
  modified_at = greatest(:present::timestamptz, modified_at + interval '1 microsecond'),
  state = CASE WHEN state = 'draft' THEN 'ready' ELSE state END
WHERE workspace_id = :workspace_id::uuid AND id = :id::uuid;

-- name: record_state
-- The journey's state; the moment of activation is kept when there is a new one.
UPDATE journeys SET state = :state::text,
  modified_at = greatest(:present::timestamptz, modified_at + interval '1 microsecond'),
  activated_at = CASE WHEN :activated::boolean THEN :present::timestamptz ELSE activated_at END
WHERE workspace_id = :workspace_id::uuid AND id = :id::uuid;

-- name: delete_versions
-- The versions go with their journey.
DELETE FROM journey_versions WHERE journey_id = :journey_id::uuid;

-- name: delete_journey
-- The journey goes.
DELETE FROM journeys WHERE workspace_id = :workspace_id::uuid AND id = :id::uuid;

-- name: has_list
-- Whether the list belongs to the workspace.
SELECT EXISTS (SELECT FROM lists WHERE workspace_id = :workspace_id::uuid AND id = :list_id::uuid);

-- name: find_sms_sender
-- The list's SMS sender; null: it cannot send SMS.
SELECT sms_sender FROM lists WHERE workspace_id = :workspace_id::uuid AND id = :list_id::uuid;

-- name: list_template_kinds
-- The channel of each template among these ids that the workspace has.
SELECT id, kind FROM templates WHERE workspace_id = :workspace_id::uuid AND id = ANY (:ids::uuid[]);

-- name: list_pool_ids
-- Those of these pools that the workspace has.
SELECT id FROM coupon_pools WHERE workspace_id = :workspace_id::uuid AND id = ANY (:ids::uuid[]);

-- name: list_group_ids
-- Those of these groups that the workspace has in use.
SELECT id FROM groups
WHERE workspace_id = :workspace_id::uuid AND id = ANY (:ids::uuid[]) AND deleted_at IS NULL;

-- name: list_journey_ids
-- Those of these journeys that the workspace has.
SELECT id FROM journeys WHERE workspace_id = :workspace_id::uuid AND id = ANY (:ids::uuid[]);

-- name: is_behind
-- Whether a bucket's cursor is still to come to where it should be.
SELECT EXISTS (SELECT FROM cursors WHERE cursors."offset" < (:reach::bigint[])[cursors.bucket + 1]);

-- name: list_existing
-- Members of a group in a bucket who joined before the log was so far and did not enter the journey since, after one of
-- them.
SELECT m.contact_id FROM group_members AS m
WHERE m.bucket = :bucket::smallint AND m.group_id = :group_id::uuid AND m.workspace_id = :workspace_id::uuid
  AND m.contact_id > :after::uuid AND m."offset" <= :reach::bigint
  AND NOT EXISTS (
    SELECT FROM entries
    WHERE entries.bucket = m.bucket AND entries.contact_id = m.contact_id AND entries.journey_id = :journey_id::uuid)
ORDER BY m.contact_id
LIMIT :maximum::integer;

-- name: list_meeting
-- Known contacts who meet a condition, who were there when the log was so far and did not enter the journey, after one of
-- them; joins and condition of a compiled one are put where it says so. Whoever was made at that very moment is looked up.
SELECT contacts.id
FROM contacts /* joins */
WHERE contacts.workspace_id = :workspace_id::uuid AND NOT contacts.anonymous
  AND (contacts.bucket, contacts.id) > (:after_bucket::smallint, :after_id::uuid)
  AND (contacts.created_at < :at::timestamptz OR EXISTS (
    SELECT FROM facts
    WHERE facts.bucket = contacts.bucket AND facts.contact_id = contacts.id AND facts.received_at >= :at::timestamptz
      AND facts."offset" <= (:reach::bigint[])[contacts.bucket + 1]))
  AND NOT EXISTS (
    SELECT FROM entries
    WHERE entries.bucket = contacts.bucket AND entries.contact_id = contacts.id
      AND entries.journey_id = :journey_id::uuid)
  AND true /* condition */
ORDER BY contacts.bucket, contacts.id
LIMIT :maximum::integer;

-- name: count_meeting
-- How many known contacts meet a condition and never entered the journey; joins and condition as above.
SELECT count(*)
FROM contacts /* joins */
WHERE contacts.workspace_id = :workspace_id::uuid AND NOT contacts.anonymous
  AND NOT EXISTS (
    SELECT FROM entries
    WHERE entries.bucket = contacts.bucket AND entries.contact_id = contacts.id
      AND entries.journey_id = :journey_id::uuid)
  AND true /* condition */;

-- name: list_segment_ids
-- Those of these segments that the workspace has, and keeps.
SELECT id FROM segments WHERE workspace_id = :workspace_id::uuid AND id = ANY (:ids::uuid[]) AND enabled;

-- name: get_bounds
-- For how many months the workspace keeps its events, and in which zone the list's hours are.
SELECT workspaces.events_kept_months, lists.time_zone
FROM workspaces JOIN lists ON lists.workspace_id = workspaces.id
WHERE workspaces.id = :workspace_id::uuid AND lists.id = :list_id::uuid;

-- name: list_template_users
-- Templates that the newest version of another journey sends, and the name of that one.
SELECT DISTINCT ON (used.template_id) used.template_id #>> '{}' AS template_id, journeys.name
FROM journeys
JOIN journey_versions AS v ON v.journey_id = journeys.id AND v.number = journeys.version
CROSS JOIN LATERAL jsonb_path_query(v.graph, '$.steps.*.**.templateId') AS used (template_id)
WHERE journeys.workspace_id = :workspace_id::uuid AND journeys.id <> :journey_id::uuid
  AND journeys.state <> 'archived'
ORDER BY used.template_id, journeys.name;

-- name: list_template_names
-- What these templates are called.
SELECT id, name FROM templates WHERE workspace_id = :workspace_id::uuid AND id = ANY (:ids::uuid[]) ORDER BY id;

-- name: lock_templates
-- Holds these templates until the end of the transaction: who publishes looks whose they are.
SELECT id FROM templates WHERE workspace_id = :workspace_id::uuid AND id = ANY (:ids::uuid[])
ORDER BY id
FOR NO KEY UPDATE;

-- name: list_event_starts
-- By which events other journeys of a workspace start that are on.
SELECT DISTINCT starts.event #>> '{}' AS event, journeys.name
FROM journeys
JOIN journey_versions AS v ON v.journey_id = journeys.id AND v.number = journeys.version
CROSS JOIN LATERAL jsonb_path_query(v.graph, '$.starts[*].event') AS starts (event)
WHERE journeys.workspace_id = :workspace_id::uuid AND journeys.id <> :journey_id::uuid
  AND journeys.state IN ('active', 'paused', 'failed')
ORDER BY journeys.name;

-- name: list_seen_events
-- The last day on which events of these names came.
SELECT event_days.name, max(event_days.day) AS day FROM event_days
WHERE event_days.workspace_id = :workspace_id::uuid AND event_days.name = ANY (:names::text[])
GROUP BY event_days.name;

-- name: list_declared_fields
-- Those of these fields that the workspace declared.
SELECT fields.path FROM fields
WHERE fields.workspace_id = :workspace_id::uuid AND fields.path = ANY (:paths::text[]);

-- name: find_written_at
-- The last time that a contact who holds a field was changed: it was not written since. Null: nobody holds it.
SELECT max(contacts.updated_at) AS written_at FROM contacts
WHERE contacts.workspace_id = :workspace_id::uuid
  AND contacts.attributes #> string_to_array(:path::text, '.') IS NOT NULL;

-- name: count_missing
-- How many known contacts meet a condition, and how many of them have no address; joins and condition of a compiled one are
-- put where it says so.
SELECT count(*) AS people, count(*) FILTER (WHERE contacts.email IS NULL) AS email,
  count(*) FILTER (WHERE contacts.phone IS NULL) AS sms,
  count(*) FILTER (WHERE contacts.identities -> 'device' ->> -1 IS NULL) AS push
FROM contacts /* joins */
WHERE contacts.workspace_id = :workspace_id::uuid AND NOT contacts.anonymous AND true /* condition */;

-- name: limit_question
-- A question about contacts is worth so much time and no more.
SELECT set_config('statement_timeout', :milliseconds::text, true);

-- name: list_templates_by_name
-- Templates of these names, the newest first: a later row of a name wins, and that is the oldest.
SELECT id, name FROM templates
WHERE workspace_id = :workspace_id::uuid AND name = ANY (:names::text[]) ORDER BY created_at DESC, id DESC;

-- name: list_pools_by_name
-- Pools of these names, the newest first: a later row of a name wins, and that is the oldest.
SELECT id, name FROM coupon_pools
WHERE workspace_id = :workspace_id::uuid AND name = ANY (:names::text[]) ORDER BY created_at DESC, id DESC;

-- name: count_inside
-- How many runs are inside a journey, in every bucket.
SELECT count(*) FROM runs
WHERE workspace_id = :workspace_id::uuid AND journey_id = :journey_id::uuid AND state = 'waiting';

-- name: find_proposal
-- What somebody asked to publish; null: nobody did.
SELECT proposal FROM journeys WHERE workspace_id = :workspace_id::uuid AND id = :id::uuid;

-- name: write_proposal
-- What somebody asks to publish.
UPDATE journeys SET proposal = :proposal::jsonb WHERE workspace_id = :workspace_id::uuid AND id = :id::uuid;
