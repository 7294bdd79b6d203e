-- name: read_owners
-- Product time, and whose each identity of a node is, in the order asked; null where it is nobody's.
SELECT clocks.product_at + (clock_timestamp() - clocks.real_at) * clocks.rate AS product_at, ARRAY(
  -- One look into the index for each, whatever the planner believes of an empty table.
  SELECT (
    SELECT coalesce((
      SELECT moved.into_contact_id FROM moved
      WHERE moved.bucket = get_byte(uuid_send(identities.contact_id), 15)
        AND moved.contact_id = identities.contact_id
    ), identities.contact_id)
    FROM identities
    WHERE identities.bucket = asked.bucket AND identities.workspace_id = :workspace_id::uuid
      AND identities.node_id = :node_id::uuid AND identities.kind = asked.kind AND identities.value = asked.value
  )
  FROM unnest(:buckets::smallint[], :kinds::text[], :values::text[])
    WITH ORDINALITY AS asked(bucket, kind, value, place)
  ORDER BY asked.place
) AS owners
FROM clocks WHERE id = 1;

-- name: list_kinds
-- The kinds of identity that contacts hold, by their rows and by what the worker has not folded yet.
SELECT asked.contact_id, ARRAY(
  SELECT held.kind
  FROM contacts CROSS JOIN jsonb_each(contacts.identities) AS held(kind, "values")
  WHERE contacts.bucket = asked.bucket AND contacts.id = asked.contact_id AND held."values" <> '[]'
  UNION
  SELECT named.kind
  FROM cursors
  JOIN facts ON facts.bucket = cursors.bucket AND facts."offset" > cursors."offset"
    AND facts.received_at >= cursors.received_at
  CROSS JOIN jsonb_object_keys(facts.properties -> 'identities') AS named(kind)
  WHERE cursors.bucket = asked.bucket AND facts.bucket = asked.bucket
    AND facts.contact_id = asked.contact_id AND facts.kind = 'profile'
) AS kinds
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked(bucket, contact_id);

-- name: claim_identities
-- Whoever inserts first owns it; in the order of the key, so that two claimers never wait in a circle.
INSERT INTO identities (bucket, workspace_id, node_id, kind, value, contact_id, claimed_at)
SELECT claim.bucket, claim.workspace_id, claim.node_id, claim.kind, claim.value, claim.contact_id,
  :claimed_at::timestamptz
FROM unnest(:buckets::smallint[], :workspace_ids::uuid[], :node_ids::uuid[], :kinds::text[], :values::text[],
  :contact_ids::uuid[]) AS claim(bucket, workspace_id, node_id, kind, value, contact_id)
ORDER BY claim.bucket, claim.workspace_id, claim.node_id, claim.kind, claim.value
ON CONFLICT DO NOTHING;

-- name: move_identities
-- Identities go over to another contact, unless the owner is no longer whom the caller read.
UPDATE identities
SET contact_id = given.contact_id, claimed_at = :claimed_at::timestamptz
FROM unnest(:buckets::smallint[], :workspace_ids::uuid[], :node_ids::uuid[], :kinds::text[], :values::text[],
  :owners::uuid[], :contact_ids::uuid[])
  AS given(bucket, workspace_id, node_id, kind, value, owner, contact_id)
WHERE identities.bucket = given.bucket AND identities.workspace_id = given.workspace_id
  AND identities.node_id = given.node_id AND identities.kind = given.kind AND identities.value = given.value
  AND (identities.contact_id = given.owner OR EXISTS (
    SELECT FROM moved
    WHERE moved.bucket = get_byte(uuid_send(identities.contact_id), 15)
      AND moved.contact_id = identities.contact_id AND moved.into_contact_id = given.owner
  ));

-- name: insert_moved
-- From this offset of its bucket on, what is said of the contact is said of another.
INSERT INTO moved (bucket, contact_id, workspace_id, into_bucket, into_contact_id, "offset", state, moved_at)
SELECT gone.bucket, gone.contact_id, gone.workspace_id, gone.into_bucket, gone.into_contact_id, gone."offset",
  'moved', gone.moved_at
FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :workspace_ids::uuid[], :into_buckets::smallint[],
  :into_contact_ids::uuid[], :offsets::bigint[], :moved_ats::timestamptz[])
  AS gone(bucket, contact_id, workspace_id, into_bucket, into_contact_id, "offset", moved_at);

-- name: record_conflicts
-- Two known contacts were named together; listed once per identity.
INSERT INTO identity_conflicts (bucket, contact_id, other_contact_id, kind, value, workspace_id, seen_at)
SELECT met.bucket, met.contact_id, met.other_contact_id, met.kind, met.value, met.workspace_id,
  :seen_at::timestamptz
FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :other_contact_ids::uuid[], :kinds::text[],
  :values::text[], :workspace_ids::uuid[])
  AS met(bucket, contact_id, other_contact_id, kind, value, workspace_id)
ORDER BY met.bucket, met.contact_id, met.kind, met.value
ON CONFLICT DO NOTHING;

-- name: release_all
-- Identities, as named, that these contacts own are nobody's again.
DELETE FROM identities
USING unnest(:buckets::smallint[], :workspace_ids::uuid[], :node_ids::uuid[], :kinds::text[], :values::text[])
  AS gone(bucket, workspace_id, node_id, kind, value)
WHERE identities.bucket = gone.bucket AND identities.workspace_id = gone.workspace_id
  AND identities.node_id = gone.node_id AND identities.kind = gone.kind AND identities.value = gone.value
  AND identities.contact_id = ANY(:contact_ids::uuid[]);

-- name: sweep_identities
-- Identities that these contacts own under any value: the rare ones that were never folded.
DELETE FROM identities WHERE workspace_id = :workspace_id::uuid AND contact_id = ANY(:contact_ids::uuid[]);

-- name: sweep_conflicts
-- Conflicts in which these contacts were met.
DELETE FROM identity_conflicts
WHERE workspace_id = :workspace_id::uuid
  AND (contact_id = ANY(:contact_ids::uuid[]) OR other_contact_id = ANY(:contact_ids::uuid[]));

-- name: list_absorbed
-- Contacts that were merged into one of these, directly, and whether all of theirs went over.
SELECT contact_id, state FROM moved
WHERE workspace_id = :workspace_id::uuid AND into_contact_id = ANY(:contact_ids::uuid[]);

-- name: insert_erased
-- What stays of erased identities: a keyed hash, since when, and which channels stay closed.
INSERT INTO erased_identities (bucket, workspace_id, digest, erased_at, suppressions)
SELECT gone.bucket, :workspace_id::uuid, gone.digest, :erased_at::timestamptz, gone.suppressions
FROM unnest(:buckets::smallint[], :digests::bytea[], :suppressions::jsonb[]) AS gone(bucket, digest, suppressions)
ORDER BY gone.bucket, gone.digest
ON CONFLICT (bucket, workspace_id, digest) DO UPDATE
SET erased_at = excluded.erased_at, suppressions = excluded.suppressions;

-- name: list_erased
-- Which of these keyed hashes are of somebody who was erased, when, and what stays closed.
SELECT asked.place, e.erased_at, e.suppressions::text AS suppressions
FROM unnest(:buckets::smallint[], :digests::bytea[]) WITH ORDINALITY AS asked(bucket, digest, place)
JOIN erased_identities AS e ON e.bucket = asked.bucket AND e.workspace_id = :workspace_id::uuid
  AND e.digest = asked.digest;
