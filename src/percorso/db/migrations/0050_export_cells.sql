-- Cells of an export, made where the values lie.
SET LOCAL lock_timeout = '5s';

-- What was said, as a cell that no spreadsheet takes for a formula: the rule of `imports/formulas.py`. `kind` is the
-- JSON type of the value. What a cell cannot hold as it is begins with chr(1) and is finished by `imports/exporting.py`:
-- the JSON of a list or object, or a text that begins with chr(1) itself. Most cells show by their first letter that
-- nothing is the matter: of a statement that calls this, the planner makes one comparison.
CREATE FUNCTION export_cell(said text, kind text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE
    WHEN ascii(said) <> ALL ('{1,9,13,39,43,45,61,64,91,123,65291,65293,65309,65312}'::integer[]) THEN said
    WHEN kind IN ('array', 'object') THEN chr(1) || said
    WHEN kind <> 'string' THEN said
    WHEN ascii(said) = 1 THEN chr(1) || said
    WHEN said ~ E'^''*[-=+@\t\r＝＋－＠]' THEN '''' || said
    ELSE said
END
$$;

-- A moment as a cell: UTC, with microseconds where there are any.
CREATE FUNCTION export_moment(moment timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
SELECT replace(to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z')
$$;
