-- name: list_lowered_letters
-- The letters beyond ASCII that this server turns into another one by lower(); all cased ones lie below U+20000.
SELECT chr(code) AS upper, lower(chr(code)) AS lower
FROM generate_series(128, 131071) AS code
WHERE code NOT BETWEEN 55296 AND 57343 AND lower(chr(code)) <> chr(code);

-- name: estimate_contacts
-- How many contacts there are, as PostgreSQL last counted them; -1: it never did.
SELECT reltuples::bigint FROM pg_class WHERE oid = 'contacts'::regclass;

-- name: count_sampled
-- Of a sample of contacts, always the same, how many are the workspace's and how many of these meet each test.
SELECT count(*) /* , tests */
FROM contacts TABLESAMPLE SYSTEM (100 /* percent */) REPEATABLE (0)
WHERE workspace_id = :workspace_id::uuid;
