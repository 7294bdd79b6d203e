"""What identify, group and alias do to a profile: pure."""

from typing import Any, Final

from percorso.contacts.identity.normal import Identity
from percorso.intake.errors import RejectedError
from percorso.intake.identities import email_of, external_id_of, phone_of
from percorso.intake.mapping import UnmappableError, map_traits
from percorso.intake.model import ProfileChange

Tree = dict[str, Any]

ACCOUNTS: Final = "accounts"
"""The attribute that a group call adds to."""


def read_profile(traits: Tree, identities: tuple[Identity, ...], accounts: list[str]) -> ProfileChange:
    """Return the change of attributes; raises RejectedError.

    An email, phone or external id that names the contact is no attribute. One that cannot (it is no address,
    or stays another contact's) is kept as a plain attribute, so that nothing sent is lost.
    """
    try:
        changes, clear = map_traits(traits)
    except UnmappableError as error:
        raise RejectedError("invalid_trait", str(error)) from None
    plain: dict[Identity, tuple[str, Any]] = {}
    email, phone, external_id = email_of(traits), phone_of(traits), external_id_of(traits)
    for path, identity in (
        ("email", None if email is None else ("email", email)),
        ("phone", None if phone is None else ("phone", phone)),
        ("externalId", external_id),
    ):
        if identity is not None and identity in identities:
            plain[identity] = (path, changes.pop(path))
    return ProfileChange(
        set=changes,
        clear=tuple(clear),
        append={ACCOUNTS: list(accounts)} if accounts else {},
        plain=plain,
    )
