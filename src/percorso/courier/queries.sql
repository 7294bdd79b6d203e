-- name: list_circumstances
-- Whom messages go to and on whose behalf, in the order asked: contact, list and workspace of each.
SELECT c.id IS NOT NULL AS is_known, c.attributes, c.email, c.phone,
    l.name AS list_name, l.sender_name, l.sender_address, l.reply_to, l.sms_sender, l.language, l.time_zone,
    w.currency
FROM unnest(:buckets::smallint[], :contact_ids::uuid[], :list_ids::uuid[])
    WITH ORDINALITY AS asked (bucket, contact_id, list_id, place)
JOIN lists AS l ON l.id = asked.list_id
JOIN workspaces AS w ON w.id = l.workspace_id
LEFT JOIN contacts AS c ON c.bucket = asked.bucket AND c.id = asked.contact_id
ORDER BY asked.place;
