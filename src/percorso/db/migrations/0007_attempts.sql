-- A try may end before its mark, and retries are counted from the first one.
SET LOCAL lock_timeout = '5s';

-- null: it ended before the mark, so nothing can have left
ALTER TABLE attempts ALTER COLUMN marked_at DROP NOT NULL;
-- product time
ALTER TABLE attempts ADD COLUMN tried_at timestamptz NOT NULL DEFAULT '-infinity';
ALTER TABLE attempts ALTER COLUMN tried_at DROP DEFAULT;
ALTER TABLE attempts ADD CHECK (marked_at IS NOT NULL OR result IN ('temporary', 'refused'));
