"""Links, the pixel, and the message in the browser."""

import msgspec

from percorso.api.pages.answers import send_invalid, send_message_page, send_pixel, send_redirect
from percorso.api.pages.tokens import TokenReader, find_message
from percorso.api.raw import Receive, Scope, Send
from percorso.content.errors import UnknownTemplateError
from percorso.content.render import render_destination
from percorso.content.store import get_version
from percorso.content.tokens import Purpose
from percorso.db import Connection, Database
from percorso.db.clock import read_product_time
from percorso.messages.circumstances import gather_filling
from percorso.messages.machines import Visit
from percorso.messages.model import ShownMessage
from percorso.messages.store import read_circumstances
from percorso.messages.visits import record_visit

_PURPOSES = (b"sec-purpose", b"purpose", b"x-purpose", b"x-moz")


def read_visit(scope: Scope) -> Visit:
    """Return what a request says of who makes it."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    purpose = b" ".join(headers[name] for name in _PURPOSES if name in headers)
    return Visit(
        method=scope["method"],
        user_agent=headers.get(b"user-agent", b"").decode("latin-1"),
        purpose=purpose.decode("latin-1"),
    )


class Visits:
    """What a mail reader, a browser or a scanner fetches."""

    def __init__(self, database: Database, tokens: TokenReader) -> None:
        self._database = database
        self._tokens = tokens

    async def follow_link(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Record a click and send the visitor where the author pointed."""
        named = await self._tokens.find_named(scope, Purpose.CLICK)
        if named is None or named.position is None or scope["method"] not in ("GET", "HEAD"):
            await send_invalid(scope, send)
            return
        async with self._database.transaction("pages.visit") as connection:
            shown = await find_message(connection, named)
            url = None if shown is None else await _find_destination(connection, shown, named.position)
            if shown is not None and url is not None:
                now, visit = await read_product_time(connection), read_visit(scope)
                if shown.message.channel == "push":
                    # A push has no pixel: who taps it has opened it.
                    await record_visit(connection, shown, visit, name="campaignOpened", link=None, now=now)
                link = {"linkId": named.position, "url": url}
                await record_visit(connection, shown, visit, name="campaignLinkClicked", link=link, now=now)
        if url is None:
            await send_invalid(scope, send)
        else:
            await send_redirect(send, url)

    async def load_pixel(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Record an open; the image comes whatever the token is."""
        named = await self._tokens.find_named(scope, Purpose.PIXEL)
        if named is not None and scope["method"] in ("GET", "HEAD"):
            async with self._database.transaction("pages.visit") as connection:
                shown = await find_message(connection, named)
                if shown is not None:
                    now = await read_product_time(connection)
                    await record_visit(
                        connection, shown, read_visit(scope), name="campaignOpened", link=None, now=now
                    )
        await send_pixel(send)

    async def view_online(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show the message as it was sent."""
        named = await self._tokens.find_named(scope, Purpose.VIEW)
        async with self._database.connection() as connection:
            shown = await find_message(connection, named)
        if shown is None or not shown.html or scope["method"] not in ("GET", "HEAD"):
            await send_invalid(scope, send)
        else:
            await send_message_page(send, shown.html, path=scope["path"])


async def _find_destination(connection: Connection, shown: ShownMessage, position: int) -> str | None:
    """Return where a link of this message leads, filled in as for the message itself."""
    message = shown.message
    try:
        version = await get_version(connection, message.template_id, shown.template_version)
    except UnknownTemplateError:
        return None
    source = next((link.url for link in version.links if link.position == position and link.tracked), None)
    if source is None:
        return None
    (around,) = await read_circumstances(connection, [message])
    now = await read_product_time(connection)
    filling = gather_filling(message, around, now=now)
    if not filling.contact.get("email"):
        filling = msgspec.structs.replace(filling, contact=filling.contact | {"email": shown.address})
    return render_destination(source, filling)
