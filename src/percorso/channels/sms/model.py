"""An SMS as it is handed over. Pure."""

from uuid import UUID

import msgspec


class Sms(msgspec.Struct, frozen=True, kw_only=True):
    """One SMS: `recipient` in E.164, `sender` an alias or a number."""

    message_id: UUID
    workspace_id: UUID
    sender: str
    recipient: str
    text: str
