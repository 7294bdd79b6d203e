-- Which rows a dry run would reject, and what the first others would change.
SET LOCAL lock_timeout = '5s';

-- Null: not tried, or not ready any more. Values of contacts stand in it, so it goes with the file and with them.
ALTER TABLE imports ADD COLUMN foreseen jsonb;
