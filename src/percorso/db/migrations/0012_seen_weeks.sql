-- Message ids by the week instead of the day: seven days lie in two partitions, not in eight, and each id that
-- comes in is looked for in every one of them.
SET LOCAL lock_timeout = '5s';

DROP FUNCTION ensure_day_of_seen(date);
DROP FUNCTION drop_day_of_seen(date);

CREATE FUNCTION ensure_week_of_seen(day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    monday constant date := date_trunc('week', day)::date;
BEGIN
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF seen FOR VALUES FROM (%L) TO (%L)',
        'seen_' || to_char(monday, 'YYYYMMDD'), monday, monday + 7);
EXCEPTION WHEN duplicate_table OR unique_violation THEN
    NULL;
END $$;

CREATE FUNCTION drop_week_of_seen(monday date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TABLE IF EXISTS %I', 'seen_' || to_char(monday, 'YYYYMMDD'));
END $$;

-- What was seen stays known.
CREATE TEMPORARY TABLE seen_before ON COMMIT DROP AS SELECT * FROM seen;
DO $$
DECLARE
    partition regclass;
    day date;
BEGIN
    FOR partition IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'seen'::regclass LOOP
        EXECUTE format('DROP TABLE %s', partition);
    END LOOP;
    FOR day IN SELECT DISTINCT received_on FROM seen_before LOOP
        PERFORM ensure_week_of_seen(day);
    END LOOP;
END $$;
INSERT INTO seen SELECT * FROM seen_before;
