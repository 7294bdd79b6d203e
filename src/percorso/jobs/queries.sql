-- name: insert_job
-- Asks for a job; repeating with the same id asks once.
INSERT INTO jobs (id, kind, arguments, state, run_at, created_at, key, workspace_id)
VALUES (:id::uuid, :kind::text, :arguments::jsonb, 'waiting', :present::timestamptz, :present::timestamptz,
  :key::text, :workspace_id::uuid)
ON CONFLICT (id) DO NOTHING;

-- name: claim_job
-- The oldest job that is due, of a known kind, held by nobody, with none of its key waiting before it.
SELECT id, kind, arguments, workspace_id, tries
FROM jobs
WHERE state = 'waiting' AND run_at <= :present::timestamptz AND kind = ANY (:kinds::text[])
  AND NOT EXISTS (
    SELECT FROM jobs AS earlier
    WHERE earlier.state = 'waiting' AND earlier.kind = jobs.kind AND earlier.key = jobs.key
      AND earlier.number < jobs.number)
ORDER BY number
LIMIT 1
FOR UPDATE SKIP LOCKED;

-- name: finish_job
-- The job is done, together with what it changed.
UPDATE jobs SET state = 'done', done_at = :present::timestamptz, error = NULL WHERE id = :id::uuid;

-- name: put_off_job
-- A part of the job is done, together with what it changed.
UPDATE jobs SET arguments = :arguments::jsonb, run_at = :run_at::timestamptz, tries = 0, error = NULL
WHERE id = :id::uuid;

-- name: count_put_off
-- How many jobs have done a part: none of them failed since.
SELECT count(*) FROM jobs
WHERE state = 'waiting' AND tries = 0 AND run_at > created_at AND kind = ANY (:kinds::text[]);

-- name: record_failure
-- The job failed; it waits for :run_at, or is given up.
UPDATE jobs SET tries = :tries::integer, error = :error::text,
  run_at = :run_at::timestamptz,
  state = CASE WHEN :is_last::boolean THEN 'failed' ELSE 'waiting' END,
  done_at = CASE WHEN :is_last::boolean THEN :present::timestamptz END
WHERE id = :id::uuid AND state = 'waiting' AND tries < :tries::integer;

-- name: count_waiting_jobs
-- How many jobs of a kind and key are not done yet.
SELECT count(*) FROM jobs WHERE kind = :kind::text AND key = :key::text AND state = 'waiting';

-- name: delete_done_jobs
-- Forgets jobs that were done before a moment.
DELETE FROM jobs WHERE state = 'done' AND done_at < :before::timestamptz;
