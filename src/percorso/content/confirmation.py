"""Percorso's own text of a confirmation: what a list asks with until it has a template of its own."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from percorso.content.actions import create_template
from percorso.content.model import Design, Language
from percorso.content.store import queries
from percorso.db import Connection
from percorso.kit.ids import derive_id

_NAMES: Final[dict[Language, str]] = {"it": "Conferma di iscrizione", "en": "Confirmation of subscription"}

_SUBJECTS: Final[dict[Language, str]] = {
    "it": "Conferma l’iscrizione a {{ list.name }}",
    "en": "Confirm your subscription to {{ list.name }}",
}

_TEXTS: Final[dict[Language, tuple[str, str, str, str]]] = {
    "it": (
        "Manca solo la tua conferma",
        "Qualcuno, probabilmente tu, ha chiesto di ricevere le email di {{ list.name }} a questo indirizzo.",
        "Conferma l’iscrizione",
        "Se non l’hai chiesto tu, ignora questo messaggio: senza conferma non riceverai altro.",
    ),
    "en": (
        "One step left: please confirm",
        "Somebody, probably you, asked for email from {{ list.name }} at this address.",
        "Confirm your subscription",
        "If it was not you, ignore this message: without your confirmation nothing else will come.",
    ),
}

_SMS: Final[dict[Language, str]] = {
    "it": "{{ list.name }}: per ricevere i nostri SMS conferma qui {{ confirm_url }} Se non l'hai chiesto tu, ignora.",
    "en": "{{ list.name }}: to get our texts confirm here {{ confirm_url }} Not you? Ignore this.",
}

_HTML: Final = """<html lang="{language}"><body style="margin: 0; background: #fbfaf8;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding: 40px 16px;">
<table role="presentation" width="480" cellpadding="0" cellspacing="0" style="max-width: 480px; width: 100%;">
<tr><td style="padding: 0 4px 14px; font: 600 14px/1.5 Arial, sans-serif; color: #5d5953;">{{{{ list.name }}}}</td></tr>
<tr><td style="background: #ffffff; border: 1px solid #e8e5df; border-radius: 14px; padding: 36px;">
<h1 style="margin: 0; font: 700 24px/1.25 Arial, sans-serif; color: #1d1b18;">{heading}</h1>
<p style="margin: 14px 0 26px; font: 16px/1.55 Arial, sans-serif; color: #5d5953;">{asked}</p>
<a href="{{{{ confirm_url }}}}" style="display: inline-block; background: #0f6f65; color: #ffffff; border-radius: 9px;
 padding: 13px 24px; font: 600 16px/1.3 Arial, sans-serif; text-decoration: none;">{button}</a>
<p style="margin: 26px 0 0; font: 14px/1.55 Arial, sans-serif; color: #5d5953;">{otherwise}</p>
</td></tr></table></td></tr></table></body></html>
"""


def write_confirmation(channel: Literal["email", "sms"], language: Language) -> Design:
    """Return the design in a language, transactional: it goes to people who are not subscribed yet."""
    if channel == "sms":
        return Design(kind="sms", template_class="transactional", body=_SMS[language])
    heading, asked, button, otherwise = _TEXTS[language]
    html = _HTML.format(language=language, heading=heading, asked=asked, button=button, otherwise=otherwise)
    body = f"{heading}\n\n{asked}\n\n{button}: {{{{ confirm_url }}}}\n\n{otherwise}\n"
    return Design(
        kind="email", template_class="transactional", subject=_SUBJECTS[language], html=html, body=body
    )


async def ensure_confirmation(
    connection: Connection,
    *,
    workspace_id: UUID,
    list_id: UUID,
    channel: Literal["email", "sms"],
    language: Language,
    now: datetime,
) -> UUID:
    """Return the template of the list's own confirmation, made at first use; repeating gives the same.

    Locks the list's row while it makes it, so that it is made once.
    """
    template_id = derive_id("confirmation", list_id, channel, language)
    if await queries.fetch_value(connection, "has_template", id=template_id):
        return template_id
    await queries.fetch_value(connection, "lock_list", list_id=list_id)
    if not await queries.fetch_value(connection, "has_template", id=template_id):
        await create_template(
            connection,
            workspace_id=workspace_id,
            list_id=list_id,
            name=_NAMES[language] if channel == "email" else f"{_NAMES[language]} (SMS)",
            design=write_confirmation(channel, language),
            now=now,
            template_id=template_id,
        )
    return template_id
