-- name: list_lowered_letters
-- The letters beyond ASCII that this server turns into another one by lower(); all cased ones lie below U+20000.
SELECT chr(code) AS upper, lower(chr(code)) AS lower
FROM generate_series(128, 131071) AS code
WHERE code NOT BETWEEN 55296 AND 57343 AND lower(chr(code)) <> chr(code);
