-- name: list_experiments
-- What is kept of a journey's experiments, by step.
SELECT journey_id, workspace_id, step, since, began_at, measured_at, figures, winner, decided_at
FROM experiments
WHERE bucket = :bucket::smallint AND journey_id = :journey_id::uuid
ORDER BY step;

-- name: begin_experiment
-- An experiment that nothing is known of yet; one of the same step gives way.
INSERT INTO experiments (bucket, journey_id, step, workspace_id, since, next_at)
VALUES (:bucket::smallint, :journey_id::uuid, :step::text, :workspace_id::uuid, :since::integer, :now::timestamptz)
ON CONFLICT (bucket, journey_id, step) DO UPDATE SET since = excluded.since, next_at = excluded.next_at,
  began_at = NULL, measured_at = NULL, figures = '{}', winner = NULL, decided_at = NULL;

-- name: delete_experiments
-- Experiments of a journey whose steps are none of these.
DELETE FROM experiments
WHERE bucket = :bucket::smallint AND journey_id = :journey_id::uuid AND step <> ALL (:steps::text[]);

-- name: list_due
-- Experiments to be measured now, of journeys that are on; few rows.
SELECT e.journey_id, e.workspace_id, e.step, e.since, e.began_at, e.measured_at, e.figures, e.winner, e.decided_at
FROM generate_series(0, 255) AS place(bucket)
JOIN experiments AS e ON e.bucket = place.bucket
JOIN journeys ON journeys.id = e.journey_id
WHERE e.next_at <= :now::timestamptz AND journeys.state IN ('active', 'paused', 'failed')
ORDER BY e.next_at, e.bucket, e.journey_id, e.step;

-- name: list_visits
-- The visits of an experiment in one bucket: every run of the journey is looked at, as no index tells who reached a step.
SELECT runs.contact_id, traces.entry ->> 'path' AS path, traces.at
FROM runs
JOIN traces ON traces.bucket = runs.bucket AND traces.run_id = runs.id
WHERE runs.bucket = :bucket::smallint AND runs.journey_id = :journey_id::uuid AND runs.version >= :version::integer
  AND traces.entry ->> 'step' = :step::text AND traces.entry ->> 'path' = ANY (:paths::text[])
  AND traces.at >= :since::timestamptz;

-- name: list_goals
-- When these contacts did what an experiment is after, with what its condition reads, in order of time.
SELECT facts.contact_id, facts.occurred_at, facts.properties, contacts.attributes
FROM facts
JOIN contacts ON contacts.bucket = facts.bucket AND contacts.id = facts.contact_id
WHERE facts.bucket = :bucket::smallint AND facts.contact_id = ANY (:contact_ids::uuid[])
  AND facts.name = :name::text AND facts.occurred_at >= :since::timestamptz AND facts.received_at >= :since::timestamptz
ORDER BY facts.occurred_at, facts."offset";

-- name: find_since
-- When the version was published from which on an experiment is what it is.
SELECT published_at FROM journey_versions WHERE journey_id = :journey_id::uuid AND number = :number::integer;

-- name: record_measured
-- What was measured, and when it is measured next.
UPDATE experiments SET began_at = :began_at::timestamptz, measured_at = :now::timestamptz, next_at = :next_at::timestamptz,
  figures = :figures::jsonb
WHERE bucket = :bucket::smallint AND journey_id = :journey_id::uuid AND step = :step::text AND since = :since::integer;

-- name: record_winner
-- The path that has won, once.
UPDATE experiments SET winner = :winner::text, decided_at = :now::timestamptz
WHERE bucket = :bucket::smallint AND journey_id = :journey_id::uuid AND step = :step::text AND since = :since::integer
  AND winner IS NULL;
