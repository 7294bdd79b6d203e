"""One call as it came, into one call as it is taken in: checked, named, mapped. Pure but for made-up message ids."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, cast
from uuid import uuid4

import msgspec

from percorso.contacts.identity.normal import Identity
from percorso.intake.errors import RejectedError
from percorso.intake.identities import list_identities, read_identity
from percorso.intake.mapping import map_event, map_properties
from percorso.intake.model import MAXIMUM_CALL_BYTES, Call, Source
from percorso.intake.profiles import read_profile
from percorso.intake.statuses import STATUS_NAMES, read_subscription
from percorso.intake.vocabulary import RESERVED
from percorso.intake.wire import MAXIMUM_DEPTH, WireCall, decode_call, is_too_deep
from percorso.kit.storable import holds_nul
from percorso.log.rows import encode_label, to_microseconds

Tree = dict[str, Any]

MAXIMUM_NAME: Final = 200
"""Characters of the longest event name."""

MAXIMUM_MESSAGE_ID: Final = 256
"""Bytes of the longest message id."""

_OLDEST_US: Final = to_microseconds(datetime(1970, 1, 1, tzinfo=UTC))
_LONGEST_DELAY_US: Final = 50 * 366 * 86_400 * 1_000_000
_encode: Final = msgspec.json.Encoder().encode


class Frame(msgspec.Struct, frozen=True):
    """What the calls of one request have in common."""

    source: Source
    type: str | None = None
    """From the path; None: each call says its own."""
    sent_at: datetime | None = None
    context: Tree | None = None
    historical: bool = False


class Reading(msgspec.Struct, gc=False):
    """A call half read."""

    frame: Frame
    raw: bytes
    wire: WireCall
    context: Tree
    original: Tree | None = None


def read_call(raw: bytes, frame: Frame) -> Call:
    """Return the call in `raw`; raises RejectedError, whose `name` is the event's where it could be read."""
    if len(raw) > MAXIMUM_CALL_BYTES:
        raise RejectedError("too_large", f"It has {len(raw)} bytes; an event may have {MAXIMUM_CALL_BYTES}.")
    if raw.count(b"{") + raw.count(b"[") > MAXIMUM_DEPTH and is_too_deep(raw):
        raise RejectedError("too_deep", f"It is nested deeper than {MAXIMUM_DEPTH} levels.")
    wire = decode_call(raw)
    if b"\\u0000" in raw and holds_nul(raw):
        raise RejectedError("nul", "It holds the character NUL, which cannot be stored.", name=wire.event)
    context = wire.context or {}
    if frame.context:
        context = {**frame.context, **context}
    kind = frame.type or wire.type
    reader = _READERS.get(kind or "")
    if reader is None:
        name = (wire.event or "").strip()[:MAXIMUM_NAME] or None
        raise RejectedError("unknown_type", f"Its `type` is {str(kind)[:60]!r}, which is no call.", name=name)
    try:
        return reader(Reading(frame, raw, wire, context))
    except RejectedError as error:
        error.name = error.name or wire.event or kind
        raise


def _read_track(reading: Reading) -> Call:
    wire = reading.wire
    sent = (wire.event or "").strip()
    if not sent:
        raise RejectedError("no_event", "A track call needs `event`, the name of what happened.")
    if len(sent) > MAXIMUM_NAME:
        raise RejectedError(
            "long_name", f"Its name has more than {MAXIMUM_NAME} characters.", name=sent[:MAXIMUM_NAME]
        )
    if sent in RESERVED:
        raise RejectedError("reserved_name", f"Only Percorso itself says {sent!r}. Choose another name.")
    name, properties, reading.original = map_event(sent, wire.properties or {})
    _check_accepted(reading, name, properties)
    identities = list_identities(wire, None)
    if name in STATUS_NAMES:
        fact, subscription = read_subscription(
            name, properties, reading.frame.source, historical=reading.frame.historical
        )
        label = encode_label("status", fact)
        return _finish(
            reading,
            identities,
            label=label,
            kind="status",
            # Whoever reads the fact must know the list that was meant, even where only one could be.
            properties=_encode(
                {**properties, "listId": str(subscription.list_id), "channel": subscription.channel}
            ),
            subscription=subscription,
        )
    return _finish(
        reading, identities, label=encode_label("event", name), kind="event", properties=_encode(properties)
    )


def _check_accepted(reading: Reading, name: str, properties: Tree) -> None:
    """Raise RejectedError for an event that a strict workspace keeps aside (spec 2.5).

    Only events are: identify, group and alias say who somebody is, and a tie that is kept aside would be lost.
    """
    accepted = reading.frame.source.accepted
    refusal = None if accepted is None else accepted.find_refusal(name, properties)
    if refusal is not None:
        raise RejectedError(refusal.code, refusal.sentence, name=name)


def _read_page(reading: Reading) -> Call:
    wire = reading.wire
    sent = wire.properties or {}
    given = {key: value for key, value in (("name", wire.name), ("category", wire.category)) if value}
    properties = {**sent, **given}
    if "title" in sent:
        properties.pop("name", None)
    properties = map_properties("viewedPage", properties)
    reading.original = {"type": reading.frame.type or wire.type, **given}
    if properties != sent:
        reading.original["properties"] = sent
    _check_accepted(reading, "viewedPage", properties)
    return _finish(
        reading,
        list_identities(wire, None),
        label=encode_label("event", "viewedPage"),
        kind="event",
        properties=_encode(properties),
    )


def _read_identify(reading: Reading) -> Call:
    # RudderStack's clients put the traits of an identify into its context.
    traits = reading.wire.traits
    if not traits:
        found = reading.context.get("traits")
        traits = cast("Tree", found) if isinstance(found, dict) else {}
    return _finish_profile(reading, list_identities(reading.wire, traits), traits=traits)


def _read_group(reading: Reading) -> Call:
    group = read_identity("group", reading.wire.group_id, field="groupId")
    if group is None:
        raise RejectedError("no_group", "A group call needs `groupId`.")
    reading.original = {"type": "group", "groupId": group[1]}
    if reading.wire.traits:
        reading.original["traits"] = reading.wire.traits
    return _finish_profile(reading, list_identities(reading.wire, None), accounts=[group[1]])


def _read_alias(reading: Reading) -> Call:
    wire = reading.wire
    previous = read_identity("previous_id", wire.previous_id, field="previousId")
    identities = list_identities(wire, None)
    if previous is None or not identities:
        raise RejectedError("no_alias", "An alias call needs `previousId` and `userId`.")
    reading.original = {"type": "alias", "previousId": previous[1]}
    # Which kind the previous id is, only the owners can say: see `resolving`.
    return _finish_profile(reading, (*identities, previous))


_READERS: Final[dict[str, Callable[[Reading], Call]]] = {
    "track": _read_track,
    "identify": _read_identify,
    "page": _read_page,
    "screen": _read_page,
    "group": _read_group,
    "alias": _read_alias,
}


def _finish_profile(
    reading: Reading,
    identities: tuple[Identity, ...],
    *,
    traits: Tree | None = None,
    accounts: list[str] | None = None,
) -> Call:
    profile = read_profile(traits or {}, identities, accounts or [])
    return _finish(
        reading,
        identities,
        label=encode_label("profile", "contactUpdated"),
        kind="profile",
        properties=b"",
        profile=profile,
    )


def _finish(reading: Reading, identities: tuple[Identity, ...], **rest: Any) -> Call:
    if not identities:
        raise RejectedError("no_identity", "It names nobody: give `userId` or `anonymousId`.")
    at_us, delay_us = _moments(reading)
    context = reading.context
    if reading.original is not None:
        context = {**context, "original": reading.original}
    return Call(
        source=reading.frame.source,
        identities=identities,
        message_id=_message_id(reading.wire),
        at_us=at_us,
        delay_us=delay_us,
        context=_encode(context) if context else None,
        historical=reading.frame.historical,
        raw=reading.raw,
        **rest,
    )


def _message_id(wire: WireCall) -> str:
    given = wire.message_id
    if given is None or given == "":
        return uuid4().hex
    written = str(given)
    if len(written) * 4 > MAXIMUM_MESSAGE_ID and len(written.encode()) > MAXIMUM_MESSAGE_ID:
        raise RejectedError("long_message_id", f"Its `messageId` has more than {MAXIMUM_MESSAGE_ID} bytes.")
    return written


def _moments(reading: Reading) -> tuple[int | None, int | None]:
    """Return when it occurred by the client's clock, and how long that was before it was sent.

    A client's clock may be wrong by years; the difference of two of its moments is not.
    """
    wire = reading.wire
    at = wire.timestamp or wire.original_timestamp
    if at is None:
        return None, None
    at_us = to_microseconds(_aware(at))
    sent_at = wire.sent_at or reading.frame.sent_at
    if sent_at is None:
        if at_us < _OLDEST_US:
            raise RejectedError("absurd_date", "Its `timestamp` is before 1970.")
        return at_us, None
    delay_us = max(to_microseconds(_aware(sent_at)) - at_us, 0)
    if delay_us > _LONGEST_DELAY_US:
        raise RejectedError("absurd_date", "Its `timestamp` is more than 50 years before `sentAt`.")
    return at_us, delay_us


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
