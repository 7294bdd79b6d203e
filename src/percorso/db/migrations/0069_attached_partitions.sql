-- Partitions are made by themselves and attached: PARTITION OF locks out everybody who reads or writes the parent, so
-- that whoever made room waited for the longest question, all appends waited for that one, and two who had read before
-- waited for each other. Attaching waits for nobody but another who attaches.
SET LOCAL lock_timeout = '5s';

CREATE FUNCTION attach_partition(parent regclass, part text, since text, until text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass(quote_ident(part)) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %s INCLUDING ALL)', part, parent);
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, part, since, until);
EXCEPTION WHEN duplicate_table OR unique_violation THEN
    NULL; -- Somebody else made it meanwhile.
END $$;

CREATE OR REPLACE FUNCTION ensure_month_of_facts(month date) RETURNS void LANGUAGE sql AS $$
    SELECT attach_partition('facts', 'facts_' || to_char(month, 'YYYYMM'),
        to_char(date_trunc('month', month), 'YYYY-MM-DD') || ' 00:00:00+00',
        to_char(date_trunc('month', month) + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
$$;

CREATE OR REPLACE FUNCTION ensure_week_of_seen(day date) RETURNS void LANGUAGE sql AS $$
    SELECT attach_partition('seen', 'seen_' || to_char(date_trunc('week', day), 'YYYYMMDD'),
        date_trunc('week', day)::date::text, (date_trunc('week', day)::date + 7)::text);
$$;
