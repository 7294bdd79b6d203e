"""What can be done with workspaces, users, sessions and keys: each is part of one transaction.

`present` is real time: sessions, attempts and keys do not live in product time (architecture §9.1).
"""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID, uuid4

from percorso.db import Connection
from percorso.workspaces.errors import (
    AlreadySetUpError,
    EmailTakenError,
    NotSetUpError,
    UnknownKeyError,
    UnknownSessionError,
    UnknownUserError,
    UnknownWorkspaceError,
)
from percorso.workspaces.members import check_narrowing
from percorso.workspaces.model import (
    ALL_SCOPES,
    SESSION_LASTS,
    TRACK,
    WHOLE,
    ApiKey,
    KeyKind,
    Language,
    Narrowing,
    Role,
    Setup,
)
from percorso.workspaces.secrets import hash_password, hash_token, make_key, make_token, shown_prefix
from percorso.workspaces.store import has_workspace, list_keys, list_sessions, queries


async def set_up_instance(
    connection: Connection,
    *,
    workspace_name: str,
    list_name: str,
    sender_address: str,
    sms_sender: str | None,
    email: str,
    name: str,
    password: str,
    language: Language,
    time_zone: str,
    currency: str,
    present: datetime,
) -> Setup:
    """Make the first workspace, node, list and owner, once (locks `workspaces`); then AlreadySetUpError."""
    await queries.execute(connection, "lock_setup")
    if await has_workspace(connection):
        raise AlreadySetUpError
    made = Setup(workspace_id=uuid4(), node_id=uuid4(), list_id=uuid4(), user_id=uuid4())
    common = {"language": language, "time_zone": time_zone, "created_at": present}
    await queries.execute(
        connection, "insert_workspace", id=made.workspace_id, name=workspace_name, currency=currency, **common
    )
    await _insert_node(connection, made, workspace_name)
    await queries.execute(
        connection,
        "insert_list",
        id=made.list_id,
        workspace_id=made.workspace_id,
        name=list_name,
        sender_name=workspace_name,
        sender_address=sender_address,
        sms_sender=sms_sender,
        **common,
    )
    await create_user(
        connection,
        user_id=made.user_id,
        workspace_id=made.workspace_id,
        email=email,
        name=name,
        password=password,
        role="owner",
        language=language,
        present=present,
    )
    return made


async def _insert_node(connection: Connection, made: Setup, name: str) -> None:
    await queries.execute(
        connection, "insert_node", id=made.node_id, workspace_id=made.workspace_id, name=name
    )


async def create_user(
    connection: Connection,
    *,
    workspace_id: UUID,
    email: str,
    name: str,
    password: str,
    role: Role,
    language: Language,
    present: datetime,
    user_id: UUID | None = None,
    narrowing: Narrowing = WHOLE,
) -> UUID:
    """Make a user with a role and return its id; raises EmailTakenError, WeakPasswordError, NarrowingError."""
    await check_narrowing(connection, workspace_id, role, narrowing)
    user_id = user_id or uuid4()
    made = await queries.execute(
        connection,
        "insert_user",
        id=user_id,
        email=email,
        name=name,
        password_hash=hash_password(password),
        language=language,
        created_at=present,
    )
    if not made:
        raise EmailTakenError(email)
    await queries.execute(
        connection,
        "insert_role",
        workspace_id=workspace_id,
        user_id=user_id,
        role=role,
        list_ids=narrowing.lists,
        node_ids=narrowing.nodes,
    )
    return user_id


async def set_password(connection: Connection, *, email: str, password: str, present: datetime) -> UUID:
    """Give the user with this address a new password, end their sessions, and return their id.

    Raises UnknownUserError, WeakPasswordError.
    """
    user_id = await queries.fetch_value(
        connection, "set_password", email=email, password_hash=hash_password(password)
    )
    if user_id is None:
        raise UnknownUserError(email)
    await queries.execute(connection, "revoke_sessions", user_id=user_id, present=present)
    return user_id


def email_hash(email: str) -> bytes:
    """Return what attempts to sign in are counted by: addresses typed wrongly are nobody's to keep."""
    return hashlib.sha256(email.strip().lower().encode("utf-8", "surrogatepass")).digest()


async def open_session(
    connection: Connection, *, user_id: UUID, workspace_id: UUID, present: datetime
) -> str:
    """Sign a user in and return the session's token, which is not stored."""
    token = make_token()
    await queries.execute(
        connection,
        "insert_session",
        token_hash=hash_token(token),
        user_id=user_id,
        workspace_id=workspace_id,
        csrf_token=make_token(),
        created_at=present,
        expires_at=present + SESSION_LASTS,
    )
    return token


async def close_session(connection: Connection, token: str, *, present: datetime) -> None:
    """End the session behind a token; repeating does nothing."""
    await queries.execute(connection, "revoke_session", token_hash=hash_token(token), present=present)


async def revoke_session(
    connection: Connection, *, user_id: UUID, session_id: UUID, present: datetime
) -> None:
    """End one of a user's sessions; raises UnknownSessionError for one that is not theirs or has ended."""
    for session in await list_sessions(connection, user_id, present=present):
        if session.id == session_id:
            await queries.execute(
                connection, "revoke_session", token_hash=session.token_hash, present=present
            )
            return
    raise UnknownSessionError


async def create_key(
    connection: Connection,
    *,
    workspace_id: UUID,
    name: str,
    kind: KeyKind,
    scopes: tuple[str, ...],
    present: datetime,
    key_id: UUID | None = None,
) -> tuple[ApiKey, str]:
    """Make an API key of the workspace's first node; return it and its token, which is shown this once.

    A browser's key gets the scope `track` and no other; unknown scopes are left out.
    """
    node_id = await queries.fetch_value(connection, "find_node", workspace_id=workspace_id)
    if node_id is None:
        raise UnknownWorkspaceError
    token = make_key(kind)
    granted = (TRACK,) if kind == "browser" else tuple(scope for scope in ALL_SCOPES if scope in scopes)
    key = ApiKey(
        id=key_id or uuid4(),
        workspace_id=workspace_id,
        node_id=node_id,
        name=name,
        kind=kind,
        scopes=granted,
        prefix=shown_prefix(token),
        created_at=present,
        revoked_at=None,
    )
    await queries.execute(
        connection,
        "insert_key",
        id=key.id,
        workspace_id=workspace_id,
        node_id=node_id,
        name=name,
        kind=kind,
        scopes=list(granted),
        token_hash=hash_token(token),
        prefix=key.prefix,
        created_at=present,
    )
    return key, token


async def revoke_key(
    connection: Connection, *, workspace_id: UUID, key_id: UUID, present: datetime
) -> ApiKey:
    """Stop a key and return it; raises UnknownKeyError."""
    touched = await queries.execute(
        connection, "revoke_key", id=key_id, workspace_id=workspace_id, present=present
    )
    if not touched:
        raise UnknownKeyError
    return next(key for key in await list_keys(connection, workspace_id) if key.id == key_id)


async def ensure_instance_key(
    connection: Connection, key_id: str, *, purpose: str, present: datetime
) -> bytes:
    """Return the instance's secret under `key_id`, made at first use; repeating gives the same."""
    await queries.execute(
        connection,
        "insert_instance_key",
        id=key_id,
        purpose=purpose,
        secret=secrets.token_bytes(32),
        created_at=present,
    )
    return await queries.fetch_value(connection, "find_instance_key", id=key_id)


async def get_first_workspace_id(connection: Connection) -> UUID:
    """Return the id of the oldest workspace; raises NotSetUpError."""
    rows = await queries.fetch(connection, "list_workspaces")
    if not rows:
        raise NotSetUpError
    return rows[0]["id"]
