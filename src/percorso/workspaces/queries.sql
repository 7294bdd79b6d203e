-- name: lock_setup
-- Lets one set-up at a time go on; the second then finds a workspace.
LOCK TABLE workspaces IN SHARE ROW EXCLUSIVE MODE;

-- name: has_workspace
-- Whether the instance was set up.
SELECT EXISTS (SELECT FROM workspaces);

-- name: list_workspaces
-- All workspaces of the instance, oldest first: for the command line, never for a request.
SELECT id, name, time_zone, currency, language FROM workspaces ORDER BY created_at, id;

-- name: insert_workspace
-- A new workspace.
INSERT INTO workspaces (id, name, time_zone, currency, language, created_at)
VALUES (:id::uuid, :name::text, :time_zone::text, :currency::text, :language::text, :created_at::timestamptz);

-- name: insert_node
-- A customer base of a workspace.
INSERT INTO nodes (id, workspace_id, name) VALUES (:id::uuid, :workspace_id::uuid, :name::text);

-- name: insert_list
-- A subscription list with its sender.
INSERT INTO lists (id, workspace_id, name, sender_name, sender_address, reply_to, sms_sender,
  time_zone, language, created_at)
VALUES (:id::uuid, :workspace_id::uuid, :name::text, :sender_name::text, :sender_address::text, NULL,
  :sms_sender::text, :time_zone::text, :language::text, :created_at::timestamptz);

-- name: list_lists
-- The lists of a workspace by name.
SELECT id, name, sender_name, sender_address, reply_to, sms_sender, time_zone, language, opt_in, tracks_opens,
  tracks_clicks, confirmation_template_id, welcome_template_id, has_welcome, created_at
FROM lists WHERE workspace_id = :workspace_id::uuid ORDER BY name, id;

-- name: find_workspace_ways
-- What a list has from its workspace unless it says otherwise.
SELECT time_zone, language FROM workspaces WHERE id = :workspace_id::uuid;

-- name: create_list
-- A list as somebody wants it; no row where another of the workspace is called so.
INSERT INTO lists (id, workspace_id, name, sender_name, sender_address, reply_to, sms_sender, time_zone, language,
  opt_in, tracks_opens, tracks_clicks, confirmation_template_id, welcome_template_id, has_welcome, created_at)
VALUES (:id::uuid, :workspace_id::uuid, :name::text, :sender_name::text, :sender_address::text, :reply_to::text,
  :sms_sender::text, :time_zone::text, :language::text, :opt_in::text, :tracks_opens::boolean,
  :tracks_clicks::boolean, :confirmation_template_id::uuid, :welcome_template_id::uuid, :has_welcome::boolean,
  :created_at::timestamptz)
ON CONFLICT (workspace_id, lower(name)) DO NOTHING
RETURNING id;

-- name: lock_list
-- Lets one change of a list at a time go on.
SELECT true FROM lists WHERE id = :id::uuid AND workspace_id = :workspace_id::uuid FOR UPDATE;

-- name: is_list_named
-- Whether another list of the workspace is called so.
SELECT EXISTS (SELECT FROM lists
  WHERE workspace_id = :workspace_id::uuid AND lower(name) = lower(:name::text) AND id <> :id::uuid);

-- name: write_list
-- A list as it is from now on.
UPDATE lists SET name = :name::text, sender_name = :sender_name::text, sender_address = :sender_address::text,
  reply_to = :reply_to::text, sms_sender = :sms_sender::text, time_zone = :time_zone::text,
  language = :language::text, opt_in = :opt_in::text, tracks_opens = :tracks_opens::boolean,
  tracks_clicks = :tracks_clicks::boolean, confirmation_template_id = :confirmation_template_id::uuid,
  welcome_template_id = :welcome_template_id::uuid, has_welcome = :has_welcome::boolean
WHERE id = :id::uuid AND workspace_id = :workspace_id::uuid;

-- name: insert_user
-- A new user; no row when the address is taken.
INSERT INTO users (id, email, name, password_hash, language, created_at)
VALUES (:id::uuid, :email::text, :name::text, :password_hash::text, :language::text, :created_at::timestamptz)
ON CONFLICT (lower(email)) DO NOTHING;

-- name: set_password
-- A new hash for the user with this address.
UPDATE users SET password_hash = :password_hash::text WHERE lower(email) = lower(:email::text) RETURNING id;

-- name: insert_role
-- What a user may do in a workspace, and in which lists and nodes; null: in all of them.
INSERT INTO roles (workspace_id, user_id, role, list_ids, node_ids)
VALUES (:workspace_id::uuid, :user_id::uuid, :role::text, :list_ids::uuid[], :node_ids::uuid[]);

-- name: lock_roles
-- Who may what in a workspace, held until the transaction ends: members are changed one after the other.
SELECT user_id, role FROM roles WHERE workspace_id = :workspace_id::uuid ORDER BY user_id FOR UPDATE;

-- name: write_role
-- What a user may do from now on, and where.
UPDATE roles SET role = :role::text, list_ids = :list_ids::uuid[], node_ids = :node_ids::uuid[]
WHERE workspace_id = :workspace_id::uuid AND user_id = :user_id::uuid;

-- name: list_nodes
-- The nodes of a workspace by name.
SELECT id, name FROM nodes WHERE workspace_id = :workspace_id::uuid ORDER BY name, id;

-- name: list_users
-- The users of a workspace with their roles, by address.
SELECT users.id, users.email, users.name, users.language, roles.role, roles.list_ids, roles.node_ids, users.created_at
FROM roles JOIN users ON users.id = roles.user_id
WHERE roles.workspace_id = :workspace_id::uuid
ORDER BY lower(users.email);

-- name: find_password
-- The hash to check an attempt against, and the workspace that was joined first.
SELECT users.id, users.password_hash, roles.workspace_id
FROM users
JOIN roles ON roles.user_id = users.id
JOIN workspaces ON workspaces.id = roles.workspace_id
WHERE lower(users.email) = lower(:email::text)
ORDER BY workspaces.created_at, workspaces.id
LIMIT 1;

-- name: lock_attempts
-- Attempts are counted and recorded one after the other, so that many at once cannot all be the last allowed.
LOCK TABLE sign_in_attempts IN SHARE ROW EXCLUSIVE MODE;

-- name: count_failures
-- Failed attempts since a moment, for one email and from one network address.
SELECT
  count(*) FILTER (WHERE email_hash = :email_hash::bytea) AS email_failures,
  count(*) FILTER (WHERE address = :address::text) AS address_failures
FROM sign_in_attempts
WHERE attempted_at > :since::timestamptz AND NOT succeeded
  AND (email_hash = :email_hash::bytea OR address = :address::text);

-- name: record_attempt
-- An attempt counts as failed from the start; success is noted later.
INSERT INTO sign_in_attempts (email_hash, address, attempted_at, succeeded)
VALUES (:email_hash::bytea, :address::text, :attempted_at::timestamptz, false);

-- name: clear_failures
-- The right password was given: this email starts afresh.
UPDATE sign_in_attempts SET succeeded = true
WHERE email_hash = :email_hash::bytea AND attempted_at > :since::timestamptz AND NOT succeeded;

-- name: delete_attempts
-- Attempts too old to count.
DELETE FROM sign_in_attempts WHERE attempted_at <= :before::timestamptz;

-- name: insert_session
-- A browser signed in.
INSERT INTO sessions (token_hash, user_id, workspace_id, csrf_token, created_at, seen_at, expires_at)
VALUES (:token_hash::bytea, :user_id::uuid, :workspace_id::uuid, :csrf_token::text,
  :created_at::timestamptz, :created_at::timestamptz, :expires_at::timestamptz);

-- name: find_session
-- The session in force behind a token, with the role as it stands now: a role taken away ends it at once.
SELECT sessions.csrf_token, sessions.seen_at, roles.role, roles.list_ids, roles.node_ids,
  users.id AS user_id, users.email, users.name AS user_name, users.language AS user_language,
  workspaces.id AS workspace_id, workspaces.name AS workspace_name, workspaces.time_zone,
  workspaces.currency, workspaces.language AS workspace_language
FROM sessions
JOIN users ON users.id = sessions.user_id
JOIN roles ON roles.user_id = sessions.user_id AND roles.workspace_id = sessions.workspace_id
JOIN workspaces ON workspaces.id = sessions.workspace_id
WHERE sessions.token_hash = :token_hash::bytea AND sessions.revoked_at IS NULL
  AND sessions.expires_at > :present::timestamptz AND sessions.seen_at > :idle_since::timestamptz;

-- name: list_sessions
-- The sessions of a user that are in force, the last used first.
SELECT token_hash, created_at, seen_at, expires_at FROM sessions
WHERE user_id = :user_id::uuid AND revoked_at IS NULL
  AND expires_at > :present::timestamptz AND seen_at > :idle_since::timestamptz
ORDER BY seen_at DESC, token_hash;

-- name: touch_session
-- The session was used.
UPDATE sessions SET seen_at = :present::timestamptz WHERE token_hash = :token_hash::bytea;

-- name: revoke_session
-- The session ends at its next request.
UPDATE sessions SET revoked_at = :present::timestamptz
WHERE token_hash = :token_hash::bytea AND revoked_at IS NULL;

-- name: revoke_sessions
-- Every session of a user ends at its next request.
UPDATE sessions SET revoked_at = :present::timestamptz
WHERE user_id = :user_id::uuid AND revoked_at IS NULL;

-- name: insert_key
-- A new API key.
INSERT INTO api_keys (id, workspace_id, node_id, name, kind, scopes, token_hash, prefix, created_at)
VALUES (:id::uuid, :workspace_id::uuid, :node_id::uuid, :name::text, :kind::text, :scopes::text[],
  :token_hash::bytea, :prefix::text, :created_at::timestamptz);

-- name: find_key
-- The key in force behind a token.
SELECT id, workspace_id, node_id, name, kind, scopes, prefix, created_at, revoked_at
FROM api_keys WHERE token_hash = :token_hash::bytea AND revoked_at IS NULL;

-- name: list_keys
-- The keys of a workspace, newest first, revoked ones too.
SELECT id, workspace_id, node_id, name, kind, scopes, prefix, created_at, revoked_at
FROM api_keys WHERE workspace_id = :workspace_id::uuid ORDER BY created_at DESC, id;

-- name: revoke_key
-- The key stops; repeating keeps the first moment.
UPDATE api_keys SET revoked_at = coalesce(revoked_at, :present::timestamptz)
WHERE id = :id::uuid AND workspace_id = :workspace_id::uuid;

-- name: find_node
-- The first node of a workspace.
SELECT id FROM nodes WHERE workspace_id = :workspace_id::uuid ORDER BY name, id LIMIT 1;

-- name: insert_instance_key
-- A key of the instance itself; the first one made under an id stays.
INSERT INTO instance_keys (id, purpose, secret, created_at)
VALUES (:id::text, :purpose::text, :secret::bytea, :created_at::timestamptz)
ON CONFLICT (id) DO NOTHING;

-- name: find_instance_key
-- The secret under an id.
SELECT secret FROM instance_keys WHERE id = :id::text;

-- name: insert_audit_record
-- What somebody did that somebody else may ask about later; never changed.
INSERT INTO audit_records (id, workspace_id, at, caller, action, subject, detail)
VALUES (:id::uuid, :workspace_id::uuid, :at::timestamptz, :caller::text, :action::text, :subject::text,
  :detail::jsonb);

-- name: list_audit_records
-- The newest lines of the audit, with what keys and lists are called, revoked ones too.
SELECT a.id, a.at, a.caller, a.action, a.subject, a.detail, k.name AS caller_name, l.name AS subject_name
FROM audit_records AS a
LEFT JOIN api_keys AS k ON k.workspace_id = a.workspace_id AND a.caller = 'key:' || k.id
LEFT JOIN lists AS l ON l.workspace_id = a.workspace_id AND a.action LIKE 'list.%' AND a.subject = l.id::text
WHERE a.workspace_id = :workspace_id::uuid
ORDER BY a.at DESC, a.id
LIMIT :size::integer;

-- name: read_event_settings
-- How strict a workspace is, and what counts as abandoned.
SELECT strict, cart_minutes, session_minutes FROM workspaces WHERE id = :workspace_id::uuid;

-- name: write_event_settings
-- The same, as it is given.
UPDATE workspaces SET strict = :strict::boolean, cart_minutes = :cart_minutes::integer,
  session_minutes = :session_minutes::integer
WHERE id = :workspace_id::uuid;

-- name: list_holiday_days
-- The holiday calendar of a workspace.
SELECT day, name FROM holiday_days WHERE workspace_id = :workspace_id::uuid ORDER BY day;

-- name: list_calendars
-- The days of the calendars of these workspaces, of all where none is named.
SELECT workspace_id, day FROM holiday_days
WHERE :workspace_ids::uuid[] IS NULL OR workspace_id = ANY(:workspace_ids);

-- name: delete_holiday_days
-- The calendar of a workspace, before it is written anew.
DELETE FROM holiday_days WHERE workspace_id = :workspace_id::uuid;

-- name: insert_holiday_days
-- The calendar of a workspace.
INSERT INTO holiday_days (workspace_id, day, name)
SELECT :workspace_id::uuid, day, name FROM unnest(:days::date[], :names::text[]) AS given (day, name);

-- name: needs_approval
-- Whether a second person approves what is published.
SELECT needs_approval FROM workspaces WHERE id = :workspace_id::uuid;

-- name: write_needs_approval
-- The same, as it is given.
UPDATE workspaces SET needs_approval = :needs::boolean WHERE id = :workspace_id::uuid;
