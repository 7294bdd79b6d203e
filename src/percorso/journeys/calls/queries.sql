-- name: claim_calls
-- Takes due calls for :lease, oldest first, and those whose holder was not heard of; calls of a journey that is paused
-- stay. The first claim says until when a call is tried.
WITH found AS (
    SELECT c.bucket, c.id
    FROM webhook_calls AS c
    WHERE c.state IN ('due', 'claimed') AND c.due_at <= :now::timestamptz
        AND (c.state = 'due' OR c.claimed_until < :real::timestamptz)
        AND NOT EXISTS (
            SELECT FROM journeys AS j WHERE j.id = c.journey_id AND j.state NOT IN ('active', 'archived')
        )
    ORDER BY c.due_at, c.id
    LIMIT :size::integer
    FOR UPDATE OF c SKIP LOCKED
)
UPDATE webhook_calls AS c
SET state = 'claimed', attempt = c.attempt + 1, claimed_by = :holder::uuid,
    claimed_until = :real + :lease::interval, give_up_at = coalesce(c.give_up_at, :now + :lifetime::interval)
FROM found
WHERE c.bucket = found.bucket AND c.id = found.id
RETURNING c.bucket, c.id, c.workspace_id, c.contact_id, c.journey_id, c.version, c.run_id, c.step, c.visit, c.url,
    c.body, c.attempt, c.failures, c.give_up_at;

-- name: list_awaiting
-- Which of these runs wait, and at which visit of which step.
SELECT id, step, visit FROM runs
WHERE bucket = ANY(:buckets::smallint[]) AND id = ANY(:ids::uuid[]) AND state = 'waiting';

-- name: list_marked
-- Which of these contacts are erased or deleted.
SELECT e.contact_id
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked (bucket, contact_id)
JOIN contact_marks AS e USING (bucket, contact_id);

-- name: cancel_calls
-- Ends calls that nobody waits for, before anything is tried.
UPDATE webhook_calls AS c
SET state = 'cancelled', reason = :reason::text, ended_at = :now::timestamptz, claimed_by = NULL, claimed_until = NULL
FROM unnest(:buckets::smallint[], :ids::uuid[]) AS cancelled (bucket, id)
WHERE c.bucket = cancelled.bucket AND c.id = cancelled.id;

-- name: open_tries
-- Opens the line of each try.
INSERT INTO webhook_tries (bucket, call_id, number, workspace_id, tried_at)
SELECT bucket, call_id, number, workspace_id, :now::timestamptz
FROM unnest(:buckets::smallint[], :call_ids::uuid[], :numbers::integer[], :workspace_ids::uuid[])
    AS tried (bucket, call_id, number, workspace_id);

-- name: renew_calls
-- Holds on to what is still held.
UPDATE webhook_calls AS c
SET claimed_until = :real::timestamptz + :lease::interval
FROM unnest(:buckets::smallint[], :ids::uuid[], :attempts::integer[]) AS held (bucket, id, attempt)
WHERE c.bucket = held.bucket AND c.id = held.id AND c.state = 'claimed' AND c.claimed_by = :holder::uuid
    AND c.attempt = held.attempt;

-- name: finish_call
-- Writes what a try came to and gives back its call, if it was still its holder's; repeating finds nothing.
UPDATE webhook_calls
SET state = :state::text, status = :status::smallint, reason = :reason::text, answer = :answer::jsonb,
    unread = :unread::text, due_at = coalesce(:due_at::timestamptz, due_at),
    failures = failures + :failures::integer,
    ended_at = CASE WHEN :state = 'due' THEN NULL ELSE :now::timestamptz END, claimed_by = NULL, claimed_until = NULL
WHERE bucket = :bucket::smallint AND id = :id::uuid AND state = 'claimed' AND claimed_by = :holder::uuid
    AND attempt = :attempt::integer
RETURNING id;

-- name: close_try
-- Closes the line of a try.
UPDATE webhook_tries
SET ended_at = :now::timestamptz, status = :status::smallint, reason = :reason::text
WHERE bucket = :bucket::smallint AND call_id = :call_id::uuid AND number = :number::integer;

-- name: list_untold_buckets
-- The buckets with calls that have ended and whose runs were not told.
SELECT DISTINCT bucket FROM webhook_calls WHERE told_at IS NULL AND state IN ('answered', 'failed') ORDER BY bucket;

-- name: claim_untold
-- The oldest ended calls of a bucket whose runs were not told, held until the end of the transaction.
SELECT bucket, id, workspace_id, contact_id, journey_id, run_id, step, visit, state, status, reason, answer, unread
FROM webhook_calls
WHERE bucket = :bucket::smallint AND told_at IS NULL AND state IN ('answered', 'failed')
ORDER BY ended_at, id
LIMIT :maximum::integer
FOR UPDATE SKIP LOCKED;

-- name: note_told
-- Runs were told: what was answered is in the log by now.
UPDATE webhook_calls SET told_at = :now::timestamptz, answer = NULL
WHERE bucket = :bucket::smallint AND id = ANY(:ids::uuid[]);

-- name: forget_tries
-- The tries for a contact that is being erased.
DELETE FROM webhook_tries AS t
USING webhook_calls AS c
WHERE c.bucket = :bucket::smallint AND c.contact_id = :contact_id::uuid
    AND t.bucket = :bucket AND t.bucket = c.bucket AND t.call_id = c.id;

-- name: forget_calls
-- The calls for a contact that is being erased.
DELETE FROM webhook_calls WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;

-- name: list_calls
-- A journey's calls, newest first, of one step if asked.
SELECT bucket, id, contact_id, run_id, version, step, visit, url, body, planned_at, due_at, state, status, reason,
    unread, ended_at
FROM webhook_calls
WHERE workspace_id = :workspace_id::uuid AND journey_id = :journey_id::uuid
    AND (:step::text IS NULL OR step = :step)
ORDER BY planned_at DESC, id
LIMIT :maximum::integer;

-- name: list_tries
-- The tries of calls, in order.
SELECT t.call_id, t.number, t.tried_at, t.ended_at, t.status, t.reason
FROM unnest(:buckets::smallint[], :call_ids::uuid[]) AS asked (bucket, call_id)
JOIN webhook_tries AS t USING (bucket, call_id)
WHERE t.workspace_id = :workspace_id::uuid
ORDER BY t.call_id, t.number;

-- name: list_secrets
-- The secrets that sign for a workspace, the one in force first.
SELECT id, sealed, created_at, signs_until FROM webhook_secrets
WHERE workspace_id = :workspace_id::uuid AND (signs_until IS NULL OR signs_until > :real::timestamptz)
ORDER BY signs_until DESC NULLS FIRST;

-- name: insert_secret
-- Puts a secret in force where none is.
INSERT INTO webhook_secrets (workspace_id, id, sealed, created_at)
VALUES (:workspace_id::uuid, :id::uuid, :sealed::bytea, :real::timestamptz)
ON CONFLICT DO NOTHING;

-- name: retire_secret
-- The secret in force signs beside the next one until :until; who changes it at once waits here.
UPDATE webhook_secrets SET signs_until = :until::timestamptz
WHERE workspace_id = :workspace_id::uuid AND signs_until IS NULL;

-- name: delete_old_secrets
-- Secrets that sign no more.
DELETE FROM webhook_secrets WHERE workspace_id = :workspace_id::uuid AND signs_until <= :real::timestamptz;
