-- Days of seen message ids go when they are past their time.
SET LOCAL lock_timeout = '5s';

CREATE FUNCTION drop_day_of_seen(day date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TABLE IF EXISTS %I', 'seen_' || to_char(day, 'YYYYMMDD'));
END $$;
