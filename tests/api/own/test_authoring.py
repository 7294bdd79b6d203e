"""Journeys, templates and pools through the API, once and repeated."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from percorso.db import Database

END: dict[str, Any] = {
    "starts": [{"kind": "event", "id": "registered", "event": "formCompiled"}],
    "first": "end",
    "steps": {"end": {"kind": "end", "outcome": "positive", "name": "Done"}},
}


async def make_journey(owner: httpx.AsyncClient, **given: Any) -> httpx.Response:
    headers = {"idempotency-key": given.pop("key")} if "key" in given else {}
    body = {"name": "Welcome", "graph": END, **given}
    return await owner.post("/api/v1/journeys", json=body, headers=headers)


async def test_a_journey_goes_from_draft_to_archive(owner: httpx.AsyncClient) -> None:
    made = await make_journey(owner, description="First steps", tags=["series"])
    assert made.status_code == 201, made.text
    journey = made.json()
    assert (journey["state"], journey["version"], journey["graph"]) == ("draft", None, END)
    path = f"/api/v1/journeys/{journey['id']}"
    states: list[tuple[int, str]] = []
    for verb in ("publish", "activate", "pause", "resume", "archive"):
        answer = await owner.post(f"{path}/{verb}")
        assert answer.status_code == 200, answer.text
        states.append((answer.json()["version"], answer.json()["state"]))
    assert states == [(1, "ready"), (1, "active"), (1, "paused"), (1, "active"), (1, "archived")]
    assert (await owner.get("/api/v1/journeys")).json()["items"] == []
    (archived,) = (await owner.get("/api/v1/journeys?state=archived")).json()["items"]
    assert archived["id"] == journey["id"]
    assert (await owner.get(path)).json()["versions"][0]["number"] == 1


async def test_a_start_sent_without_its_kind_is_an_event_and_answered_with_it(
    owner: httpx.AsyncClient,
) -> None:
    before = {**END, "starts": [{"id": "registered", "event": "formCompiled"}]}
    journey = (await make_journey(owner, graph=before)).json()
    assert journey["graph"] == END
    published = await owner.post(f"/api/v1/journeys/{journey['id']}/publish")
    assert (published.status_code, published.json()["graph"]) == (200, END)


async def test_what_cannot_be_carried_out_yet_is_not_published_and_says_so(owner: httpx.AsyncClient) -> None:
    planned = {**END, "starts": [{"kind": "pushed", "id": "planned", "sources": ["plan"]}]}
    path = f"/api/v1/journeys/{(await make_journey(owner, graph=planned)).json()['id']}/publish"
    refused = await owner.post(path, headers={"accept-language": "it"})
    (fault,) = refused.json()["fields"]
    assert (refused.status_code, fault["path"]) == (422, "graph.starts[0]")
    assert fault["sentence"].startswith("Questo inizio: ")


async def test_what_cannot_be_read_is_named_at_once_in_the_language_asked_for(
    owner: httpx.AsyncClient,
) -> None:
    graph = {**END, "colour": 1, "steps": {"end": {"kind": "end", "outcome": "sad", "name": 7}}}
    body = {"name": "Welcome", "graph": graph}
    refused = await owner.post("/api/v1/journeys", json=body, headers={"accept-language": "it"})
    assert refused.status_code == 422
    assert [field["path"] for field in refused.json()["fields"]] == [
        "graph.colour",
        "graph.steps.end.outcome",
    ]
    assert refused.json()["fields"][0]["sentence"] == "Il campo «colour» qui è sconosciuto."


async def test_a_graph_with_faults_is_answered_with_each_at_its_place(owner: httpx.AsyncClient) -> None:
    graph = {**END, "first": "nowhere"}
    made = (await make_journey(owner, graph=graph)).json()
    answer = await owner.post(f"/api/v1/journeys/{made['id']}/publish")
    assert answer.status_code == 422
    assert "graph.first" in [field["path"] for field in answer.json()["fields"]]
    assert (await owner.get(f"/api/v1/journeys/{made['id']}")).json()["state"] == "draft"


async def test_what_is_wrong_is_said_in_the_language_of_the_request(owner: httpx.AsyncClient) -> None:
    made = (await make_journey(owner, graph={**END, "first": "nowhere"})).json()
    path = f"/api/v1/journeys/{made['id']}"
    italian = {"accept-language": "it-IT,it;q=0.9,en;q=0.8"}
    answer = await owner.post(f"{path}/publish", headers=italian)
    problem = answer.json()
    assert (answer.headers["content-language"], problem["title"]) == ("it", "Non elaborabile")
    assert problem["detail"].startswith("Il percorso non può essere pubblicato: ")
    sentences = {field["path"]: field["sentence"] for field in problem["fields"]}
    assert sentences["graph.first"] == "Il primo passo «nowhere» non esiste."
    paused = (await owner.post(f"{path}/pause", headers=italian)).json()
    assert paused["detail"] == "Un percorso in bozza non si può mettere in pausa."
    english = await owner.post(f"{path}/pause", headers={"accept-language": "en-GB"})
    assert english.json()["detail"] == "A journey that is draft cannot be paused."
    unread = await owner.get("/api/v1/journeys?cursor=x", headers=italian)
    assert (unread.status_code, unread.json()["title"]) == (400, "Richiesta non valida")


async def test_what_a_state_does_not_allow_is_a_conflict(owner: httpx.AsyncClient) -> None:
    made = (await make_journey(owner)).json()
    answer = await owner.post(f"/api/v1/journeys/{made['id']}/pause")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")


async def test_an_edit_over_somebody_elses_is_refused(owner: httpx.AsyncClient) -> None:
    made = (await make_journey(owner)).json()
    path = f"/api/v1/journeys/{made['id']}"
    first = await owner.patch(path, json={"name": "Benvenuto", "readAt": made["modifiedAt"]})
    assert (first.status_code, first.json()["name"]) == (200, "Benvenuto")
    second = await owner.patch(path, json={"name": "Willkommen", "readAt": made["modifiedAt"]})
    assert (second.status_code, second.json()["code"]) == (409, "changed_meanwhile")


async def test_a_repeated_post_makes_one_journey_and_answers_alike(owner: httpx.AsyncClient) -> None:
    first = await make_journey(owner, key="once")
    second = await make_journey(owner, key="once")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert len((await owner.get("/api/v1/journeys")).json()["items"]) == 1


async def test_a_key_used_with_another_body_is_refused(owner: httpx.AsyncClient) -> None:
    assert (await make_journey(owner, key="once")).status_code == 201
    answer = await make_journey(owner, key="once", name="Other")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


async def test_while_the_first_is_being_answered_the_second_waits_outside(
    owner: httpx.AsyncClient, database: Database
) -> None:
    assert (await make_journey(owner, key="once")).status_code == 201
    async with database.transaction("test.commit") as connection:
        await connection.execute("UPDATE idempotency SET status = NULL, answer = NULL")
    answer = await make_journey(owner, key="once")
    assert (answer.status_code, answer.json()["code"]) == (409, "in_flight")
    assert answer.headers["retry-after"] == "1"


async def test_after_a_crash_between_making_and_answering_the_same_journey_is_found(
    owner: httpx.AsyncClient, database: Database
) -> None:
    made = (await make_journey(owner, key="once")).json()
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            "UPDATE idempotency SET status = NULL, answer = NULL, claimed_at = claimed_at - interval '2 minutes'"
        )
    again = await make_journey(owner, key="once")
    assert (again.status_code, again.json()["id"]) == (201, made["id"])
    assert len((await owner.get("/api/v1/journeys")).json()["items"]) == 1


async def test_a_refused_post_may_be_tried_again_with_its_key(owner: httpx.AsyncClient) -> None:
    refused = await make_journey(owner, key="once", listId=str(uuid4()))
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_list")
    assert (await make_journey(owner, key="once")).status_code == 201


async def test_templates_are_made_and_faults_named(owner: httpx.AsyncClient) -> None:
    good = {
        "name": "Hello",
        "kind": "email",
        "subject": "Ciao {{ contact.firstName }}",
        "html": '<html><body><p>Ciao</p><a href="{{ unsubscribe_url }}">Basta</a></body></html>',
    }
    made = await owner.post("/api/v1/templates", json=good)
    assert made.status_code == 201, made.text
    assert {key: made.json()[key] for key in ("name", "kind", "version")} == {
        "name": "Hello",
        "kind": "email",
        "version": 1,
    }
    bad = await owner.post("/api/v1/templates", json={**good, "subject": "{% if %}"})
    assert (bad.status_code, bad.json()["code"], bad.json()["fields"][0]["path"]) == (
        422,
        "template_fault",
        "subject",
    )


async def test_a_pool_counts_its_codes_and_takes_each_once(owner: httpx.AsyncClient) -> None:
    pool = (await owner.post("/api/v1/coupon-pools", json={"name": "Spring"})).json()
    path = f"/api/v1/coupon-pools/{pool['id']}/codes"
    added = (await owner.post(path, json={"codes": ["A1", "A2", "A2"]})).json()
    again = (await owner.post(path, json={"codes": ["A2", "A3"]})).json()
    assert (added["added"], added["repeated"], again["added"], again["repeated"]) == (2, 1, 1, 1)
    (listed,) = (await owner.get("/api/v1/coupon-pools")).json()["items"]
    assert (listed["codes"], listed["free"]) == (3, 3)


HOSTILE: list[bytes] = [
    b"",
    b"{",
    b"[]",
    b'{"name": 1}',
    b'{"name": "x", "unknown": 1}',
    b'{"name": "\\u0000"}',
    b'{"name": "\\ud800"}',
    b'{"name": "x", "graph": {"\\u0000": 1e400}}',
    b'{"name": "x", "graph": ' + b'{"a":' * 20_000 + b"1" + b"}" * 20_000 + b"}",
    b'{"name": "' + b"x" * 3_000_000 + b'"}',
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("path", ["journeys", "templates", "coupon-pools", "api-keys", "session"])
async def test_hostile_bodies_are_the_senders_fault(owner: httpx.AsyncClient, path: str, body: bytes) -> None:
    answer = await owner.post(f"/api/v1/{path}", content=body, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_a_push_is_written_with_link_and_picture_and_faults_are_said(owner: httpx.AsyncClient) -> None:
    good = {
        "name": "Offerta",
        "kind": "push",
        "subject": "Solo oggi",
        "body": "Guarda {{ event.sku }}",
        "link": "https://shop.example.com/{{ event.sku }}",
        "image": "https://shop.example.com/1.png",
    }
    made = await owner.post("/api/v1/templates", json=good)
    assert (made.status_code, made.json()["kind"], made.json()["version"]) == (201, "push", 1)
    (line,) = [
        row
        for row in (await owner.get("/api/v1/templates")).json()["items"]
        if row["id"] == made.json()["id"]
    ]
    assert (line["kind"], line["class"]) == ("push", "marketing")
    sentences: list[str] = []
    for bad in ({"body": " "}, {"link": "ftp://shop.example.com"}, {"image": "x.png"}):
        answer = await owner.post("/api/v1/templates", json=good | bad, headers={"accept-language": "it"})
        assert answer.status_code == 422, answer.text
        sentences.append(answer.json()["detail"])
    assert sentences == [
        "body: una notifica push ha bisogno di un testo.",
        "link: una notifica push porta sul web: inizia con https:// o con un valore.",
        "image: un'immagine sta sul web: inizia con https:// o con un valore.",
    ]


async def test_a_journey_with_a_push_is_published_and_a_template_of_another_kind_refused(
    owner: httpx.AsyncClient,
) -> None:
    ids = [
        (await owner.post("/api/v1/templates", json={"name": kind, "kind": kind, "body": "Ciao"})).json()[
            "id"
        ]
        for kind in ("push", "sms")
    ]
    answers: list[tuple[int, int]] = []
    for id in ids:
        steps = {"push": {"kind": "send_push", "templateId": id, "next": "end"}, **END["steps"]}
        made = (await make_journey(owner, graph={**END, "first": "push", "steps": steps})).json()
        published = await owner.post(f"/api/v1/journeys/{made['id']}/publish")
        answers.append((published.status_code, made["pushes"]))
    assert answers == [(200, 1), (422, 1)]
