-- An erasure waits for files that were on their way when it was asked for: they may name who is erased.
SET LOCAL lock_timeout = '5s';

-- Imports whose file was not all here.
ALTER TABLE contact_marks ADD COLUMN uploads uuid[] NOT NULL DEFAULT '{}';
