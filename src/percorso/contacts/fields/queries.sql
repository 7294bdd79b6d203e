-- name: list_field_rows
-- What a workspace declared, and what it changed of standard fields.
SELECT path, labels, type, format, default_value, required, hidden
FROM fields
WHERE workspace_id = :workspace_id::uuid
ORDER BY path;

-- name: list_defaults
-- What stands in for empty values.
SELECT workspace_id, path, default_value
FROM fields
WHERE workspace_id = ANY(:workspace_ids::uuid[]) AND default_value IS NOT NULL
ORDER BY workspace_id, path;

-- name: insert_field
-- Declares a field; another may have come first.
INSERT INTO fields (workspace_id, path, labels, type, format, default_value, required, hidden, created_at, modified_at)
VALUES (:workspace_id::uuid, :path::text, :labels::jsonb, :type::text, :format::text, :default_value::jsonb,
  :required::boolean, :hidden::boolean, :now::timestamptz, :now::timestamptz)
ON CONFLICT (workspace_id, path) DO NOTHING;

-- name: upsert_field
-- The field is as it is given; for a standard one this is its first row.
INSERT INTO fields (workspace_id, path, labels, type, format, default_value, required, hidden, created_at, modified_at)
VALUES (:workspace_id::uuid, :path::text, :labels::jsonb, :type::text, :format::text, :default_value::jsonb,
  :required::boolean, :hidden::boolean, :now::timestamptz, :now::timestamptz)
ON CONFLICT (workspace_id, path) DO UPDATE SET labels = excluded.labels, type = excluded.type,
  format = excluded.format, default_value = excluded.default_value, required = excluded.required,
  hidden = excluded.hidden, modified_at = excluded.modified_at;

-- name: delete_field
-- A field is declared no more; its values stay.
DELETE FROM fields WHERE workspace_id = :workspace_id::uuid AND path = :path::text;
