"""The workspace's frequency cap: how many marketing messages may reach one contact."""

from typing import Annotated, get_args
from uuid import UUID

from litestar.params import JSONBody
from msgspec import Meta

from percorso.api.own.caller import TheCaller, TheDatabase, present
from percorso.api.own.routes import get, put
from percorso.db import Connection
from percorso.messages.caps.actions import set_caps
from percorso.messages.caps.model import MOST, CapChannel, Period, list_rules
from percorso.messages.caps.store import NO_RULES, list_cap_rules
from percorso.reports.model import Shape

Number = Annotated[int, Meta(ge=1, le=MOST)]


class ChannelCap(Shape, frozen=True, forbid_unknown_fields=True):
    """At most so many in a day, a week from Monday, a month of the calendar, in the workspace's zone; null: no cap."""

    day: Number | None = None
    week: Number | None = None
    month: Number | None = None


class Caps(Shape, frozen=True, forbid_unknown_fields=True):
    """How many marketing messages may reach one contact, per channel. Transactional messages are not counted."""

    email: ChannelCap = ChannelCap()
    sms: ChannelCap = ChannelCap()
    push: ChannelCap = ChannelCap()


@get("/caps")
async def get_caps(database: TheDatabase, caller: TheCaller) -> Caps:
    """The workspace's frequency cap."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        return await _read(connection, caller.workspace_id)


@put("/caps")
async def put_caps(data: JSONBody[Caps], database: TheDatabase, caller: TheCaller) -> Caps:
    """Make the frequency cap be as given, for whatever begins to leave from now on; what left before counts."""
    given: dict[CapChannel, ChannelCap] = {"email": data.email, "sms": data.sms, "push": data.push}
    async with database.request_transaction(caller.workspace_id) as connection:
        await set_caps(
            connection,
            caller.workspace_id,
            list_rules({channel: _periods(cap) for channel, cap in given.items()}),
            caller=caller.name,
            present=present(),
        )
        return await _read(connection, caller.workspace_id)


def _periods(cap: ChannelCap) -> dict[Period, int | None]:
    return {"day": cap.day, "week": cap.week, "month": cap.month}


async def _read(connection: Connection, workspace_id: UUID) -> Caps:
    known = (await list_cap_rules(connection, [workspace_id])).get(workspace_id, NO_RULES)
    return Caps(
        **{
            channel: ChannelCap(**{rule.period: rule.most for rule in known.of(channel)})
            for channel in get_args(CapChannel)
        }
    )


HANDLERS = [get_caps, put_caps]
