-- name: find_newest_moment
-- The latest product time that anything was received or applied at; null before the first.
SELECT greatest(
  (SELECT nullif(max(received_at), '-infinity') FROM heads),
  (SELECT nullif(max(advanced_at), '-infinity') FROM cursors)
);

-- name: get_clock_row
-- The clock as it was last set; after a crash that is the last that is known of product time.
SELECT product_at, clock_timestamp() AS present FROM clocks WHERE id = 1;

-- name: find_next_due
-- The next product time at which a run must be judged or a message may leave; null when nothing waits for a time.
SELECT least(
  (SELECT min(runs.due_at) FROM generate_series(0, 255) AS buckets (bucket)
    JOIN LATERAL (
      SELECT due_at FROM runs WHERE runs.bucket = buckets.bucket AND due_at IS NOT NULL ORDER BY due_at LIMIT 1
    ) AS runs ON true),
  (SELECT min(due_at) FROM messages WHERE state IN ('planned', 'due'))
);

-- name: sum_orders
-- How many orders are stored, and what was paid for them.
SELECT count(*) AS events, coalesce(sum((properties #>> '{amount,revenue}')::numeric), 0) AS revenue
FROM facts WHERE name = 'completedOrder';

-- name: count_runs
-- Runs by outcome; those that have not ended are inside.
SELECT coalesce(outcome, 'inside') AS outcome, count(*) AS runs FROM runs GROUP BY 1 ORDER BY 1;

-- name: count_messages
-- Messages by state.
SELECT state, count(*) AS messages FROM messages GROUP BY state ORDER BY state;
