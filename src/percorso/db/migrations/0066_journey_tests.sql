-- Tests that a journey carries: stories and what must come of them, run before its draft is published.
SET LOCAL lock_timeout = '5s';

ALTER TABLE journeys ADD COLUMN tests jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(tests) = 'array');

DO $$
BEGIN
    -- Written with the draft, by whoever may write that.
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'percorso_narrowed') THEN
        GRANT UPDATE (tests) ON journeys TO percorso_narrowed;
    END IF;
END $$;
