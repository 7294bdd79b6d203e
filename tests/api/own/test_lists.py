"""Subscription lists by the API: made, changed, refused in words, counted, and told to the audit."""

from typing import Any

import httpx
import pytest

from percorso.db import Database
from percorso.worker.main import settle
from tests.api.own.conftest import SignIn

NEW = {"name": "Aurora Uomo", "senderName": "Aurora", "senderAddress": "uomo@aurora.example.com"}
WORDS = {"source": "shop", "wording": "Yes, write to me."}


async def make_list(owner: httpx.AsyncClient, **settings: Any) -> dict[str, Any]:
    answer = await owner.post("/api/v1/lists", json=NEW | settings)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_list_is_made_with_what_its_workspace_has(owner: httpx.AsyncClient) -> None:
    made = await make_list(owner, name="  Aurora Uomo ", senderAddress="uomo@Aurora.Example.COM")
    assert made == {
        "id": made["id"],
        "name": "Aurora Uomo",
        "senderName": "Aurora",
        "senderAddress": "uomo@aurora.example.com",
        "replyTo": None,
        "smsSender": None,
        "timeZone": "Europe/Rome",
        "language": "it",
        "optIn": "single",
        "tracksOpens": True,
        "tracksClicks": True,
        "confirmationTemplateId": None,
        "welcomeTemplateId": None,
        "hasWelcome": False,
        "warnings": [],
    }
    assert (await owner.get(f"/api/v1/lists/{made['id']}")).json() == made
    names = [row["name"] for row in (await owner.get("/api/v1/lists")).json()["items"]]
    assert names == ["Aurora News", "Aurora Uomo"]


async def test_what_is_not_named_stays_and_null_takes_away(owner: httpx.AsyncClient) -> None:
    made = await make_list(owner, replyTo="risposte@aurora.example.com", smsSender="Aurora")
    path = f"/api/v1/lists/{made['id']}"
    changed = (await owner.patch(path, json={"optIn": "double", "replyTo": None})).json()
    assert changed == made | {"optIn": "double", "replyTo": None}
    again = await owner.patch(path, json={"optIn": "double"})
    assert again.json() == changed
    lines = (await owner.get("/api/v1/audit")).json()["items"]
    assert [(line["action"], line["subject"], line["detail"]) for line in lines] == [
        ("list.changed", made["id"], {"settings": ["opt_in", "reply_to"]}),
        ("list.created", made["id"], {}),
    ]
    assert {(line["callerName"], line["subjectName"]) for line in lines} == {(None, made["name"])}


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("name", "  ", "È necessario."),
        ("name", "x" * 101, "Supera 100 caratteri."),
        ("senderName", "a\nBcc: b@example.com", "Contiene caratteri che non si possono mostrare."),
        ("senderAddress", "aurora", "Un indirizzo email ha una @."),
        ("senderAddress", '"a b"@example.com', "La parte prima della @ contiene caratteri a cui Percorso non scrive."),
        ("replyTo", "ciao@localhost", "La parte dopo la @ non è un dominio."),
        ("smsSender", "Boutique Aurora", "È un nome di al massimo 11 lettere e cifre, un numero come +390212345 o un "
         "numero breve."),
        ("timeZone", "Roma", "Questo fuso orario non esiste. Scriverlo come Europe/Rome."),
    ],
)  # fmt: skip
async def test_a_setting_that_cannot_be_is_refused_in_words(
    owner: httpx.AsyncClient, setting: str, value: str, sentence: str
) -> None:
    answer = await owner.post("/api/v1/lists", json=NEW | {setting: value}, headers={"accept-language": "it"})
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert problem["code"] == "list_fault"
    assert problem["fields"] == [{"path": setting, "sentence": sentence}]
    assert [row["name"] for row in (await owner.get("/api/v1/lists")).json()["items"]] == ["Aurora News"]


async def test_all_faults_are_told_at_once(owner: httpx.AsyncClient) -> None:
    bad = {"name": "", "senderName": "Aurora", "senderAddress": "@", "smsSender": "!"}
    problem = (await owner.post("/api/v1/lists", json=bad)).json()
    assert [field["path"] for field in problem["fields"]] == ["name", "senderAddress", "smsSender"]


async def test_two_lists_are_not_called_alike(owner: httpx.AsyncClient) -> None:
    made = await make_list(owner)
    assert (await owner.post("/api/v1/lists", json=NEW | {"name": "AURORA news"})).status_code == 409
    path = f"/api/v1/lists/{made['id']}"
    taken = await owner.patch(path, json={"name": "aurora NEWS"}, headers={"accept-language": "it"})
    assert (taken.status_code, taken.json()["detail"]) == (
        409,
        "Esiste già una lista chiamata aurora NEWS. Scegliere un altro nome.",
    )
    assert (await owner.patch(path, json={"name": "aurora uomo"})).json()["name"] == "aurora uomo"


async def test_a_sender_that_may_not_arrive_is_warned_of_and_kept(
    owner: httpx.AsyncClient, database: Database
) -> None:
    assert (await make_list(owner, senderAddress="bottega@gmail.com"))["warnings"] == ["free_mailbox"]
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            """
            INSERT INTO receiving_domains (id, workspace_id, provider, domain, step, since, next_at, reply, replied_at)
            SELECT gen_random_uuid(), id, 'mailbox', 'negozio.example.com', 1, now(), now(), '450 later', now()
            FROM workspaces
            """
        )
    made = await make_list(owner, name="Negozio", senderAddress="ciao@negozio.example.com")
    assert made["warnings"] == ["domain_waits"]


async def test_a_welcome_and_a_confirmation_need_templates_of_the_list(owner: httpx.AsyncClient) -> None:
    made = await make_list(owner)
    path = f"/api/v1/lists/{made['id']}"
    told = (await owner.patch(path, json={"hasWelcome": True})).json()
    assert [field["path"] for field in told["fields"]] == ["welcomeTemplateId"]
    written = {"name": "Ciao", "kind": "email", "subject": "Ciao", "html": "<p>Ciao</p>"}
    own = (await owner.post("/api/v1/templates", json=written | {"listId": made["id"]})).json()["id"]
    news = (await owner.get("/api/v1/lists")).json()["items"][0]["id"]
    other = (await owner.post("/api/v1/templates", json=written | {"listId": news})).json()["id"]
    told = (
        await owner.patch(
            path,
            json={"welcomeTemplateId": other, "confirmationTemplateId": own},
            headers={"accept-language": "it"},
        )
    ).json()
    assert told["fields"] == [
        {
            "path": "confirmationTemplateId",
            "sentence": "La conferma si chiede a chi non è ancora iscritto: il suo modello deve essere transazionale.",
        },
        {"path": "welcomeTemplateId", "sentence": "La lista non ha questo modello di email."},
    ]
    changed = (await owner.patch(path, json={"hasWelcome": True, "welcomeTemplateId": own})).json()
    assert (changed["hasWelcome"], changed["welcomeTemplateId"]) == (True, own)
    lines = (await owner.get("/api/v1/templates", params={"list_id": made["id"]})).json()["items"]
    assert lines == [{"id": own, "listId": made["id"], "name": "Ciao", "kind": "email", "class": "marketing"}]


async def test_the_figures_count_how_people_stand(owner: httpx.AsyncClient, database: Database) -> None:
    made = await make_list(owner)
    for number, (channel, status) in enumerate(
        [("email", "subscribed"), ("email", "subscribed"), ("email", "pending"), ("sms", "unsubscribed")]
    ):
        contact = (await owner.post("/api/v1/contacts", json={"email": f"c{number}@example.com"})).json()
        said = {"listId": made["id"], "channel": channel, "status": status, **WORDS}
        answer = await owner.put(f"/api/v1/contacts/{contact['id']}/statuses", json=said)
        assert answer.status_code == 200, answer.text
    await settle(database)
    assert (await owner.get("/api/v1/list-figures")).json()["items"] == [
        {"listId": made["id"], "channel": "email", "subscribed": 2, "pending": 1, "unsubscribed": 0},
        {"listId": made["id"], "channel": "sms", "subscribed": 0, "pending": 0, "unsubscribed": 1},
    ]


async def test_only_who_may_sets_lists_up_and_strangers_find_none(
    owner: httpx.AsyncClient, sign_in_with_role: SignIn
) -> None:
    made = await make_list(owner)
    path = f"/api/v1/lists/{made['id']}"
    editor = await sign_in_with_role("editor")
    assert (await editor.get(path)).json()["name"] == "Aurora Uomo"
    assert (await editor.patch(path, json={"name": "Mia"})).status_code == 403
    assert (await editor.post("/api/v1/lists", json=NEW)).status_code == 403
    missing = await owner.patch(f"/api/v1/lists/{'0' * 8}-0000-4000-8000-{'0' * 12}", json={"name": "Mia"})
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
