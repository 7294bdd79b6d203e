-- What a fact changed of a profile is one row: an import changes ten attributes of a contact at once.
SET LOCAL lock_timeout = '5s';

CREATE TEMPORARY TABLE changes_by_fact ON COMMIT DROP AS
SELECT bucket, contact_id, "offset", changed_at, workspace_id,
    jsonb_agg(
        jsonb_build_object('path', path)
        || CASE WHEN old IS NULL THEN '{}' ELSE jsonb_build_object('old', old) END
        || CASE WHEN new IS NULL THEN '{}' ELSE jsonb_build_object('new', new) END
        ORDER BY number, path
    ) AS changed
FROM changes
GROUP BY bucket, contact_id, "offset", changed_at, workspace_id;

TRUNCATE changes;
ALTER TABLE changes DROP CONSTRAINT changes_pkey;
ALTER TABLE changes DROP COLUMN path, DROP COLUMN old, DROP COLUMN new, DROP COLUMN number;
-- [{path, old, new}] in the order in which they were made; what is missing was, or is, absent.
ALTER TABLE changes ADD COLUMN changed jsonb NOT NULL;
INSERT INTO changes (bucket, contact_id, "offset", changed_at, workspace_id, changed)
SELECT bucket, contact_id, "offset", changed_at, workspace_id, changed FROM changes_by_fact;
ALTER TABLE changes ADD PRIMARY KEY (bucket, contact_id, "offset", changed_at);
