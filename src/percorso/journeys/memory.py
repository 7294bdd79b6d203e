"""What a run remembers beside the columns of its row: the JSON of `runs.memory`."""

from datetime import datetime
from typing import Any, Final

import msgspec

from percorso.journeys.model import EventSeen, MessageSeen, Run


class Memory(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel", kw_only=True):
    """The part of a run that nothing searches by.

    `messages` are pairs, in order: PostgreSQL keeps the order of a list, and not that of an object's keys.
    """

    caused_at: datetime
    reached_offset: int
    captured: dict[str, Any] = {}
    event: dict[str, Any] | None = None
    seen: tuple[EventSeen, ...] = ()
    began_at: datetime | None = None
    rounds: dict[str, int] = {}
    traced: int = 0
    messages: tuple[tuple[str, MessageSeen], ...] = ()
    start: str = ""


_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(Memory)


def pack_memory(run: Run) -> bytes:
    """Return the JSON that `runs.memory` keeps of this run."""
    return _encoder.encode(
        Memory(
            caused_at=run.caused_at,
            reached_offset=run.reached_offset,
            captured=run.captured,
            event=run.event,
            seen=run.seen,
            began_at=run.began_at,
            rounds=run.rounds,
            traced=run.traced,
            messages=tuple(run.messages.items()),
            start=run.start,
        )
    )


def unpack_memory(packed: bytes) -> Memory:
    """Return what `pack_memory` packed."""
    return _decoder.decode(packed)
