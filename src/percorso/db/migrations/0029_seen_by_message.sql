-- A message id lies in its own bucket, no longer in that of whoever the call was about: who that is may change between
-- a call and its repetition (docs/decisions/0404).
SET LOCAL lock_timeout = '5s';
LOCK TABLE seen IN ACCESS EXCLUSIVE MODE;

CREATE TEMPORARY TABLE seen_before ON COMMIT DROP AS
SELECT DISTINCT workspace_id, message_id, received_on FROM seen;
TRUNCATE seen;
INSERT INTO seen (bucket, workspace_id, message_id, received_on)
SELECT get_byte(sha256(convert_to(message_id, 'UTF8')), 31), workspace_id, message_id, received_on FROM seen_before;
