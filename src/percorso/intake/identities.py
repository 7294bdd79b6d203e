"""Whom a call names: the identities in its own fields, its traits and its context. Pure."""

from typing import Any, Final, cast

from percorso.contacts.identity.normal import (
    MAXIMUM_BYTES,
    STRENGTH,
    Identity,
    is_identity_value,
    normalise_email,
    normalise_phone,
)
from percorso.intake.errors import RejectedError
from percorso.intake.wire import WireCall

Tree = dict[str, Any]

_ORDER: Final = {kind: place for place, kind in enumerate(STRENGTH)}


def read_identity(kind: str, value: object, *, field: str) -> Identity | None:
    """Return the identity, None for an empty value; raises RejectedError for one that cannot be stored."""
    if value is None or isinstance(value, bool):
        return None
    text = str(value).strip()
    if not text:
        return None
    if not is_identity_value(text):
        raise RejectedError("invalid_identity", f"`{field}` is longer than {MAXIMUM_BYTES} bytes.")
    return kind, text


def list_identities(wire: WireCall, traits: Tree | None) -> tuple[Identity, ...]:
    """Return the identities that the call names, strongest first, each once; raises RejectedError.

    Email, phone and external id are taken from the traits of the call and from `context.traits`, a device
    from `context.device.token`. What is no address or number names nobody.
    """
    context = wire.context
    if not traits and (not context or ("traits" not in context and "device" not in context)):
        return _plain_identities(wire)
    found = list(_plain_identities(wire))
    for given in (traits, _tree(context, "traits")):
        if given:
            found += _identities_of_traits(given)
    device = read_identity("device", _scalar(_tree(context, "device"), "token"), field="context.device.token")
    if device is not None:
        found.append(device)
    return tuple(sorted(dict.fromkeys(found), key=lambda identity: _ORDER[identity[0]]))  # pyright: ignore[reportArgumentType]


def email_of(traits: Tree) -> str | None:
    """Return the normalised address in the traits, None if there is none to write to."""
    email = traits.get("email")
    return normalise_email(email) if isinstance(email, str) and "\0" not in email else None


def phone_of(traits: Tree) -> str | None:
    """Return the number in the traits in E.164, None if there is none."""
    phone = traits.get("phone")
    return normalise_phone(phone) if isinstance(phone, str) else None


def external_id_of(traits: Tree) -> Identity | None:
    """Return the external id in the traits; raises RejectedError for one that cannot be stored."""
    return read_identity("external_id", _scalar(traits, "externalId"), field="externalId")


def _plain_identities(wire: WireCall) -> tuple[Identity, ...]:
    user = None if wire.user_id is None else read_identity("user_id", wire.user_id, field="userId")
    anonymous = (
        None
        if wire.anonymous_id is None
        else read_identity("anonymous_id", wire.anonymous_id, field="anonymousId")
    )
    if user is None:
        return () if anonymous is None else (anonymous,)
    return (user,) if anonymous is None else (user, anonymous)


def _identities_of_traits(traits: Tree) -> list[Identity]:
    found: list[Identity] = []
    external_id = external_id_of(traits)
    if external_id is not None:
        found.append(external_id)
    email = email_of(traits)
    if email is not None:
        found.append(("email", email))
    phone = phone_of(traits)
    if phone is not None:
        found.append(("phone", phone))
    return found


def _tree(tree: Tree | None, key: str) -> Tree | None:
    value = None if tree is None else tree.get(key)
    return cast("Tree", value) if isinstance(value, dict) else None


def _scalar(tree: Tree | None, key: str) -> object:
    value = None if tree is None else tree.get(key)
    return value if isinstance(value, (str, int, float)) else None
