-- name: claim_answer
-- Takes the right to answer a POST with this key; a claim older than the lease was left by a crash and is taken
-- over. Answers older than a day were forgotten before.
INSERT INTO idempotency (bucket, id, workspace_id, body_hash, claimed_at)
VALUES (:bucket::smallint, :id::uuid, :workspace_id::uuid, :body_hash::bytea, :present::timestamptz)
ON CONFLICT (bucket, id) DO UPDATE
SET body_hash = excluded.body_hash, claimed_at = excluded.claimed_at, status = NULL, answer = NULL
WHERE idempotency.bucket = :bucket::smallint
  AND idempotency.answer IS NULL AND idempotency.body_hash = excluded.body_hash
  AND idempotency.claimed_at <= :lease_ago::timestamptz;

-- name: get_answer
-- What was answered under this key, and to which body.
SELECT body_hash, status, answer FROM idempotency
WHERE bucket = :bucket::smallint AND id = :id::uuid AND workspace_id = :workspace_id::uuid;

-- name: record_answer
-- The answer that a repeated POST gets.
UPDATE idempotency SET status = :status::smallint, answer = :answer::bytea
WHERE bucket = :bucket::smallint AND id = :id::uuid AND workspace_id = :workspace_id::uuid;

-- name: release_answer
-- The POST was refused: nothing was made, so the next try with this key is a first one.
DELETE FROM idempotency
WHERE bucket = :bucket::smallint AND id = :id::uuid AND workspace_id = :workspace_id::uuid AND answer IS NULL;

-- name: forget_answers
-- Answers of this bucket that are too old to be asked for again.
DELETE FROM idempotency WHERE bucket = :bucket::smallint AND claimed_at <= :day_ago::timestamptz;

-- name: forget_answers_about
-- Kept answers that quote one of these values; reads all that the workspace has of one day.
DELETE FROM idempotency
WHERE workspace_id = :workspace_id::uuid AND answer IS NOT NULL
  AND EXISTS (SELECT FROM unnest(:values::text[]) AS quoted(value)
    WHERE position(convert_to(quoted.value, 'UTF8') IN answer) > 0);
