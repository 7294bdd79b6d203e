-- name: get_clock
-- The clock row beside the database's own present (clock_timestamp is the one reading of real time in SQL).
SELECT real_at, product_at, rate, clock_timestamp() AS present FROM clocks WHERE id = 1;

-- name: set_clock
-- Product time jumps to :product_at and goes on at :rate.
INSERT INTO clocks (id, real_at, product_at, rate)
VALUES (1, clock_timestamp(), :product_at::timestamptz, :rate::double precision)
ON CONFLICT (id) DO UPDATE SET real_at = excluded.real_at, product_at = excluded.product_at, rate = excluded.rate;

-- name: anchor_clock
-- Product time goes on from where it is at :rate; the row then says the present, for whoever finds it after a crash.
WITH moment AS MATERIALIZED (SELECT clock_timestamp() AS present)
UPDATE clocks SET
  real_at = moment.present,
  product_at = clocks.product_at + (moment.present - clocks.real_at) * clocks.rate,
  rate = :rate::double precision
FROM moment WHERE clocks.id = 1
RETURNING clocks.product_at;

-- name: has_role
-- Whether this connection may become `role`; roles are the server's, not the database's.
SELECT EXISTS (
  SELECT FROM pg_roles
  WHERE rolname = :role::text AND pg_has_role(current_user, oid, 'member')
);

-- name: enter_workspace
-- Binds the policies of this transaction to one workspace.
SELECT set_config('percorso.workspace', :workspace_id::text, true);

-- name: become_request_role
-- Gives up the owner's exemption from row-level security until this transaction ends.
SET LOCAL ROLE percorso_request;

-- name: enter_narrowed
-- Binds the policies of this transaction to one workspace, and to some of its lists and nodes: an array, or all.
SELECT set_config('percorso.workspace', :workspace_id::text, true), set_config('percorso.lists', :lists::text, true),
  set_config('percorso.nodes', :nodes::text, true);

-- name: become_narrowed_role
-- As become_request_role, with the policies and the few rights of members who are narrowed (migration 0063).
SET LOCAL ROLE percorso_narrowed;

-- name: create_migrations
-- The runner's own table, which no migration file can make.
CREATE TABLE IF NOT EXISTS migrations (
  number integer PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- name: lock_migrations
-- Lets one runner at a time go on; others wait here and then find the work done.
LOCK TABLE migrations IN SHARE ROW EXCLUSIVE MODE;

-- name: list_migrations
-- The files that were applied, in order.
SELECT number, name, checksum FROM migrations ORDER BY number;

-- name: record_migration
-- Notes that a file was applied, in the same transaction as its effects.
INSERT INTO migrations (number, name, checksum) VALUES (:number::integer, :name::text, :checksum::text);

-- name: get_server_version
-- The server's version as a number, e.g. 180006.
SELECT current_setting('server_version_num')::integer;

-- name: has_migrations
-- Whether the runner has ever been here.
SELECT to_regclass('migrations') IS NOT NULL;

-- name: get_lag
-- Facts between the worker's cursors and the heads, over all buckets.
SELECT coalesce(sum(heads."offset" - cursors."offset"), 0)::bigint FROM heads JOIN cursors USING (bucket);

-- name: count_set_aside
-- Facts, runs and moments that the worker gave up.
SELECT count(*) FROM set_aside WHERE set_aside_at IS NOT NULL;

-- name: list_set_aside
-- The newest of them, as a sentence needs them.
SELECT set_aside_at, bucket, "offset", run_id, segment_id, due_at, contact_id, error
FROM set_aside WHERE set_aside_at IS NOT NULL
ORDER BY set_aside_at DESC, bucket, id
LIMIT :maximum::integer;

-- name: send_hint
-- Tells who listens that there may be something to do; outside any transaction, so that no commit waits for it.
SELECT pg_notify(:channel::text, '');
