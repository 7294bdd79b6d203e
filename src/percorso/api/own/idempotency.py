"""POSTs that happen once: the key is claimed, the thing is made under an id derived from it, the answer is kept.

A crash between making and keeping is harmless: the claim's lease runs out, and the repeated POST makes the same id
again, which the actions take as made.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

import msgspec
from litestar import Request, Response

from percorso.api.errors import RequestError
from percorso.api.own.caller import Caller, present
from percorso.db import Connection, Database, load_queries
from percorso.kit.ids import bucket_of, derive_id

Answer = TypeVar("Answer", bound=msgspec.Struct)

KEEPS: Final = timedelta(hours=24)
"""How long an answer is kept."""
LEASE: Final = timedelta(seconds=60)
"""How long a claim without an answer counts as in flight."""
KEY_HEADER: Final = "idempotency-key"
LONGEST_KEY: Final = 255

_queries: Final = load_queries("percorso.api.own")


async def answer_once(
    request: Request[Any, Any, Any],
    database: Database,
    caller: Caller,
    make: Callable[[UUID], Awaitable[Answer]],
    *,
    status: int = 201,
    keep: Callable[[Answer], Answer] = lambda answer: answer,
) -> Response[Answer]:
    """Return what `make` answers, or what it answered to the same POST before.

    `make` gets the id of what is to be made, the same whenever the key is; `keep` says what of the answer may
    be stored. Raises RequestError 422 for the key
    with another body, 409 while the first is being answered.
    """
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return Response(await make(uuid4()), status_code=status)
    if not key or len(key) > LONGEST_KEY:
        raise RequestError(
            400, "invalid_idempotency_key", f"An Idempotency-Key has 1 to {LONGEST_KEY} characters."
        )
    # Whoever is narrowed is never answered with what somebody else was told.
    whose = () if caller.narrowing.is_whole else (caller.name,)
    id = derive_id("request", caller.workspace_id, request.scope["path"], key, *whose)
    body_hash = hashlib.sha256(await request.body()).digest()
    kept = await _claim(database, caller.workspace_id, id, body_hash)
    if kept is not None:
        return Response(kept, status_code=status, headers={"idempotent-replayed": "true"})  # pyright: ignore[reportReturnType]
    try:
        answer = await make(id)
    except Exception:
        await _run(database, "release_answer", caller.workspace_id, id)
        raise
    encoded = msgspec.json.encode(keep(answer))
    await _run(database, "record_answer", caller.workspace_id, id, status=status, answer=encoded)
    return Response(answer, status_code=status)


async def _claim(database: Database, workspace_id: UUID, id: UUID, body_hash: bytes) -> dict[str, Any] | None:
    """Take the right to answer and return None, or return the answer that was kept."""
    now = present()
    where = {"bucket": bucket_of(id), "id": id, "workspace_id": workspace_id}
    async with database.request_transaction(workspace_id, "api.claim") as connection:
        await _queries.execute(connection, "forget_answers", bucket=where["bucket"], day_ago=now - KEEPS)
        claimed = await _queries.execute(
            connection,
            "claim_answer",
            **where,
            body_hash=body_hash,
            present=now,
            lease_ago=now - LEASE,
        )
        if claimed:
            return None
        row = await _queries.fetch_row(connection, "get_answer", **where)
    if row is None or (row["answer"] is None and row["body_hash"] == body_hash):
        raise RequestError(
            409,
            "in_flight",
            "A request with this Idempotency-Key is being answered. Repeat it in a moment.",
            headers={"retry-after": "1"},
        )
    if row["body_hash"] != body_hash:
        raise RequestError(
            422, "idempotency_key_reused", "This Idempotency-Key was used with another body. Take a new key."
        )
    return msgspec.json.decode(row["answer"])


async def _run(database: Database, name: str, workspace_id: UUID, id: UUID, **parameters: Any) -> None:
    where = {"bucket": bucket_of(id), "id": id, "workspace_id": workspace_id}
    async with database.request_transaction(workspace_id, "api.answer") as connection:
        await _queries.execute(connection, name, **where, **parameters)


async def forget_answers_about(connection: Connection, workspace_id: UUID, values: Sequence[str]) -> None:
    """Make kept answers go that quote one of these values: a repeated POST is then answered anew."""
    if values:
        await _queries.execute(
            connection, "forget_answers_about", workspace_id=workspace_id, values=list(values)
        )
