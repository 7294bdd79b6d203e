"""Which templates may be a list's own messages: confirmation and first notification."""

from uuid import UUID

from percorso.content.model import TemplateVersion
from percorso.content.store import list_templates
from percorso.db import Connection
from percorso.workspaces.errors import ListFaultError
from percorso.workspaces.list_settings import ListSettings

CONFIRM_VARIABLE = "confirm_url"
"""What a template must lead to for people to confirm by it."""


async def check_list_templates(
    connection: Connection, workspace_id: UUID, list_id: UUID, settings: ListSettings
) -> None:
    """Raise ListFaultError unless the templates of these settings can be what they are chosen for."""
    chosen = {settings.confirmation_template_id, settings.welcome_template_id} - {None}
    if not chosen:
        return
    known = {
        version.template_id: version
        for version in await list_templates(connection, workspace_id)
        if version.list_id == list_id and version.kind == "email"
    }
    faults = [
        ("confirmationTemplateId", sentence)
        for sentence in (_say_confirmation(settings.confirmation_template_id, known),)
        if sentence is not None
    ]
    if settings.welcome_template_id is not None and settings.welcome_template_id not in known:
        faults.append(("welcomeTemplateId", "The list has no such email template."))
    if faults:
        raise ListFaultError(tuple(faults))


def _say_confirmation(template_id: UUID | None, known: dict[UUID, TemplateVersion]) -> str | None:
    if template_id is None:
        return None
    version = known.get(template_id)
    if version is None:
        return "The list has no such email template."
    if version.template_class != "transactional":
        return "The confirmation is asked of people who are not subscribed yet: its template must be transactional."
    if CONFIRM_VARIABLE not in version.html:
        return "Its template has no link to `confirm_url`, so nobody could confirm."
    return None
