"""What contacts meet: links, the pixel, the message online, unsubscribing, preferences."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from percorso.api.pages import create_pages
from percorso.consent.records import find_broken_link
from percorso.consent.status_store import list_records
from percorso.content.store import ensure_token_keys
from percorso.content.tokens import Named, Purpose, TokenKeys
from percorso.courier.main import hand_over_all
from percorso.db import Database
from percorso.db.clock import set_clock
from percorso.kit.ids import bucket_of
from tests.support.scene import NOW, Scene, add_contact, plan, read_facts, read_message, ready_message

PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Answer(msgspec.Struct):
    status: int
    headers: dict[str, str]
    body: str


class Site:
    """The public pages, asked directly."""

    def __init__(self, database: Database, keys: TokenKeys) -> None:
        self._routes = create_pages(database)
        self._keys = keys

    def path(self, purpose: Purpose, named: Named) -> str:
        return f"/{purpose.value}/{self._keys.make_token(purpose, named)}"

    async def ask(
        self, path: str, *, method: str = "GET", body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        sent: list[dict[str, Any]] = []
        given = {"user-agent": PERSON} | (headers or {})

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }
        await self._routes.prefixes[path[:3]](scope, receive, send)
        start, *rest = sent
        return Answer(
            status=start["status"],
            headers={name.decode(): value.decode() for name, value in start["headers"]},
            body=b"".join(part["body"] for part in rest).decode("latin-1")
            if start["headers"][1][1] == b"image/gif"
            else b"".join(part["body"] for part in rest).decode(),
        )


class Sent(msgspec.Struct):
    """A message that was sent an hour ago, and the site that serves it."""

    database: Database
    scene: Scene
    contact_id: UUID
    message_id: UUID
    site: Site
    named: Named

    def link(self, position: int) -> str:
        return self.site.path(Purpose.CLICK, msgspec.structs.replace(self.named, position=position))


@pytest.fixture
async def sent(database: Database) -> Sent:
    scene, contact_id, message_id = await ready_message(database)
    await hand_over_all(database)
    async with database.transaction("test.commit") as connection:
        await set_clock(connection, product_at=NOW + timedelta(hours=1), rate=0)
        keys = await ensure_token_keys(connection)
    message = await read_message(database, message_id)
    return Sent(
        database=database,
        scene=scene,
        contact_id=contact_id,
        message_id=message_id,
        site=Site(database, keys),
        named=Named(scene.workspace_id, message["bucket"], message_id),
    )


async def read_status(sent: Sent, channel: str) -> str | None:
    async with sent.database.connection() as connection:
        return await connection.fetchval(
            "SELECT status FROM statuses WHERE contact_id = $1 AND channel = $2", sent.contact_id, channel
        )


async def test_a_click_leads_where_the_author_pointed_and_is_recorded(sent: Sent) -> None:
    answer = await sent.site.ask(sent.link(0))

    assert (answer.status, answer.headers["location"]) == (302, "https://shop.example.com/A1")
    (fact,) = await read_facts(sent.database, "campaignLinkClicked")
    said = fact["properties"]
    assert (said["url"], said["linkId"], said["machine"], said["first"]) == (
        "https://shop.example.com/A1",
        0,
        False,
        True,
    )
    assert (fact["contact_id"], fact["historical"]) == (sent.contact_id, False)
    message = await read_message(sent.database, sent.message_id)
    assert message["clicked_at"] == NOW + timedelta(hours=1)


async def test_a_second_click_is_recorded_but_is_not_the_first(sent: Sent) -> None:
    await sent.site.ask(sent.link(0))
    await sent.site.ask(sent.link(0))

    facts = await read_facts(sent.database, "campaignLinkClicked")
    assert [fact["properties"]["first"] for fact in facts] == [True, False]


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {}),
        ("GET", {"user-agent": "Barracuda Sentinel (EE)"}),
        ("GET", {"user-agent": ""}),
        ("GET", {"user-agent": "Mozilla/5.0"}),
        ("GET", {"sec-purpose": "prefetch;prerender"}),
        ("GET", {"x-moz": "prefetch"}),
    ],
)
async def test_a_machine_is_sent_on_but_counts_nowhere(
    sent: Sent, method: str, headers: dict[str, str]
) -> None:
    answer = await sent.site.ask(sent.link(0), method=method, headers=headers)

    assert answer.status == 302
    (fact,) = await read_facts(sent.database, "campaignLinkClicked")
    assert (fact["properties"]["machine"], fact["properties"]["first"], fact["historical"]) == (
        True,
        False,
        True,
    )
    assert (await read_message(sent.database, sent.message_id))["clicked_at"] is None


async def test_a_click_as_soon_as_the_message_was_accepted_is_a_machines(sent: Sent) -> None:
    async with sent.database.transaction("test.commit") as connection:
        await set_clock(connection, product_at=NOW + timedelta(seconds=1), rate=0)

    await sent.site.ask(sent.link(0))

    (fact,) = await read_facts(sent.database, "campaignLinkClicked")
    assert fact["properties"]["machine"] is True


async def test_the_pixel_records_an_open_once_as_first(sent: Sent) -> None:
    path = sent.site.path(Purpose.PIXEL, sent.named)
    first, second = await sent.site.ask(path), await sent.site.ask(path)

    assert (first.headers["content-type"], first.body[:6]) == ("image/gif", "GIF89a")
    assert first == second
    facts = await read_facts(sent.database, "campaignOpened")
    assert [fact["properties"]["first"] for fact in facts] == [True, False]
    message = await read_message(sent.database, sent.message_id)
    assert (message["opened_at"], message["clicked_at"]) == (NOW + timedelta(hours=1), None)


async def test_evidence_settles_a_doubt_as_delivered(sent: Sent) -> None:
    async with sent.database.transaction("test.commit") as connection:
        await connection.execute("UPDATE messages SET state = 'unknown' WHERE id = $1", sent.message_id)

    await sent.site.ask(sent.site.path(Purpose.PIXEL, sent.named))

    assert (await read_message(sent.database, sent.message_id))["state"] == "delivered"


async def test_the_message_is_shown_online_shut_in(sent: Sent) -> None:
    answer = await sent.site.ask(sent.site.path(Purpose.VIEW, sent.named))

    assert answer.status == 200
    assert "<p>Ciao Maria</p>" in answer.body
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy


async def test_the_message_online_does_not_lead_to_itself(sent: Sent) -> None:
    path = sent.site.path(Purpose.VIEW, sent.named)

    answer = await sent.site.ask(path)

    assert f'a[href$="{path}"] {{ display: none; }}' in answer.body


async def test_our_pages_load_their_typeface_from_us_alone(sent: Sent) -> None:
    answer = await sent.site.ask(sent.site.path(Purpose.UNSUBSCRIBE, sent.named))

    assert "font-src 'self';" in answer.headers["content-security-policy"]
    assert "http" not in answer.body.partition("</style>")[0]


async def test_looking_at_the_unsubscribe_page_changes_nothing(sent: Sent) -> None:
    path = sent.site.path(Purpose.UNSUBSCRIBE, sent.named)
    for method in ("GET", "HEAD"):
        answer = await sent.site.ask(path, method=method)
        assert answer.status == 200
        assert "Vuoi annullare l’iscrizione?" in answer.body
        assert "m•••a@example.com" in answer.body
        assert "maria@example.com" not in answer.body

    assert await read_status(sent, "email") == "subscribed"
    assert await read_facts(sent.database, "campaignUnsubscribed") == []


@pytest.mark.parametrize(
    ("body", "source"),
    [
        (b"List-Unsubscribe=One-Click", "list_unsubscribe"),
        (b"", "unsubscribe_page"),
        (b"x" * 10_000, "unsubscribe_page"),
        (b"\xff\xfe", "unsubscribe_page"),
    ],
)
async def test_a_post_unsubscribes_with_proof_and_fact(sent: Sent, body: bytes, source: str) -> None:
    path = sent.site.path(Purpose.UNSUBSCRIBE, sent.named)
    answer = await sent.site.ask(path, method="POST", body=body)

    assert answer.status == 200
    assert "Iscrizione annullata" in answer.body
    assert (await read_status(sent, "email"), await read_status(sent, "sms")) == (
        "unsubscribed",
        "subscribed",
    )
    (fact,) = await read_facts(sent.database, "campaignUnsubscribed")
    assert (fact["contact_id"], fact["kind"], fact["origin"]) == (sent.contact_id, "status", "api")
    said = fact["properties"]
    assert (said["listId"], said["channel"], said["source"], said["messageId"]) == (
        str(sent.scene.list_id),
        "email",
        source,
        str(sent.message_id),
    )
    async with sent.database.connection() as connection:
        records = await list_records(connection, sent.contact_id)
    assert [(record.status, record.source) for record in records] == [("unsubscribed", source)]
    assert find_broken_link(records) is None


async def test_unsubscribing_twice_is_recorded_once(sent: Sent) -> None:
    path = sent.site.path(Purpose.UNSUBSCRIBE, sent.named)
    await sent.site.ask(path, method="POST")
    answer = await sent.site.ask(path, method="POST")

    assert answer.status == 200
    assert len(await read_facts(sent.database, "campaignUnsubscribed")) == 1
    assert "Iscrizione annullata" in (await sent.site.ask(path)).body


async def test_who_was_merged_unsubscribes_who_holds_them_now(sent: Sent) -> None:
    async with sent.database.transaction("test.commit") as connection:
        holder = await add_contact(connection, sent.scene, email="maria.rossi@example.com")
        await connection.execute(
            'INSERT INTO moved (bucket, contact_id, workspace_id, into_bucket, into_contact_id, "offset", state,'
            " moved_at) VALUES ($1, $2, $3, $4, $5, 1, 'done', $6)",
            bucket_of(sent.contact_id),
            sent.contact_id,
            sent.scene.workspace_id,
            bucket_of(holder),
            holder,
            NOW,
        )
    await sent.site.ask(sent.site.path(Purpose.UNSUBSCRIBE, sent.named), method="POST")

    (fact,) = await read_facts(sent.database, "campaignUnsubscribed")
    assert fact["contact_id"] == holder
    async with sent.database.connection() as connection:
        rows = await connection.fetch("SELECT contact_id, status FROM statuses WHERE channel = 'email'")
    assert {row["contact_id"]: row["status"] for row in rows}[holder] == "unsubscribed"


async def test_an_erased_contact_is_not_written_about(sent: Sent) -> None:
    async with sent.database.transaction("test.commit") as connection:
        await connection.execute(
            "INSERT INTO contact_marks SELECT bucket, id, workspace_id, 'erased', created_at FROM contacts"
        )
    for purpose in (Purpose.UNSUBSCRIBE, Purpose.PREFERENCES):
        answer = await sent.site.ask(sent.site.path(purpose, sent.named), method="POST", body=b"email=1")
        assert answer.status == 404
    assert await read_facts(sent.database, "campaignUnsubscribed", "campaignSubscribed") == []


async def test_nothing_leaves_after_unsubscribing(sent: Sent) -> None:
    async with sent.database.transaction("test.commit") as connection:
        next_id = await plan(connection, sent.scene, sent.contact_id)
    await sent.site.ask(sent.site.path(Purpose.UNSUBSCRIBE, sent.named), method="POST")
    await hand_over_all(sent.database)

    message = await read_message(sent.database, next_id)
    assert (message["state"], message["reason"], message["marked_at"]) == ("skipped", "not_subscribed", None)


async def test_preferences_show_and_change_both_channels(sent: Sent) -> None:
    path = sent.site.path(Purpose.PREFERENCES, sent.named)
    shown = await sent.site.ask(path)
    assert re.findall(r'name="(\w+)" value="1"( checked)?', shown.body) == [
        ("email", " checked"),
        ("sms", " checked"),
    ]

    answer = await sent.site.ask(path, method="POST", body=b"sms=1")

    assert "Scelte salvate." in answer.body
    assert (await read_status(sent, "email"), await read_status(sent, "sms")) == (
        "unsubscribed",
        "subscribed",
    )
    await sent.site.ask(path, method="POST", body=b"sms=1&email=1")
    assert await read_status(sent, "email") == "subscribed"
    facts = await read_facts(sent.database, "campaignUnsubscribed", "campaignSubscribed")
    assert [(fact["name"], fact["properties"]["channel"]) for fact in facts] == [
        ("campaignUnsubscribed", "email"),
        ("campaignSubscribed", "email"),
    ]


async def test_whatever_is_wrong_with_a_link_is_answered_alike(sent: Sent) -> None:
    good = sent.link(0)
    other = msgspec.structs.replace(sent.named, message_id=sent.contact_id, position=0)
    foreign = msgspec.structs.replace(sent.named, workspace_id=sent.contact_id, position=0)
    changed = good[:-3] + ("AAA" if not good.endswith("AAA") else "BBB")
    paths = [
        changed,
        good + "x",
        "/c/",
        "/c/%00",
        "/c/" + "A" * 5000,
        "/c/è",
        sent.link(7),
        "/c/" + sent.site.path(Purpose.VIEW, sent.named)[3:],
        sent.site.path(Purpose.CLICK, other),
        sent.site.path(Purpose.CLICK, foreign),
        sent.site.path(Purpose.CLICK, sent.named),
    ]
    answers = [await sent.site.ask(path) for path in paths]
    answers += [await sent.site.ask(good, method="DELETE")]
    for purpose in (Purpose.VIEW, Purpose.UNSUBSCRIBE, Purpose.PREFERENCES):
        answers += [await sent.site.ask(f"/{purpose.value}/{good[3:]}", method=m) for m in ("GET", "POST")]

    assert {answer.status for answer in answers} == {404}
    assert len({answer.body for answer in answers}) == 1
    italian = await sent.site.ask(changed, headers={"accept-language": "it-IT,it;q=0.9,en;q=0.8"})
    assert "Questo link non è valido" in italian.body
    assert "This link" not in italian.body
    assert "This link is not valid" in answers[0].body
    assert "Questo" not in answers[0].body
    assert await read_facts(sent.database, "campaignLinkClicked", "campaignUnsubscribed") == []
    invalid = await sent.site.ask("/o/" + good[3:])
    assert invalid == await sent.site.ask(sent.site.path(Purpose.PIXEL, sent.named))
