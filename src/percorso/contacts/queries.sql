-- name: load_contacts
-- The rows of these contacts; a contact whose first fact is not folded yet has none.
SELECT c.id, c.workspace_id, c.node_id, c.attributes::text AS attributes, c.identities::text AS identities,
  c.email, c.phone, c.anonymous, c.created_at, c.updated_at, c.last_event_at, c."offset", c.shop::text AS shop, c.due_at
FROM unnest(:buckets::smallint[], :ids::uuid[]) AS wanted(bucket, id)
JOIN contacts AS c ON c.bucket = wanted.bucket AND c.id = wanted.id;

-- name: read_last_events
-- When the newest event of each of these contacts occurred; those without a row are left out.
SELECT c.id, c.last_event_at
FROM unnest(:buckets::smallint[], :ids::uuid[]) AS wanted(bucket, id)
JOIN contacts AS c ON c.bucket = wanted.bucket AND c.id = wanted.id;

-- name: update_contacts
-- The rows say what was folded; the caller holds the buckets' cursors.
UPDATE contacts SET
  node_id = new.node_id, attributes = new.attributes, identities = new.identities, email = new.email,
  phone = new.phone, anonymous = new.anonymous, updated_at = new.updated_at, last_event_at = new.last_event_at,
  "offset" = new."offset", shop = new.shop, due_at = new.due_at
FROM unnest(:buckets::smallint[], :ids::uuid[], :node_ids::uuid[], :attributes::jsonb[], :identities::jsonb[],
  :emails::text[], :phones::text[], :anonymous::boolean[], :updated_ats::timestamptz[],
  :last_event_ats::timestamptz[], :offsets::bigint[], :shops::jsonb[], :due_ats::timestamptz[])
  AS new(bucket, id, node_id, attributes, identities, email, phone, anonymous, updated_at, last_event_at, "offset",
    shop, due_at)
WHERE contacts.bucket = new.bucket AND contacts.id = new.id;

-- name: touch_contacts
-- Only the newest event moved: the rest of the row stays as it is.
UPDATE contacts SET last_event_at = new.last_event_at, "offset" = new."offset"
FROM unnest(:buckets::smallint[], :ids::uuid[], :last_event_ats::timestamptz[], :offsets::bigint[])
  AS new(bucket, id, last_event_at, "offset")
WHERE contacts.bucket = new.bucket AND contacts.id = new.id;

-- name: delete_contact
-- A contact merged into another has no row of its own any more.
DELETE FROM contacts WHERE bucket = :bucket::smallint AND id = :id::uuid;

-- name: delete_changes
-- Nor a past of its own.
DELETE FROM changes WHERE bucket = :bucket::smallint AND contact_id = :id::uuid;

-- name: list_due_contacts
-- Per bucket, the contacts whose shop must be judged again before its horizon, oldest first. Contacts that were
-- merged into others stand still until they go over.
SELECT due.bucket, due.id, due.due_at
FROM unnest(:buckets::smallint[], :horizons::timestamptz[]) AS span(bucket, horizon)
CROSS JOIN LATERAL (
  SELECT contacts.bucket, contacts.id, contacts.due_at FROM contacts
  WHERE contacts.bucket = span.bucket AND contacts.due_at <= span.horizon
    AND NOT EXISTS (
      SELECT FROM moved
      WHERE moved.bucket = contacts.bucket AND moved.contact_id = contacts.id AND moved.moved_at <= contacts.due_at)
  ORDER BY contacts.due_at
  LIMIT :maximum::integer
) AS due;

-- name: list_changes_since
-- What was changed of a contact after a moment.
SELECT "offset", changed_at, changed::text AS changed
FROM changes
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid AND changed_at > :since::timestamptz;

-- name: forget_due
-- A moment that could not be taken is given up.
UPDATE contacts SET due_at = NULL WHERE bucket = :bucket::smallint AND id = :id::uuid;

-- name: list_shop_rules
-- What each workspace says about its calendar, and about what counts as abandoned.
SELECT id, time_zone, cart_minutes, session_minutes FROM workspaces;

-- name: find_entry_node
-- The node that takes the writes of a workspace: its first.
SELECT id FROM nodes WHERE workspace_id = :workspace_id::uuid ORDER BY id LIMIT 1;

-- name: release_identities
-- Identities that a contact gave up, unless someone else claimed them meanwhile.
DELETE FROM identities
USING unnest(:buckets::smallint[], :workspace_ids::uuid[], :kinds::text[], :values::text[], :contact_ids::uuid[])
  AS gone(bucket, workspace_id, kind, value, contact_id)
WHERE identities.bucket = gone.bucket AND identities.workspace_id = gone.workspace_id
  AND identities.kind = gone.kind AND identities.value = gone.value AND identities.contact_id = gone.contact_id;

-- name: list_moves
-- Contacts on their way into others, whose own facts are all applied.
SELECT moved.bucket, moved.contact_id, moved.workspace_id, moved.into_contact_id, moved."offset", moved.state
FROM moved JOIN cursors ON cursors.bucket = moved.bucket AND cursors."offset" >= moved."offset"
WHERE moved.state <> 'done'
ORDER BY moved.moved_at
LIMIT :maximum::integer;

-- name: lock_move
-- Takes one step of a merge, leaving it to whoever holds it.
SELECT state FROM moved
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid
FOR UPDATE SKIP LOCKED;

-- name: set_move_state
-- A step of a merge is done.
UPDATE moved SET state = :state::text WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;

-- name: find_run_contacts
-- Which of these runs stand in these buckets, and whose they are.
SELECT id, contact_id FROM runs WHERE bucket = ANY(:buckets::smallint[]) AND id = ANY(:ids::uuid[]);
