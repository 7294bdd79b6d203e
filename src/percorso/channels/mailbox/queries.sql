-- name: insert_mail
-- Keeps what arrived, once.
INSERT INTO mailbox (id, workspace_id, channel, received_at, sender, recipient, subject, message_id, raw)
VALUES (:id::uuid, :workspace_id::uuid, :channel::text, :received_at::timestamptz, :sender::text,
    :recipient::text, :subject::text, :message_id::uuid, :raw::bytea)
ON CONFLICT (id) DO NOTHING;

-- name: list_mail
-- One page, newest first, of one workspace; `before` is the last row of the page before.
SELECT id, channel, received_at, sender, recipient, subject, message_id
FROM mailbox
WHERE workspace_id = :workspace_id::uuid
    AND (:channel::text IS NULL OR channel = :channel)
    AND (:recipient::text IS NULL OR lower(recipient) = lower(:recipient))
    AND (:before_at::timestamptz IS NULL OR (received_at, id) < (:before_at, :before_id::uuid))
ORDER BY received_at DESC, id DESC
LIMIT :size::integer;

-- name: find_mail
-- One item, whole.
SELECT id, channel, received_at, sender, recipient, subject, message_id, raw
FROM mailbox
WHERE workspace_id = :workspace_id::uuid AND id = :id::uuid;

-- name: delete_mail
-- What arrived of messages whose contact was erased.
DELETE FROM mailbox WHERE message_id = ANY(:message_ids::uuid[]);
