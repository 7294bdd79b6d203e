-- Two processes may make the same partition at one moment; IF NOT EXISTS does not cover that race.
SET LOCAL lock_timeout = '5s';

CREATE OR REPLACE FUNCTION ensure_month_of_facts(month date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF facts FOR VALUES FROM (%L) TO (%L)',
        'facts_' || to_char(month, 'YYYYMM'),
        to_char(date_trunc('month', month), 'YYYY-MM-DD') || ' 00:00:00+00',
        to_char(date_trunc('month', month) + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
EXCEPTION WHEN duplicate_table OR unique_violation THEN
    NULL;
END $$;

CREATE OR REPLACE FUNCTION ensure_day_of_seen(day date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF seen FOR VALUES FROM (%L) TO (%L)',
        'seen_' || to_char(day, 'YYYYMMDD'), day, day + 1);
EXCEPTION WHEN duplicate_table OR unique_violation THEN
    NULL;
END $$;
