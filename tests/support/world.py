"""A whole Percorso in one process with a clock to turn: journeys published, events through the tracking API,
worker, allocator and courier drained, mail in the embedded mailbox. For tests of what the product does.

Everything goes the public way; only the clock is driven. Nothing sleeps.
"""

import email
import email.policy
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any, Literal
from uuid import UUID

import msgspec

from percorso.api.pages import create_pages
from percorso.api.raw import Application
from percorso.api.tracking.routes import create_tracking
from percorso.channels.push.model import read_push
from percorso.content.actions import create_template
from percorso.content.coupons.actions import add_codes, create_pool
from percorso.content.model import Design
from percorso.courier.main import hand_over_all
from percorso.db import Database
from percorso.db.clock import set_clock
from percorso.journeys.actions import activate_journey, create_journey, publish_journey, update_journey
from percorso.worker.catalog import Catalog
from percorso.worker.main import settle
from percorso.workspaces.actions import create_key, set_up_instance
from tests.support.asgi import Answer, Client, basic

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""Where the clock of a world stands at first: a Monday, ten in the morning in Rome."""

BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
PUBLIC_URL = "http://localhost:8000"


class Mail(msgspec.Struct, frozen=True):
    """One message in the mailbox; `headers` in lower case, empty for SMS."""

    channel: str
    recipient: str
    subject: str
    text: str
    html: str
    received_at: datetime
    headers: dict[str, str]


class RunRow(msgspec.Struct, frozen=True):
    """A run as stored."""

    id: UUID
    state: str
    step: str | None
    outcome: str | None
    reason: str | None
    key: str
    entered_at: datetime
    ended_at: datetime | None


class World:
    """One workspace; contacts are called by their user id, product time stands still unless advanced."""

    def __init__(self, database: Database, workspace_id: UUID, list_id: UUID, write_key: str) -> None:
        self.database = database
        self.workspace_id = workspace_id
        self.list_id = list_id
        self.now = MONDAY
        self.write_key = write_key
        self._client = Client(_application(database), basic(write_key))
        self._catalog = Catalog()
        self._calls = 0

    @classmethod
    async def open(cls, database: Database, *, time_zone: str = "Europe/Rome") -> "World":
        """Set up an empty instance, in Italian, with an SMS sender."""
        async with database.transaction("test.commit") as connection:
            await set_clock(connection, product_at=MONDAY, rate=0)
            setup = await set_up_instance(
                connection,
                workspace_name="Bottega",
                list_name="Novità",
                sender_address="news@bottega.example.com",
                sms_sender="Bottega",
                email="ada@bottega.example.com",
                name="Ada",
                password="una frase lunga abbastanza",
                language="it",
                time_zone=time_zone,
                currency="EUR",
                present=MONDAY,
            )
            key, token = await create_key(
                connection,
                workspace_id=setup.workspace_id,
                name="shop",
                kind="server",
                scopes=("track",),
                present=MONDAY,
            )
            del key
        return cls(database, setup.workspace_id, setup.list_id, token)

    async def email_template(self, name: str, subject: str = "", html: str = "") -> str:
        """Make an email template and return its id; it says its own name unless told otherwise."""
        design = Design(
            kind="email", subject=subject or name, html=html or f"<html><body><p>{name}</p></body></html>"
        )
        return await self._template(name, design)

    async def sms_template(self, name: str, body: str = "") -> str:
        """Make an SMS template and return its id."""
        return await self._template(name, Design(kind="sms", body=body or name))

    async def push_template(self, name: str, link: str = "", body: str = "") -> str:
        """Make a push template, its title its name, and return its id."""
        return await self._template(name, Design(kind="push", subject=name, body=body or name, link=link))

    async def _template(self, name: str, design: Design) -> str:
        async with self.database.transaction("test.commit") as connection:
            template_id = await create_template(
                connection,
                workspace_id=self.workspace_id,
                list_id=self.list_id,
                name=name,
                design=design,
                now=self.now,
            )
        return str(template_id)

    async def pool(self, name: str, codes: Sequence[str]) -> str:
        """Make a pool of these codes and return its id."""
        async with self.database.transaction("test.commit") as connection:
            pool = await create_pool(connection, workspace_id=self.workspace_id, name=name, now=self.now)
            await add_codes(connection, workspace_id=self.workspace_id, pool_id=pool.id, lines=codes)
        return str(pool.id)

    async def publish(self, name: str, graph: Mapping[str, Any]) -> UUID:
        """Make, publish and switch on a journey, tell every bucket, and return its id."""
        async with self.database.transaction("test.commit") as connection:
            journey = await create_journey(
                connection, self.workspace_id, list_id=self.list_id, name=name, draft=dict(graph)
            )
            await publish_journey(connection, self.workspace_id, journey.id)
            await activate_journey(connection, self.workspace_id, journey.id)
        await self.drain()
        return journey.id

    async def publish_again(self, journey_id: UUID, graph: Mapping[str, Any]) -> int:
        """Publish the next version of a journey and return its number."""
        async with self.database.transaction("test.commit") as connection:
            await update_journey(connection, self.workspace_id, journey_id, draft=dict(graph))
            number = await publish_journey(connection, self.workspace_id, journey_id)
        await self.drain()
        return number

    async def identify(self, user: str, **traits: Any) -> None:
        """The shop says who the contact is."""
        await self._call("identify", user, traits=traits)

    async def track(
        self,
        user: str,
        event: str,
        *,
        context: str | None = None,
        occurred_at: datetime | None = None,
        **properties: Any,
    ) -> None:
        """The shop tells an event, and everything that it sets off is done."""
        more: dict[str, Any] = {} if context is None else {"context": {"type": context}}
        await self._call(
            "track", user, event=event, properties=properties, occurred_at=occurred_at or self.now, **more
        )

    async def subscribe(self, user: str, *channels: str) -> None:
        """The contact subscribes to the list on these channels (email if none is named)."""
        for channel in channels or ("email",):
            await self.track(
                user,
                "campaignSubscribed",
                listId=str(self.list_id),
                channel=channel,
                source="form",
                wording="Voglio ricevere le novità.",
            )

    async def join(self, user: str, **traits: Any) -> None:
        """A known contact with an address and a phone subscribes on email and SMS."""
        number = int.from_bytes(user.encode()) % 100
        given = {"email": f"{user}@example.com", "phone": f"+120255501{number:02}", **traits}
        await self.identify(user, **{name: value for name, value in given.items() if value is not None})
        await self.subscribe(user, "email", "sms")

    async def unsubscribe(self, mail: Mail) -> None:
        """The contact's mail program asks for one-click unsubscription (RFC 8058), as the mail's header says."""
        found = re.search(r"<(https?://[^>]+)>", mail.headers["list-unsubscribe"])
        assert found is not None
        path = found[1].removeprefix(PUBLIC_URL)
        body = b"List-Unsubscribe=One-Click"
        headers = BROWSER | {"content-type": "application/x-www-form-urlencoded"}
        answer = await self._client.ask("POST", path, body, headers=headers)
        assert answer.status == 200, answer.body
        await self.drain()

    async def visit(self, path: str, *, method: str = "GET", body: bytes = b"") -> Answer:
        """A person follows a link of a message, or presses the button of the page there."""
        return await self._client.ask(method, path, body, headers=BROWSER)

    def client_of(self, write_key: str) -> Client:
        """Somebody else who sends calls, by another key; nothing is drained."""
        return Client(self._client.application, basic(write_key))

    async def post(self, name: str, body: Mapping[str, Any]) -> None:
        """The shop sends this very body, and everything that it sets off is done."""
        self._calls += 1
        given = {"messageId": f"call-{self._calls}", "timestamp": self.now.isoformat(), **body}
        answer: Answer = await self._client.post(f"/v1/{name}", given)
        assert answer.status == 200, answer.body
        await self.drain()

    async def _call(
        self, name: str, user: str, *, occurred_at: datetime | None = None, **fields: Any
    ) -> None:
        self._calls += 1
        answer: Answer = await self._client.post(
            f"/v1/{name}",
            {
                "userId": user,
                "messageId": f"call-{self._calls}",
                "timestamp": (occurred_at or self.now).isoformat(),
                **fields,
            },
        )
        assert answer.status == 200, answer.body
        await self.drain()

    async def advance(self, **amount: float) -> None:
        """Let product time go on by this much, doing what falls due at its own moment."""
        until = self.now + timedelta(**amount)
        while True:
            due = await self._next_due()
            if due is None or due > until:
                break
            await self._set_clock(max(due, self.now))
            await self.drain()
        await self._set_clock(until)
        await self.drain()

    async def drain(self) -> None:
        """Do all that worker, allocator and courier have to do now."""
        while True:
            await settle(self.database, catalog=self._catalog)
            if not await self._has_messages() or not await hand_over_all(
                self.database, public_url=PUBLIC_URL
            ):
                return

    async def _set_clock(self, moment: datetime) -> None:
        self.now = moment
        async with self.database.transaction("test.commit") as connection:
            await set_clock(connection, product_at=moment, rate=0)

    async def _next_due(self) -> datetime | None:
        rows = await self._fetch(
            "SELECT least((SELECT min(due_at) FROM runs WHERE state = 'waiting'),"
            " (SELECT min(due_at) FROM messages WHERE state IN ('planned', 'due') AND due_at > $1))",
            self.now,
        )
        return rows[0][0]

    async def _has_messages(self) -> bool:
        rows = await self._fetch(
            "SELECT EXISTS (SELECT FROM messages WHERE state IN ('planned', 'due') AND due_at <= $1)",
            self.now,
        )
        return rows[0][0]

    async def _fetch(self, query: str, *arguments: Any) -> list[Any]:
        async with self.database.connection() as connection:
            return list(await connection.fetch(query, *arguments))

    async def mailbox(
        self, user: str | None = None, *, channel: Literal["email", "sms", "push"] | None = None
    ) -> list[Mail]:
        """What arrived, oldest first, for everybody or for one contact."""
        rows = await self._fetch(
            "SELECT mailbox.channel, mailbox.recipient, mailbox.subject, mailbox.raw, mailbox.received_at"
            " FROM mailbox LEFT JOIN messages ON messages.id = mailbox.message_id"
            " ORDER BY mailbox.received_at, messages.planned_at, messages.visit, mailbox.id"
        )
        addresses = None if user is None else await self._addresses(user)
        mails = [_mail(*row) for row in rows]
        return [
            mail
            for mail in mails
            if (addresses is None or mail.recipient in addresses) and channel in (None, mail.channel)
        ]

    async def subjects(self, user: str | None = None) -> list[str]:
        """The subjects of the email that arrived, and the texts of SMS, oldest first."""
        return [mail.subject or mail.text for mail in await self.mailbox(user)]

    async def _addresses(self, user: str) -> set[str]:
        rows = await self._fetch(
            "SELECT email, phone, identities->'device'->>-1 FROM contacts WHERE identities @> $1",
            {"user_id": [user]},
        )
        return {address for row in rows for address in row if address is not None}

    async def contact_id(self, user: str) -> UUID:
        """The contact of this user id."""
        rows = await self._fetch(
            "SELECT contact_id FROM identities WHERE kind = 'user_id' AND value = $1", user
        )
        return rows[0][0]

    async def attributes(self, user: str) -> dict[str, Any]:
        """The contact's attributes as folded."""
        rows = await self._fetch("SELECT attributes FROM contacts WHERE id = $1", await self.contact_id(user))
        return rows[0][0]

    async def runs(self, user: str, journey_id: UUID | None = None) -> list[RunRow]:
        """The contact's runs, oldest first."""
        rows = await self._fetch(
            "SELECT id, state, step, outcome, reason, key, entered_at, ended_at FROM runs"
            " WHERE contact_id = $1 AND ($2::uuid IS NULL OR journey_id = $2) ORDER BY entered_at, id",
            await self.contact_id(user),
            journey_id,
        )
        return [RunRow(*row) for row in rows]

    async def trace(self, user: str) -> list[tuple[str, str | None, str | None]]:
        """Step, path and outcome of each entry of the contact's traces, in order."""
        rows = await self._fetch(
            "SELECT entry FROM traces WHERE contact_id = $1 ORDER BY at, run_id, number",
            await self.contact_id(user),
        )
        return [(row[0]["step"], row[0].get("path"), row[0].get("outcome")) for row in rows]

    async def counters(self, journey_id: UUID) -> dict[tuple[str, str, str], int]:
        """The journey's counters over buckets and days, by name, step and path."""
        rows = await self._fetch(
            "SELECT name, step, path, sum(value)::int FROM counters WHERE journey_id = $1 GROUP BY 1, 2, 3",
            journey_id,
        )
        return {(name, step, path): value for name, step, path, value in rows}

    async def messages(self, user: str) -> list[tuple[str | None, str, str | None]]:
        """Step, state and reason of each message of the contact, in order of planning."""
        rows = await self._fetch(
            "SELECT step, state, reason FROM messages WHERE contact_id = $1 ORDER BY planned_at, id",
            await self.contact_id(user),
        )
        return [tuple(row) for row in rows]


def _application(database: Database) -> Application:
    """The tracking API and the pages for contacts, without a server."""
    tracking = create_tracking(database, public_url=PUBLIC_URL)
    pages = create_pages(database)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        for routes in (tracking, pages):
            route = routes.exact.get(path)
            for prefix, part in routes.prefixes.items():
                if path.startswith(prefix):
                    route = part
            if route is not None:
                await route(scope, receive, send)
                return
        raise AssertionError(f"nothing is at {path}")

    return application


def _mail(channel: str, recipient: str, subject: str, raw: bytes, received_at: datetime) -> Mail:
    if channel == "sms":
        return Mail(channel, recipient, "", raw.decode(), "", received_at, {})
    if channel == "push":
        push = read_push(raw)
        headers = {"link": push.link, "image": push.image}
        return Mail(channel, recipient, subject, push.body, "", received_at, headers)
    message = email.message_from_bytes(raw, _class=EmailMessage, policy=email.policy.default)
    parts = {
        kind: part.get_content() if (part := message.get_body((kind,))) is not None else ""
        for kind in ("plain", "html")
    }
    headers = {name.lower(): str(value) for name, value in message.items()}
    return Mail(channel, recipient, subject, parts["plain"], parts["html"], received_at, headers)
