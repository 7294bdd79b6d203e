-- name: get_clock
-- The clock row beside the database's own present (clock_timestamp is the one reading of real time in SQL).
SELECT real_at, product_at, rate, clock_timestamp() AS present FROM clocks WHERE id = 1;

-- name: set_clock
-- Product time jumps to :product_at and goes on at :rate.
INSERT INTO clocks (id, real_at, product_at, rate)
VALUES (1, clock_timestamp(), :product_at::timestamptz, :rate::double precision)
ON CONFLICT (id) DO UPDATE SET real_at = excluded.real_at, product_at = excluded.product_at, rate = excluded.rate;
