-- name: count_events
-- How many events are stored, and how many of their message ids are different; copies do not count.
SELECT count(*) AS stored, count(DISTINCT message_id) AS different FROM facts WHERE kind = 'event' AND "offset" < 1000000000;

-- name: read_rows
-- The newest stored facts, their offsets moved out of the way of others and of earlier rounds.
SELECT "offset" + 1000000000 * :round::bigint, received_at, bucket, workspace_id, contact_id, kind, name, message_id, occurred_at,
  properties, context, origin, historical, depth
FROM facts
WHERE "offset" < 1000000000
ORDER BY tableoid, ctid DESC
LIMIT 100000;

-- name: find_list
-- The list that the workspace began with.
SELECT id FROM lists WHERE workspace_id = :workspace_id::uuid;

-- name: count_runs
-- Runs that began, messages planned for them, and the events that met a start's condition.
SELECT (SELECT count(*) FROM runs) AS runs,
  (SELECT count(*) FROM messages WHERE state = 'due') AS messages,
  (SELECT count(*) FROM facts
    WHERE kind = 'event' AND origin = 'api' AND properties @> '{"amount": {"revenue": 120}}') AS meeting;

-- name: list_arrived
-- Which of these subjects have arrived.
SELECT subject FROM mailbox WHERE subject = ANY(:subjects::text[]);

-- name: list_doubtful_subjects
-- The subjects of messages of which nobody knows whether they left; one marked just now is on its way.
SELECT subject FROM messages
WHERE state IN ('marked', 'unknown') AND marked_real_at < :before::timestamptz AND subject IS NOT NULL;

-- name: list_applied
-- Which of these events of these contacts the worker has applied.
SELECT facts.message_id
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked(bucket, contact_id)
JOIN cursors ON cursors.bucket = asked.bucket
JOIN facts ON facts.bucket = asked.bucket AND facts.contact_id = asked.contact_id
  AND facts."offset" <= cursors."offset"
WHERE facts.message_id = ANY(:message_ids::text[]);

-- name: list_live
-- The contacts of the people who do things meanwhile, by their user ids.
SELECT value, contact_id FROM identities
WHERE workspace_id = :workspace_id::uuid AND kind = 'user_id';

-- name: count_imported
-- What an import of contacts left behind.
SELECT (SELECT count(*) FROM contacts WHERE email LIKE 'persona%') AS contacts,
  (SELECT count(*) FROM statuses) AS statuses,
  (SELECT count(*) FROM consent_records) AS records;

-- name: read_columns
-- Ten columns of every contact.
SELECT email, phone, attributes ->> 'firstName', attributes ->> 'lastName', attributes ->> 'birthDate',
  attributes ->> 'gender', attributes #>> '{address,city}', attributes #>> '{address,zip}', attributes ->> 'punti',
  attributes ->> 'registrato'
FROM contacts;

-- name: list_entered
-- Those of these contacts who have entered the segment named with them since a moment.
SELECT memberships.contact_id
FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :segment_ids::uuid[]) AS asked (bucket, contact_id, segment_id)
JOIN memberships ON memberships.bucket = asked.bucket AND memberships.contact_id = asked.contact_id
  AND memberships.segment_id = asked.segment_id
WHERE memberships.entered_at >= :began_at::timestamptz;

-- name: write_sample
-- The statements that make a table of every tenth bucket's rows, and an empty one alike: a limit is measured on them.
SELECT format('CREATE TABLE %I AS SELECT * FROM %I WHERE bucket %% 10 = 0', 'sample_' || :name::text, :name::text)
    AS sample,
  format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', 'limit_' || :name::text, :name::text) AS alike;

-- name: write_count
-- The statement that counts a table's rows.
SELECT format('SELECT count(*) FROM %I', :name::text) AS statement;

-- name: make_subscribed
-- The status of every contact who joined a list by email.
SELECT bucket, id AS contact_id, :list_id::uuid AS list_id, 'email' AS channel, workspace_id, 'subscribed' AS status,
  'bench' AS source, '' AS wording, created_at AS changed_at
FROM contacts WHERE workspace_id = :workspace_id::uuid;

-- name: make_joined
-- The contacts from number :first to number :last as members of a group.
SELECT bucket, :group_id::uuid AS group_id, id AS contact_id, workspace_id, created_at AS joined_at, 1::bigint AS "offset"
FROM contacts
WHERE workspace_id = :workspace_id::uuid
  AND split_part(split_part(email, '@', 1), '-', 2)::bigint BETWEEN :first::bigint AND :last::bigint;

-- name: count_passed
-- How many were counted so at a step of a journey, whatever their version and path.
SELECT coalesce(sum(value), 0)::bigint FROM counters
WHERE journey_id = :journey_id::uuid AND name = :name::text AND step = :step::text;

-- name: list_planned
-- The keys among these of runs of these contacts that hold at a message: it was planned with them.
SELECT runs.key
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked (bucket, contact_id)
JOIN runs ON runs.bucket = asked.bucket AND runs.contact_id = asked.contact_id
WHERE runs.message_id IS NOT NULL AND runs.key = ANY (:keys::text[]);

-- name: get_backend
-- The process that serves this connection.
SELECT pg_backend_pid();

-- name: count_rows_read
-- Rows that scans have read and fetched in this database since its statistics began.
SELECT tup_returned + tup_fetched FROM pg_stat_database WHERE datname = current_database();

-- name: make_memberships
-- Every contact as a member of the segment of its city: :segments says which, by city.
SELECT bucket, contact_id, segment_id, workspace_id, entered_at
FROM (
  SELECT bucket, id AS contact_id, (:segments::jsonb ->> (attributes -> 'address' ->> 'city'))::uuid AS segment_id,
    workspace_id, created_at AS entered_at
  FROM contacts WHERE workspace_id = :workspace_id::uuid
) AS made
WHERE segment_id IS NOT NULL;
