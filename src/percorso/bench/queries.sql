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
