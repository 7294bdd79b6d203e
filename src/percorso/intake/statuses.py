"""What an event says about a status, and who may say it: pure (spec 2.2)."""

from typing import Any, Final
from uuid import UUID

from percorso.consent.records import Status
from percorso.intake.errors import RejectedError
from percorso.intake.model import Source, Subscription

_STATUSES: Final[dict[str, Status]] = {
    "campaignSubscribed": "subscribed",
    "campaignOptinRequested": "pending",
    "campaignUnsubscribed": "unsubscribed",
}

STATUS_NAMES: Final = frozenset(_STATUSES)
"""Names of events that change a status."""

_LONGEST: Final = 4000


def read_subscription(
    name: str, properties: dict[str, Any], source: Source, *, historical: bool
) -> tuple[str, Subscription]:
    """Return the name of the fact and the status asked for; raises RejectedError.

    What a browser's key calls a subscription is only the asking: anyone can read that key. So is what a server's key
    says of a list that asks for confirmation, unless it says `confirmed`: it has asked by itself. What is history was
    settled when it happened, and no message answers it.
    """
    if not source.is_server:
        if name == "campaignUnsubscribed":
            raise RejectedError("not_allowed", "A browser's key may ask for a subscription, not end one.")
        name = "campaignOptinRequested"
    list_id = _find_list(properties.get("listId"), source)
    is_settled = historical or properties.get("confirmed") is True
    if name == "campaignSubscribed" and list_id in source.confirming and not is_settled:
        name = "campaignOptinRequested"
    channel = properties.get("channel", "email")
    if channel not in ("email", "sms", "push"):
        raise RejectedError("invalid_channel", "Its `channel` is not email, sms or push.")
    return name, Subscription(
        list_id=list_id,
        channel=channel,
        status=_STATUSES[name],
        source=_text(properties, "source") or ("api" if source.is_server else "browser"),
        wording=_text(properties, "wording"),
        is_answered=not historical,
    )


def _find_list(given: object, source: Source) -> UUID:
    if given is None and len(source.list_ids) == 1:
        return source.list_ids[0]
    try:
        list_id = UUID(str(given))
    except ValueError:
        list_id = None
    if list_id is None or list_id not in source.list_ids:
        raise RejectedError("unknown_list", "Its `listId` is no list of this workspace.")
    return list_id


def _text(properties: dict[str, Any], key: str) -> str:
    value = properties.get(key)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise RejectedError("invalid_type", f"Its `{key}` is not a text of at most {_LONGEST} characters.")
    return value
