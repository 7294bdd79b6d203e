-- name: find_newest_moment
-- The latest product time that anything was received or applied at; null before the first.
SELECT greatest(
  (SELECT nullif(max(received_at), '-infinity') FROM heads),
  (SELECT nullif(max(advanced_at), '-infinity') FROM cursors)
);

-- name: get_clock_row
-- The clock as it was last set; after a crash that is the last that is known of product time.
SELECT product_at, clock_timestamp() AS present FROM clocks WHERE id = 1;
