-- name: list_standings
-- How contacts stand with a list and channel, in the order asked: what the gate decides from.
SELECT
    EXISTS (SELECT FROM contact_marks AS e
        WHERE e.bucket = asked.bucket AND e.contact_id = asked.contact_id) AS is_marked,
    ARRAY(SELECT s.reason FROM suppressions AS s
        WHERE s.bucket = asked.bucket AND s.contact_id = asked.contact_id AND s.channel = asked.channel
            AND s.address = asked.address) AS suppressions,
    t.status,
    k.status AND NOT k.limitation AND NOT k.objection AS consent
FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :list_ids::uuid[], :channels::text[], :addresses::text[])
    WITH ORDINALITY AS asked (bucket, contact_id, list_id, channel, address, place)
LEFT JOIN statuses AS t ON t.bucket = asked.bucket AND t.contact_id = asked.contact_id
    AND t.list_id = asked.list_id AND t.channel = asked.channel
LEFT JOIN consents AS k ON k.bucket = asked.bucket AND k.contact_id = asked.contact_id
    AND k.leaf = 'marketing.automatic.' || asked.channel
ORDER BY asked.place;

-- name: list_statuses
-- The newest status of contacts on lists and channels, by place in the arrays from 1; without one, no row.
SELECT asked.place, s.status, s.changed_at
FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :list_ids::uuid[], :channels::text[])
    WITH ORDINALITY AS asked (bucket, contact_id, list_id, channel, place)
JOIN statuses AS s ON s.bucket = asked.bucket AND s.contact_id = asked.contact_id
    AND s.list_id = asked.list_id AND s.channel = asked.channel;

-- name: write_statuses
-- The newest status per list and channel; one row per key in one call.
INSERT INTO statuses (bucket, contact_id, list_id, channel, workspace_id, status, source, wording, changed_at)
SELECT * FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :list_ids::uuid[], :channels::text[],
    :workspace_ids::uuid[], :statuses::text[], :sources::text[], :wordings::text[], :changed_ats::timestamptz[])
ON CONFLICT (bucket, contact_id, list_id, channel) DO UPDATE SET
    status = excluded.status, source = excluded.source, wording = excluded.wording,
    changed_at = excluded.changed_at;

-- name: list_last_records
-- The end of each contact's chain of records; a contact without records has no row.
SELECT asked.contact_id, last.number, last.hash
FROM unnest(:buckets::smallint[], :contact_ids::uuid[]) AS asked (bucket, contact_id)
CROSS JOIN LATERAL (
    SELECT r.number, r.hash FROM consent_records AS r
    WHERE r.bucket = asked.bucket AND r.contact_id = asked.contact_id
    ORDER BY r.number DESC
    LIMIT 1
) AS last;

-- name: insert_records
-- What was agreed or refused, chained; never changed.
INSERT INTO consent_records (bucket, contact_id, number, workspace_id, subject, status, source, wording,
    recorded_at, previous_hash, hash, payload_hash)
SELECT * FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :numbers::bigint[], :workspace_ids::uuid[],
    :subjects::text[], :statuses::text[], :sources::text[], :wordings::text[], :recorded_ats::timestamptz[],
    :previous_hashes::bytea[], :hashes::bytea[], :payload_hashes::bytea[]);

-- name: list_records
-- A contact's chain, from its beginning.
SELECT number, workspace_id, subject, status, source, wording, recorded_at, previous_hash, hash, payload_hash
FROM consent_records WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid ORDER BY number;

-- name: list_contact_statuses
-- All statuses of one contact.
SELECT list_id, channel, workspace_id, status, source, wording, changed_at
FROM statuses
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid
ORDER BY list_id, channel;

-- name: list_contact_leaves
-- All consent leaves of one contact.
SELECT leaf, workspace_id, status, limitation, objection, changed_at
FROM consents
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid
ORDER BY leaf;

-- name: unite_suppressions
-- An address that one contact may never be written to is closed for the other too.
INSERT INTO suppressions (bucket, contact_id, channel, address, workspace_id, reason, created_at)
SELECT :into_bucket::smallint, :into_contact_id::uuid, channel, address, workspace_id, reason, created_at
FROM suppressions
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid
ON CONFLICT (bucket, contact_id, channel, address) DO NOTHING;

-- name: delete_statuses
-- Statuses of a contact that is another now; the chain of its proofs stays.
DELETE FROM statuses WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;

-- name: delete_consents
-- Consent leaves of a contact that is another now.
DELETE FROM consents WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;

-- name: delete_suppressions
-- Suppressions of a contact that is another now.
DELETE FROM suppressions WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;

-- name: list_leaves
-- How contacts' consent leaves stand, by place in the arrays from 1; without one, no row.
SELECT asked.place, k.status, k.limitation, k.objection, k.changed_at
FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :leaves::text[])
    WITH ORDINALITY AS asked (bucket, contact_id, leaf, place)
JOIN consents AS k ON k.bucket = asked.bucket AND k.contact_id = asked.contact_id AND k.leaf = asked.leaf;

-- name: write_leaf
-- A consent leaf as it stands from now on.
INSERT INTO consents (bucket, contact_id, leaf, workspace_id, status, limitation, objection, changed_at)
VALUES (:bucket::smallint, :contact_id::uuid, :leaf::text, :workspace_id::uuid, :status::boolean,
    :limitation::boolean, :objection::boolean, :changed_at::timestamptz)
ON CONFLICT (bucket, contact_id, leaf) DO UPDATE SET status = excluded.status, limitation = excluded.limitation,
    objection = excluded.objection, changed_at = excluded.changed_at;

-- name: insert_suppression
-- An address of a contact that is never written to again; gives back whether it was not yet so.
INSERT INTO suppressions (bucket, contact_id, channel, address, workspace_id, reason, created_at)
VALUES (:bucket::smallint, :contact_id::uuid, :channel::text, :address::text, :workspace_id::uuid, :reason::text,
    :created_at::timestamptz)
ON CONFLICT (bucket, contact_id, channel, address) DO NOTHING
RETURNING true AS is_new;

-- name: insert_suppressions
-- Addresses that stay closed for whoever has them next.
INSERT INTO suppressions (bucket, contact_id, channel, address, workspace_id, reason, created_at)
SELECT closed.bucket, closed.contact_id, closed.channel, closed.address, :workspace_id::uuid, closed.reason,
    :created_at::timestamptz
FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :channels::text[], :addresses::text[], :reasons::text[])
    AS closed (bucket, contact_id, channel, address, reason)
ON CONFLICT (bucket, contact_id, channel, address) DO NOTHING;

-- name: delete_suppression
-- The address may be written to again; gives back what had closed it.
DELETE FROM suppressions
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid AND channel = :channel::text
    AND address = :address::text AND workspace_id = :workspace_id::uuid
RETURNING reason;

-- name: list_closed
-- The closed addresses of a contact.
SELECT channel, address, reason FROM suppressions
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid ORDER BY channel, address;

-- name: insert_mark
-- The contact is erased: what the gate and every append read. Its last fact is at this offset.
INSERT INTO contact_marks (bucket, contact_id, workspace_id, marked, marked_at, "offset", uploads)
VALUES (:bucket::smallint, :contact_id::uuid, :workspace_id::uuid, 'erased', :marked_at::timestamptz,
    :offset::bigint, :uploads::uuid[])
ON CONFLICT (bucket, contact_id) DO NOTHING;

-- name: has_mark
-- Whether a contact was erased.
SELECT true FROM contact_marks WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;

-- name: list_pending_erasures
-- Erased contacts whose last fact is applied and whose rows are still to be emptied, the oldest first.
SELECT m.bucket, m.contact_id, m.workspace_id, m."offset", m.marked_at, m.uploads
FROM contact_marks AS m
JOIN cursors ON cursors.bucket = m.bucket AND cursors."offset" >= m."offset"
WHERE m.emptied_at IS NULL
ORDER BY m.marked_at
LIMIT :maximum::integer;

-- name: lock_erasure
-- Takes the emptying of one contact, leaving it to whoever holds it.
SELECT true FROM contact_marks
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid AND emptied_at IS NULL
FOR UPDATE SKIP LOCKED;

-- name: finish_mark
-- Nothing is left of the contact but the mark.
UPDATE contact_marks SET emptied_at = :emptied_at::timestamptz
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;

-- name: empty_records
-- Proofs say what was agreed and when; not by which words, nor how it came about.
UPDATE consent_records SET source = '', wording = ''
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;

-- name: owe_notices
-- Messages that are owed from here on: planned once the bucket is applied up to its head, which the caller has locked.
INSERT INTO notices (bucket, contact_id, list_id, channel, kind, workspace_id, "offset")
SELECT asked.bucket, asked.contact_id, asked.list_id, asked.channel, asked.kind, asked.workspace_id, heads."offset"
FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :list_ids::uuid[], :channels::text[], :kinds::text[],
    :workspace_ids::uuid[]) AS asked (bucket, contact_id, list_id, channel, kind, workspace_id)
JOIN heads ON heads.bucket = asked.bucket
JOIN lists AS l ON l.id = asked.list_id AND l.workspace_id = asked.workspace_id
WHERE asked.kind = 'confirmation' OR l.has_welcome
ORDER BY asked.bucket, asked.contact_id, asked.list_id, asked.channel, asked.kind
ON CONFLICT (bucket, contact_id, list_id, channel, kind) DO UPDATE SET "offset" = excluded."offset";

-- name: list_owed
-- Messages that are owed to contacts who are applied as they stood then, with what decides and what they are made of.
SELECT n.bucket, n.contact_id, n.list_id, n.channel, n.kind, n.workspace_id, n."offset", n.planned_at, n.planned,
    s.status, l.language, l.confirmation_template_id, l.welcome_template_id, l.has_welcome,
    l.sms_sender IS NOT NULL AS sends_sms
FROM notices AS n
JOIN cursors ON cursors.bucket = n.bucket AND cursors."offset" >= n."offset"
JOIN lists AS l ON l.id = n.list_id AND l.workspace_id = n.workspace_id
LEFT JOIN statuses AS s ON s.bucket = n.bucket AND s.contact_id = n.contact_id AND s.list_id = n.list_id
    AND s.channel = n.channel
WHERE n."offset" IS NOT NULL
    AND NOT EXISTS (SELECT FROM moved AS v WHERE v.bucket = n.bucket AND v.contact_id = n.contact_id)
ORDER BY n.bucket, n.contact_id, n.list_id, n.channel, n.kind
LIMIT :maximum::integer;

-- name: settle_notices
-- What is owed no more, unless somebody was faster: planned again, or owed anew.
UPDATE notices AS n
SET "offset" = NULL, planned = told.planned,
    planned_at = CASE WHEN told.planned = 0 THEN NULL WHEN told.planned = told.before THEN n.planned_at
        ELSE :now::timestamptz END
FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :list_ids::uuid[], :channels::text[], :kinds::text[],
    :offsets::bigint[], :before::integer[], :planned::integer[])
    AS told (bucket, contact_id, list_id, channel, kind, "offset", before, planned)
WHERE n.bucket = told.bucket AND n.contact_id = told.contact_id AND n.list_id = told.list_id
    AND n.channel = told.channel AND n.kind = told.kind AND n."offset" = told."offset" AND n.planned = told.before;

-- name: unite_notices
-- What was owed to a contact is owed to the one that it became; what that one was sent before counts for both.
INSERT INTO notices (bucket, contact_id, list_id, channel, kind, workspace_id, "offset", planned_at, planned)
SELECT :into_bucket::smallint, :into_contact_id::uuid, list_id, channel, kind, workspace_id,
    CASE WHEN "offset" IS NOT NULL THEN 0 END, planned_at, planned
FROM notices
WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid
ON CONFLICT (bucket, contact_id, list_id, channel, kind) DO UPDATE SET
    "offset" = coalesce(notices."offset", excluded."offset"),
    planned = greatest(notices.planned, excluded.planned),
    planned_at = greatest(notices.planned_at, excluded.planned_at);

-- name: delete_notices
-- What was owed to a contact that is another now, or nobody.
DELETE FROM notices WHERE bucket = :bucket::smallint AND contact_id = :contact_id::uuid;
