-- What the tools ask of a demo's database; the product never runs these.

-- name: set_list_language
-- Lists speak this language from now on, and so do the public pages of every message that they sent.
UPDATE lists SET language = :language::text;
