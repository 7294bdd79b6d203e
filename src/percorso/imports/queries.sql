-- name: insert_import
-- A file that is on its way.
INSERT INTO imports (id, workspace_id, file_name, format, state, bytes, notes, counts, read_rows, read_bytes,
  made_by, created_at)
VALUES (:id::uuid, :workspace_id::uuid, :file_name::text, :format::text, 'uploading', 0, '[]', :counts::jsonb, 0, 0,
  :made_by::text, :present::timestamptz);

-- name: hold_upload
-- Nobody ends the import before its next piece is here; no row: it has ended.
SELECT true FROM imports WHERE id = :id::uuid AND workspace_id = :workspace_id::uuid AND state = 'uploading' FOR SHARE;

-- name: list_uploads
-- Imports of a workspace whose file is on its way.
SELECT id FROM imports WHERE workspace_id = :workspace_id::uuid AND state = 'uploading' ORDER BY id;

-- name: insert_piece
-- The next piece of a file.
INSERT INTO import_pieces (bucket, import_id, number, workspace_id, content)
VALUES (:bucket::smallint, :import_id::uuid, :number::integer, :workspace_id::uuid, :content::bytea);

-- name: read_pieces
-- Some pieces of a file, in order.
SELECT number, content FROM import_pieces
WHERE bucket = :bucket::smallint AND import_id = :import_id::uuid AND number >= :number::integer
ORDER BY number
LIMIT :maximum::integer;

-- name: delete_pieces
-- The file is not needed any more.
DELETE FROM import_pieces WHERE bucket = :bucket::smallint AND import_id = :import_id::uuid;

-- name: set_layout
-- The file is here and can be read so; what was asked of it before holds no more.
UPDATE imports SET state = 'ready', bytes = :bytes::bigint, layout = :layout::jsonb, notes = :notes::jsonb,
  settings = NULL, checked = NULL, foreseen = NULL
WHERE id = :id::uuid AND workspace_id = :workspace_id::uuid AND state IN ('uploading', 'ready');

-- name: find_import
-- One import of a workspace.
SELECT id, workspace_id, file_name, format, state, bytes, layout, notes, settings, checked, counts, read_rows,
  read_bytes, error, created_at, started_at, finished_at
FROM imports
WHERE id = :id::uuid AND workspace_id = :workspace_id::uuid;

-- name: list_imports
-- Imports of a workspace, the newest first.
SELECT id, workspace_id, file_name, format, state, bytes, layout, notes, settings, checked, counts, read_rows,
  read_bytes, error, created_at, started_at, finished_at
FROM imports
WHERE workspace_id = :workspace_id::uuid AND (:before_at::timestamptz IS NULL
  OR (created_at, id) < (:before_at::timestamptz, :before_id::uuid))
ORDER BY created_at DESC, id DESC
LIMIT :size::integer;

-- name: set_settings
-- What is to be done with the rows is known; begins a dry run or the import itself.
UPDATE imports SET state = :state::text, settings = :settings::jsonb, checked = :checked::jsonb,
  foreseen = NULL, counts = :counts::jsonb, read_rows = 0, read_bytes = 0, leased_by = NULL, leased_until = NULL,
  started_at = CASE WHEN :state::text = 'running' THEN :present::timestamptz END
WHERE id = :id::uuid AND workspace_id = :workspace_id::uuid AND state = 'ready';

-- name: end_import
-- The import ends here, in a state in which it stays.
UPDATE imports SET state = :state::text, error = :error::text, finished_at = :present::timestamptz,
  foreseen = NULL, leased_by = NULL, leased_until = NULL
WHERE id = :id::uuid AND state = ANY (:states::text[]);

-- name: has_work
-- Whether there is an import with something to do that nobody holds.
SELECT EXISTS (
  SELECT FROM imports, (SELECT clock_timestamp() AS present) AS clock
  WHERE state IN ('checking', 'running', 'applying') AND (leased_until IS NULL OR leased_until < clock.present));

-- name: claim_import
-- An import with something to do that nobody holds, held for a while from now on.
UPDATE imports SET leased_by = :process_id::uuid, leased_until = :until::timestamptz
WHERE id = (
  SELECT id FROM imports
  WHERE state IN ('checking', 'running', 'applying')
    AND (leased_until IS NULL OR leased_until < :present::timestamptz)
  ORDER BY created_at
  LIMIT 1
  FOR UPDATE SKIP LOCKED)
RETURNING id, workspace_id;

-- name: release_imports
-- What this process held may be taken by any other.
UPDATE imports SET leased_by = NULL, leased_until = NULL WHERE leased_by = :process_id::uuid;

-- name: hold_import
-- Keeps an import for this process while it reads on from a row; no row: it is not its own any more.
UPDATE imports SET leased_until = :until::timestamptz
WHERE id = :id::uuid AND leased_by = :process_id::uuid AND state = :state::text AND read_rows = :read_rows::bigint
RETURNING counts, reach;

-- name: record_progress
-- The rows up to here are in the log, or rejected.
UPDATE imports SET read_rows = :read_rows::bigint, read_bytes = :read_bytes::bigint, counts = :counts::jsonb
WHERE id = :id::uuid;

-- name: record_check
-- The dry run is over.
UPDATE imports SET state = 'ready', checked = :checked::jsonb, foreseen = :foreseen::jsonb, read_rows = 0,
  read_bytes = 0, leased_by = NULL, leased_until = NULL
WHERE id = :id::uuid AND leased_by = :process_id::uuid AND state = 'checking';

-- name: read_foreseen
-- What a dry run says of the first rows.
SELECT foreseen FROM imports WHERE id = :id::uuid AND workspace_id = :workspace_id::uuid;

-- name: forget_foreseen
-- What dry runs say of rows goes where it tells of one contact.
UPDATE imports SET foreseen = NULL
WHERE workspace_id = :workspace_id::uuid AND state = 'ready' AND foreseen @> :told::jsonb;

-- name: record_reach
-- Everything is appended; the import ends when the worker has come so far.
UPDATE imports SET state = 'applying', read_bytes = bytes, reach = ARRAY(SELECT "offset" FROM heads ORDER BY bucket)
WHERE id = :id::uuid;

-- name: has_reached
-- Whether the worker has applied every bucket up to these offsets.
SELECT NOT EXISTS (
  SELECT FROM cursors
  JOIN unnest(:offsets::bigint[]) WITH ORDINALITY AS reach("offset", place) ON cursors.bucket = reach.place - 1
  WHERE cursors."offset" < reach."offset");

-- name: insert_rejects
-- Rows that were not taken in.
INSERT INTO import_rejects (bucket, import_id, "row", workspace_id, code, "column", "values", cells)
SELECT :bucket::smallint, :import_id::uuid, given."row", :workspace_id::uuid, given.code, given."column",
  given."values", ARRAY(SELECT jsonb_array_elements_text(given.cells))
FROM unnest(:rows::bigint[], :codes::text[], :columns::integer[], :values::jsonb[], :cells::jsonb[])
  AS given("row", code, "column", "values", cells);

-- name: list_rejects
-- Rejected rows of an import in order, after one.
SELECT "row", code, "column", "values", cells FROM import_rejects
WHERE bucket = :bucket::smallint AND import_id = :import_id::uuid AND workspace_id = :workspace_id::uuid
  AND "row" > :after::bigint
ORDER BY "row"
LIMIT :size::integer;

-- name: delete_rejects
-- Rejected rows of an import that nobody needs any more.
DELETE FROM import_rejects WHERE bucket = :bucket::smallint AND import_id = :import_id::uuid;

-- name: list_with_files
-- Imports of a workspace that keep a file because they are not over, and of those that are still on their way some.
SELECT id, state, created_at FROM imports
WHERE workspace_id = :workspace_id::uuid AND (state IN ('ready', 'checking', 'running')
  OR state = 'uploading' AND id = ANY (:uploads::uuid[]))
ORDER BY created_at, id;

-- name: delete_rejects_quoting
-- Rejected rows that quote one of these values, or the digits of one of these numbers; reads all that the workspace has.
DELETE FROM import_rejects
WHERE workspace_id = :workspace_id::uuid AND EXISTS (
  SELECT FROM unnest(import_rejects.cells) AS quoting(cell)
  WHERE EXISTS (
      SELECT FROM unnest(:values::text[]) AS quoted(value)
      WHERE strpos(lower(quoting.cell), lower(quoted.value)) > 0)
    OR EXISTS (
      SELECT FROM unnest(:numbers::text[]) AS quoted(number)
      WHERE strpos(regexp_replace(quoting.cell, '[^0-9]', '', 'g'), quoted.number) > 0));

-- name: list_stale
-- Uploads that were never finished, and ended imports of which pieces or rejects may be left.
SELECT id FROM imports
WHERE (state = 'uploading' AND created_at < :day_ago::timestamptz)
  OR (finished_at < :month_ago::timestamptz AND finished_at >= :month_ago::timestamptz - interval '2 days')
ORDER BY created_at
LIMIT 100;

-- name: find_zone
-- The time zone of a workspace.
SELECT time_zone FROM workspaces WHERE id = :workspace_id::uuid;

-- name: list_lists
-- Which lists a workspace has, and which ask those who are put on them to confirm.
SELECT id, opt_in = 'double' AS confirms FROM lists WHERE workspace_id = :workspace_id::uuid;

-- name: insert_export
-- Somebody is taking something out.
INSERT INTO exports (id, workspace_id, kind, question, made_by, created_at)
VALUES (:id::uuid, :workspace_id::uuid, :kind::text, :question::jsonb, :made_by::text, :present::timestamptz);

-- name: finish_export
-- All of it left.
UPDATE exports SET rows = :rows::bigint, bytes = :bytes::bigint, finished_at = :present::timestamptz
WHERE id = :id::uuid AND workspace_id = :workspace_id::uuid;

-- name: list_exports
-- What was taken out of a workspace, the newest first, with the name of the key that took it.
SELECT e.id, e.kind, e.question, e.made_by, e.rows, e.bytes, e.created_at, e.finished_at, k.name AS key_name
FROM exports AS e
LEFT JOIN api_keys AS k ON k.workspace_id = e.workspace_id AND e.made_by = 'key:' || k.id
WHERE e.workspace_id = :workspace_id::uuid AND (:before_at::timestamptz IS NULL
  OR (e.created_at, e.id) < (:before_at::timestamptz, :before_id::uuid))
ORDER BY e.created_at DESC, e.id DESC
LIMIT :size::integer;

-- name: find_page_end
-- The id at which a page of so many contacts of a bucket ends; null: the rest is fewer.
SELECT contacts.id FROM contacts
WHERE contacts.bucket = :bucket::smallint AND contacts.workspace_id = :workspace_id::uuid AND contacts.id > :after::uuid
ORDER BY contacts.id
OFFSET :size::integer - 1 LIMIT 1;

-- name: read_cells
-- Known contacts of an audience, of whole buckets or of one from an id to another, in order. Where it says cells, values
-- and condition, compiled text is put (`imports/cells_sql.py`). OFFSET 0: a value is read once, however often it is asked for.
SELECT page.id /* cells */ FROM (
SELECT contacts.id, contacts.email, contacts.phone, contacts.created_at, contacts.updated_at, contacts.attributes,
  contacts.identities -> 'external_id' ->> -1 AS external_id,
  contacts.identities -> 'user_id' ->> -1 AS user_id,
  (SELECT jsonb_agg(groups.name ORDER BY groups.name)::text
    FROM group_members AS g JOIN groups ON groups.id = g.group_id AND groups.deleted_at IS NULL
    WHERE g.bucket = contacts.bucket AND g.contact_id = contacts.id) AS groups,
  (SELECT jsonb_object_agg(s.list_id::text || '.' || s.channel, s.status) FROM statuses AS s
    WHERE s.bucket = contacts.bucket AND s.contact_id = contacts.id) AS statuses
  /* values */
FROM contacts
WHERE contacts.bucket = ANY (:buckets::smallint[]) AND contacts.workspace_id = :workspace_id::uuid
  AND contacts.id > :after::uuid AND (:until::uuid IS NULL OR contacts.id <= :until::uuid) AND NOT contacts.anonymous
  AND NOT EXISTS (SELECT FROM contact_marks AS m WHERE m.bucket = contacts.bucket AND m.contact_id = contacts.id)
  AND (:segment_id::uuid IS NULL OR EXISTS (
    SELECT FROM memberships AS m
    WHERE m.bucket = contacts.bucket AND m.contact_id = contacts.id AND m.segment_id = :segment_id::uuid
      AND m.entered_at IS NOT NULL))
  AND (:group_id::uuid IS NULL OR EXISTS (
    SELECT FROM group_members AS g
    WHERE g.bucket = contacts.bucket AND g.contact_id = contacts.id AND g.group_id = :group_id::uuid))
  AND (:list_id::uuid IS NULL OR EXISTS (
    SELECT FROM statuses AS s
    WHERE s.bucket = contacts.bucket AND s.contact_id = contacts.id AND s.list_id = :list_id::uuid
      AND s.channel = :channel::text AND s.status = :status::text))
  AND (:contact_ids::uuid[] IS NULL OR contacts.id = ANY (:contact_ids::uuid[]))
  AND true /* condition */
ORDER BY contacts.bucket, contacts.id
OFFSET 0 LIMIT :size::integer) AS page;

-- name: has_segment
-- Whether a workspace has a segment.
SELECT EXISTS (SELECT FROM segments WHERE id = :id::uuid AND workspace_id = :workspace_id::uuid);

-- name: read_backlog
-- How far the worker is behind, where it is farthest: facts not applied, and for how many seconds of real time the
-- oldest of them has waited.
SELECT coalesce(max(heads."offset" - cursors."offset"), 0) AS facts, coalesce(max(CASE WHEN clocks.rate > 0 THEN
  extract(epoch FROM clocks.product_at + (clock_timestamp() - clocks.real_at) * clocks.rate - (
    SELECT facts.received_at FROM facts
    WHERE facts.bucket = cursors.bucket AND facts."offset" = cursors."offset" + 1
      AND facts.received_at >= cursors.received_at
    LIMIT 1)) / clocks.rate END), 0)::double precision AS seconds
FROM clocks
LEFT JOIN cursors ON true
LEFT JOIN heads ON heads.bucket = cursors.bucket
WHERE clocks.id = 1 AND heads."offset" > cursors."offset";

-- name: delete_import
-- A file that was refused or did not arrive leaves nothing.
DELETE FROM imports WHERE id = :id::uuid AND state = 'uploading';

-- name: list_groups
-- Which of these groups a workspace has in use.
SELECT id FROM groups
WHERE workspace_id = :workspace_id::uuid AND id = ANY (:ids::uuid[]) AND deleted_at IS NULL;

-- name: find_list
-- The list that is meant by a name, or by its id.
SELECT id FROM lists
WHERE workspace_id = :workspace_id::uuid AND (name = :name::text OR id::text = :name::text)
ORDER BY id::text = :name::text DESC, id
LIMIT 1;
