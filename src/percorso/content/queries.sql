-- name: insert_template
-- A template, with the version that is about to be written.
INSERT INTO templates (id, workspace_id, list_id, name, kind, class, version, created_at, modified_at)
VALUES (:id::uuid, :workspace_id::uuid, :list_id::uuid, :name::text, :kind::text, :class::text, 1,
    :now::timestamptz, :now);

-- name: advance_template
-- The template's next version; its row stays locked until that is written.
UPDATE templates
SET version = version + 1, name = :name::text, class = :class::text, modified_at = :now::timestamptz
WHERE id = :id::uuid AND workspace_id = :workspace_id::uuid AND kind = :kind::text
RETURNING version, list_id;

-- name: insert_version
-- A version is written once and never changed.
INSERT INTO template_versions (template_id, number, subject, html, body, link, image, created_at)
VALUES (:template_id::uuid, :number::integer, :subject::text, :html::text, :body::text, :link::text, :image::text,
    :now::timestamptz);

-- name: insert_links
-- The places of a version that can be tracked.
INSERT INTO links (template_id, number, position, url, tracked)
SELECT :template_id::uuid, :number::integer, position, url, tracked
FROM unnest(:positions::integer[], :urls::text[], :tracked::boolean[]) AS found (position, url, tracked);

-- name: find_list_language
-- In which language a list speaks.
SELECT language FROM lists WHERE id = :list_id::uuid AND workspace_id = :workspace_id::uuid;

-- name: list_current_versions
-- The version that each template stands at.
SELECT id AS template_id, version AS number FROM templates WHERE id = ANY (:template_ids::uuid[]);

-- name: find_version
-- One version with the template it belongs to.
SELECT t.id AS template_id, v.number, t.workspace_id, t.list_id, t.name, t.kind, t.class, v.subject, v.html, v.body,
    v.link, v.image
FROM templates AS t
JOIN template_versions AS v ON v.template_id = t.id
WHERE t.id = :template_id::uuid AND v.number = :number::integer;

-- name: list_links
-- The links of a version, in order.
SELECT position, url, tracked FROM links
WHERE template_id = :template_id::uuid AND number = :number::integer
ORDER BY position;

-- name: list_templates
-- A workspace's templates with what they stand at, by name.
SELECT t.id AS template_id, t.version AS number, t.workspace_id, t.list_id, t.name, t.kind, t.class, v.subject, v.html,
    v.body, v.link, v.image
FROM templates AS t
JOIN template_versions AS v ON v.template_id = t.id AND v.number = t.version
WHERE t.workspace_id = :workspace_id::uuid
ORDER BY t.name, t.id;


-- name: list_link_keys
-- All keys for public links: old links stay readable.
SELECT id, secret FROM instance_keys WHERE purpose = 'public_links' ORDER BY created_at, id;

-- name: has_template
-- Whether a template is there.
SELECT true FROM templates WHERE id = :id::uuid;

-- name: lock_list
-- Lets one at a time make the templates that a list has from Percorso.
SELECT true FROM lists WHERE id = :list_id::uuid FOR UPDATE;

-- name: list_classes
-- Whether templates are of marketing.
SELECT id, class FROM templates WHERE id = ANY (:ids::uuid[]);
