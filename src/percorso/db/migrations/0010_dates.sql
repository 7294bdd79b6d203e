-- How conditions read dates that are stored as text. percorso.conditions.dates says the same in Python, and a
-- test holds the two together. `places` are the numbers of the pattern's groups for year, month, day, hour,
-- minute, second, fraction, zone; 0 for what the format does not hold.
SET LOCAL lock_timeout = '5s';

-- The date in a text, or null. Without a year it is read in 2000, which has a 29 February.
CREATE FUNCTION read_date(value text, pattern text, places integer[]) RETURNS date
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    parts text[] := regexp_match(value, '^(?:' || pattern || ')$');
    year integer;
    month integer;
    day integer;
BEGIN
    IF parts IS NULL THEN
        RETURN NULL;
    END IF;
    year := CASE WHEN places[1] = 0 THEN 2000 ELSE parts[places[1]]::integer END;
    month := parts[places[2]]::integer;
    day := parts[places[3]]::integer;
    IF year NOT BETWEEN 2 AND 9998 OR month NOT BETWEEN 1 AND 12 OR day NOT BETWEEN 1 AND 31
        OR day > extract(day FROM make_date(year, month, 1) + interval '1 month' - interval '1 day')
    THEN
        RETURN NULL;
    END IF;
    RETURN make_date(year, month, day);
END $$;

-- The moment in a text, or null. Without an offset it is local to the zone: the first of two moments; counted on
-- with the offset from before where it does not exist.
CREATE FUNCTION read_instant(value text, pattern text, places integer[], zone text) RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    parts text[] := regexp_match(value, '^(?:' || pattern || ')$');
    day date := read_date(value, pattern, places);
    hour integer;
    minute integer;
    second integer;
    microsecond integer;
    offset_text text;
    digits text;
    local timestamp;
    late timestamptz;
    early timestamptz;
BEGIN
    IF day IS NULL THEN
        RETURN NULL;
    END IF;
    hour := coalesce(parts[nullif(places[4], 0)], '0')::integer;
    minute := coalesce(parts[nullif(places[5], 0)], '0')::integer;
    second := coalesce(parts[nullif(places[6], 0)], '0')::integer;
    IF hour > 23 OR minute > 59 OR second > 59 THEN
        RETURN NULL;
    END IF;
    microsecond := left(rpad(coalesce(parts[nullif(places[7], 0)], '0'), 6, '0'), 6)::integer;
    local := day + make_interval(hours => hour, mins => minute, secs => second)
        + microsecond * interval '1 microsecond';
    offset_text := parts[nullif(places[8], 0)];
    IF offset_text IN ('Z', 'z') THEN
        RETURN local AT TIME ZONE 'UTC';
    END IF;
    IF offset_text IS NOT NULL THEN
        digits := rpad(replace(substr(offset_text, 2), ':', ''), 4, '0');
        IF left(digits, 2)::integer > 15 OR right(digits, 2)::integer > 59 THEN
            RETURN NULL;
        END IF;
        RETURN (local - (left(offset_text, 1) || left(digits, 2) || ':' || right(digits, 2))::interval)
            AT TIME ZONE 'UTC';
    END IF;
    -- PostgreSQL takes the second of two moments; the first has the offset of the day before.
    late := local AT TIME ZONE zone;
    early := late - interval '24 hours';
    early := (local - ((early AT TIME ZONE zone) - (early AT TIME ZONE 'UTC'))) AT TIME ZONE 'UTC';
    RETURN CASE WHEN early AT TIME ZONE zone = local THEN least(early, late) ELSE late END;
END $$;
