-- name: insert_group
-- Makes a group; repeating with the same id makes one.
INSERT INTO groups (id, workspace_id, name, notes, kind, created_at, modified_at)
VALUES (:id::uuid, :workspace_id::uuid, :name::text, :notes::text, :kind::text, :now::timestamptz, :now::timestamptz)
ON CONFLICT (id) DO NOTHING;

-- name: update_group
-- A group's settings; what is null stays.
UPDATE groups SET name = coalesce(:name::text, name), notes = coalesce(:notes::text, notes),
  kind = coalesce(:kind::text, kind), modified_at = :now::timestamptz
WHERE workspace_id = :workspace_id::uuid AND id = :id::uuid AND deleted_at IS NULL;

-- name: mark_group_deleted
-- The group is out of use; its members leave by a job.
UPDATE groups SET deleted_at = :now::timestamptz
WHERE workspace_id = :workspace_id::uuid AND id = :id::uuid AND deleted_at IS NULL;

-- name: list_groups
-- The groups in use by name, or one of them; how many are in each, as folded.
SELECT groups.id, groups.name, groups.notes, groups.kind, groups.created_at, groups.modified_at,
  coalesce(counted.members, 0) AS members
FROM groups LEFT JOIN (
  SELECT group_members.group_id, count(*) AS members FROM group_members
  WHERE group_members.workspace_id = :workspace_id::uuid
    AND (:id::uuid IS NULL OR group_members.group_id = :id::uuid)
  GROUP BY group_members.group_id
) AS counted ON counted.group_id = groups.id
WHERE groups.workspace_id = :workspace_id::uuid AND groups.deleted_at IS NULL
  AND (:id::uuid IS NULL OR groups.id = :id::uuid)
ORDER BY lower(groups.name), groups.id;

-- name: list_member_ids
-- Who is in a group, after one of them: a few of each bucket, then as many as asked for in order of bucket and id.
SELECT found.bucket, found.contact_id, found.joined_at
FROM generate_series(:after_bucket::integer, 255) AS place(bucket)
CROSS JOIN LATERAL (
  SELECT group_members.bucket, group_members.contact_id, group_members.joined_at FROM group_members
  WHERE group_members.bucket = place.bucket AND group_members.group_id = :group_id::uuid
    AND group_members.workspace_id = :workspace_id::uuid
    AND (place.bucket > :after_bucket::integer OR group_members.contact_id > :after_id::uuid)
  ORDER BY group_members.contact_id
  LIMIT :maximum::integer
) AS found
ORDER BY found.bucket, found.contact_id
LIMIT :maximum::integer;

-- name: list_known
-- Which of these contacts the workspace has.
SELECT c.id
FROM unnest(:buckets::smallint[], :ids::uuid[]) AS wanted(bucket, id)
JOIN contacts AS c ON c.bucket = wanted.bucket AND c.id = wanted.id
WHERE c.workspace_id = :workspace_id::uuid;

-- name: load_groups
-- What groups these contacts are in.
SELECT joined.contact_id, joined.group_id
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS wanted(bucket, contact_id)
CROSS JOIN LATERAL (
  SELECT * FROM group_members AS m WHERE m.bucket = wanted.bucket AND m.contact_id = wanted.contact_id OFFSET 0
) AS joined;

-- name: list_groups_of
-- The groups in use that a contact is in, by name.
SELECT groups.id, groups.name, groups.notes, groups.kind, groups.created_at, groups.modified_at
FROM group_members JOIN groups ON groups.id = group_members.group_id AND groups.deleted_at IS NULL
WHERE group_members.bucket = :bucket::smallint AND group_members.contact_id = :contact_id::uuid
  AND groups.workspace_id = :workspace_id::uuid
ORDER BY lower(groups.name), groups.id;

-- name: insert_members
-- These joined; the caller holds the buckets' cursors.
INSERT INTO group_members (bucket, group_id, contact_id, workspace_id, joined_at, "offset")
SELECT * FROM unnest(:buckets::smallint[], :group_ids::uuid[], :contact_ids::uuid[], :workspace_ids::uuid[],
  :joined_ats::timestamptz[], :offsets::bigint[])
ON CONFLICT (bucket, group_id, contact_id) DO NOTHING;

-- name: delete_members
-- These left; the caller holds the buckets' cursors.
DELETE FROM group_members
USING unnest(:buckets::smallint[], :group_ids::uuid[], :contact_ids::uuid[]) AS gone(bucket, group_id, contact_id)
WHERE group_members.bucket = gone.bucket AND group_members.group_id = gone.group_id
  AND group_members.contact_id = gone.contact_id;

-- name: delete_memberships
-- A contact that was merged or erased is in no group any more.
DELETE FROM group_members WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;
