"""The check before activation, differences, simulations and the ready journeys through the API."""

from typing import Any

import httpx

from percorso.db import Database
from percorso.worker.apply import apply_all
from percorso.worker.main import settle
from tests.api.own.test_authoring import END, make_journey
from tests.worker.segments import text_is

WAIT: dict[str, Any] = {
    **END,
    "first": "wait",
    "steps": {
        "wait": {"kind": "wait", "period": {"amount": 2, "unit": "days"}, "next": "end"},
        **END["steps"],
    },
}
GIVEN = {**END, "starts": [{"kind": "subscription", "id": "new"}]}
"""A journey of which the workspace knows nothing that could be told of."""
FILLED = {"kind": "event", "event": "formCompiled"}
ITALIAN = {"accept-language": "it"}


async def make(owner: httpx.AsyncClient, graph: dict[str, Any]) -> str:
    return f"/api/v1/journeys/{(await make_journey(owner, graph=graph)).json()['id']}"


async def test_a_journey_is_checked_in_the_language_asked_for(owner: httpx.AsyncClient) -> None:
    path = await make(owner, {**END, "first": "nowhere"})
    found = (await owner.get(f"{path}/lint")).json()
    assert found["mayBePublished"] is False
    assert [(it["severity"], it["code"], it["at"]) for it in found["findings"]][:1] == [
        ("error", "first_unknown", "first")
    ]
    said = (await owner.get(f"{path}/lint", headers=ITALIAN)).json()["findings"][0]["sentence"]
    assert said == "Il primo passo «nowhere» non esiste."
    sound = (await owner.get(f"{await make(owner, GIVEN)}/lint")).json()
    assert sound == {"findings": [], "mayBePublished": True}


async def lint(owner: httpx.AsyncClient, path: str, graph: dict[str, Any] | None = None) -> list[Any]:
    """Return what is found: severity, code and place."""
    asked = await owner.post(f"{path}/lint", json=None if graph is None else {"graph": graph})
    assert asked.status_code == 200, asked.text
    return [(it["severity"], it["code"], it["at"]) for it in asked.json()["findings"]]


async def test_a_graph_is_checked_before_it_is_saved(owner: httpx.AsyncClient) -> None:
    path = await make(owner, GIVEN)
    assert await lint(owner, path) == []
    assert (await lint(owner, path, {**END, "first": "nowhere"}))[0] == ("error", "first_unknown", "first")
    assert await lint(owner, path, END) == [("warning", "event_unknown", "starts[0].event")]
    assert (await owner.get(path)).json()["graph"] == GIVEN


async def test_what_the_workspace_knows_is_held_against_the_journey(
    owner: httpx.AsyncClient, database: Database
) -> None:
    """An event not seen for a month and a field nobody has, retention, contacts without an address, who starts likewise."""
    other = await make(owner, END)
    for verb in ("publish", "activate"):
        assert (await owner.post(f"{other}/{verb}")).status_code == 200
    made = {"name": "Hi", "kind": "sms", "body": "Hi"}
    template = (await owner.post("/api/v1/templates", json=made)).json()["id"]
    wait = {"kind": "wait", "period": {"amount": 3, "unit": "months"}, "next": "sms"}
    steps = {"wait": wait, "sms": {"kind": "send_sms", "templateId": template}}
    start = {**END["starts"][0], "condition": text_is("nobodyHasIt", "x")}
    path = await make(owner, {**END, "starts": [start], "first": "wait", "steps": steps})
    for number in range(4):
        contact = {"externalId": f"c{number}", "email": f"c{number}@example.com"}
        if number == 0:
            contact["phone"] = "+393331234567"
        assert (await owner.post("/api/v1/contacts", json=contact)).status_code < 300
    await apply_all(database)
    async with database.transaction("test.commit") as connection:
        await connection.execute("UPDATE workspaces SET events_kept_months = 2")
        await connection.execute(
            "INSERT INTO event_days (workspace_id, name, day, value)"
            " SELECT id, 'formCompiled', (SELECT product_at::date - 40 FROM clocks), 1 FROM workspaces"
        )
    asked = await owner.post(f"{path}/lint", headers=ITALIAN)
    found = {it["code"]: it for it in asked.json()["findings"]}
    assert {code: it["severity"] for code, it in found.items()} == {
        "wait_beyond_statistics": "error",
        "event_unseen": "warning",
        "field_unknown": "warning",
        "start_shared": "warning",
        "address_missing": "warning",
    }
    assert (found["address_missing"]["share"], found["address_missing"]["step"]) == (0.75, "sms")
    assert found["wait_beyond_statistics"]["sentence"].startswith("Un'attesa di 9")
    refused = await owner.post(f"{path}/publish")
    assert (refused.status_code, [it["path"] for it in refused.json()["fields"]]) == (
        422,
        ["graph.steps.wait.period"],
    )


async def test_a_message_of_another_journey_is_told_of(owner: httpx.AsyncClient) -> None:
    made = {"name": "Hi", "kind": "sms", "body": "Hi"}
    template = (await owner.post("/api/v1/templates", json=made)).json()["id"]
    graph = {**GIVEN, "first": "sms", "steps": {"sms": {"kind": "send_sms", "templateId": template}}}
    first, second = await make(owner, graph), await make(owner, graph)
    assert (await owner.post(f"{first}/publish")).status_code == 200
    assert await lint(owner, second) == [("error", "template_used", "steps.sms.templateId")]
    refused = await owner.post(f"{second}/publish", headers=ITALIAN)
    assert (refused.status_code, refused.json()["code"]) == (422, "graph_invalid")
    assert [(it["path"], it["sentence"]) for it in refused.json()["fields"]] == [
        ("graph.steps.sms.templateId", "Il messaggio è usato in «Welcome»: inserirne una copia.")
    ]
    (told,) = (await owner.post(f"{second}/lint", headers=ITALIAN)).json()["findings"]
    assert told["sentence"] == "Il messaggio è usato in «Welcome»: inserirne una copia."
    assert await lint(owner, first) == []
    assert (await owner.post(f"{first}/archive")).status_code == 200
    assert await lint(owner, second) == []


async def test_a_journey_is_published_with_copies_of_what_others_send(owner: httpx.AsyncClient) -> None:
    ids = [
        (await owner.post("/api/v1/templates", json={"name": name, "kind": "sms", "body": name})).json()["id"]
        for name in ("Hi", "Bye", "Mine")
    ]
    steps = {
        str(number): {
            "kind": "send_sms",
            "templateId": id,
            "variants": [{"language": "en", "templateId": ids[0]}],
            **({"next": str(number + 1)} if number < 2 else {}),
        }
        for number, id in enumerate(ids)
    }
    others = {
        **GIVEN,
        "first": "0",
        "steps": {"0": steps["0"] | {"next": "1"}, "1": {**steps["1"], "next": None}},
    }
    first, second = await make(owner, others), await make(owner, {**GIVEN, "first": "0", "steps": steps})
    assert (await owner.post(f"{first}/publish")).status_code == 200
    done = await owner.post(f"{second}/publish", json={"copyTemplates": True})
    assert done.status_code == 200, done.text
    sent = [
        (step["templateId"], step["variants"][0]["templateId"])
        for step in done.json()["graph"]["steps"].values()
    ]
    assert sent[2][0] == ids[2]
    assert sent[0][0] == sent[0][1] == sent[1][1] == sent[2][1]
    copies = {sent[0][0]: "Hi", sent[1][0]: "Bye"}
    assert not copies.keys() & set(ids)
    templates = {it["id"]: it for it in (await owner.get("/api/v1/templates")).json()["items"]}
    assert {templates[id]["name"] for id in copies} == {"Hi [Welcome]", "Bye [Welcome]"}
    assert {severity for severity, _, _ in await lint(owner, second)} == {"warning"}
    again = await owner.post(f"{second}/publish", json={"again": 1, "copyTemplates": True})
    assert again.json()["code"] == "nothing_to_publish"


async def test_who_has_nowhere_for_a_push_to_go_is_counted(
    owner: httpx.AsyncClient, database: Database
) -> None:
    template = {"name": "Push", "kind": "push", "body": "Ciao"}
    id = (await owner.post("/api/v1/templates", json=template)).json()["id"]
    steps = {"push": {"kind": "send_push", "templateId": id, "next": "end"}, **END["steps"]}
    path = await make(owner, {**GIVEN, "first": "push", "steps": steps})
    assert (await owner.get(f"{path}/lint")).json() == {"findings": [], "mayBePublished": True}
    for name in ("ada", "bea"):
        subscribed = {"channel": "email", "source": "fair", "wording": "Yes"}
        person = {"email": f"{name}@example.com", "subscriptions": [subscribed]}
        assert (await owner.post("/api/v1/contacts", json=person)).status_code == 201
    await settle(database)
    found = (await owner.get(f"{path}/lint", headers=ITALIAN)).json()
    (finding,) = found["findings"]
    assert (finding["severity"], finding["code"], finding["step"], finding["share"]) == (
        "warning",
        "address_missing",
        "push",
        1.0,
    )
    assert finding["sentence"] == "Il 100.0 % dei contatti non ha un recapito per questo passo (push)."
    assert found["mayBePublished"] is True


async def test_what_differs_is_said_in_words(owner: httpx.AsyncClient) -> None:
    path = await make(owner, END)
    unpublished = await owner.get(f"{path}/diff", headers=ITALIAN)
    assert (unpublished.status_code, unpublished.json()["detail"]) == (
        404,
        "Il percorso non ha ancora una versione.",
    )
    assert (await owner.post(f"{path}/publish")).status_code == 200
    assert (await owner.get(f"{path}/diff")).json() == {"differences": []}
    changed = {**END, "rounds": 3}
    assert (await owner.patch(path, json={"graph": changed})).status_code == 200
    (one,) = (await owner.get(f"{path}/diff", headers=ITALIAN)).json()["differences"]
    assert (one["change"], one["field"], one["after"]) == ("set", ["rounds"], 3)
    assert one["sentence"]
    assert (await owner.post(f"{path}/publish")).status_code == 200
    (same,) = (await owner.get(f"{path}/diff?from=1&to=2", headers=ITALIAN)).json()["differences"]
    assert same == one
    gone = await owner.get(f"{path}/diff?from=7")
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown_version")


async def test_a_draft_is_simulated(owner: httpx.AsyncClient) -> None:
    path = await make(owner, WAIT)
    ask = {
        "journeyId": path.rsplit("/", 1)[1],
        "scenario": {"begins": "2026-03-02T13:00", "happens": [FILLED]},
    }
    answer = await owner.post("/api/v1/journeys/simulate", json=ask)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    (run,) = told["runs"]
    assert (run["path"], run["outcome"]) == (["wait", "end"], "positive")
    # In the zone of the list, Rome.
    assert (run["enteredAt"], run["endedAt"]) == ("2026-03-02T12:00:00Z", "2026-03-04T12:00:00Z")
    assert [(it["step"], it["because"]) for it in told["judged"]] == [
        ("", "formCompiled"),
        ("wait", "time"),
        ("end", "time"),
    ]
    assert told["stopped"] == "over"


async def test_a_graph_is_simulated_without_a_journey(owner: httpx.AsyncClient) -> None:
    ask = {"graph": END, "scenario": {"begins": "2026-03-02T13:00", "happens": [FILLED]}}
    told = (await owner.post("/api/v1/journeys/simulate", json=ask)).json()
    assert [run["outcome"] for run in told["runs"]] == ["positive"]


async def test_all_that_is_wrong_with_a_scenario_is_answered_at_once(owner: httpx.AsyncClient) -> None:
    happens = [{"kind": "event", "event": "campaignSent"}, {**FILLED, "at": "soon"}]
    ask = {"graph": END, "scenario": {"begins": "2026-03-02", "happens": happens}}
    answer = await owner.post("/api/v1/journeys/simulate", json=ask, headers=ITALIAN)
    assert (answer.status_code, answer.json()["code"]) == (422, "scenario_invalid")
    assert [field["path"] for field in answer.json()["fields"]] == [
        "scenario.happens[0].event",
        "scenario.happens[1].at",
    ]
    assert answer.json()["detail"].startswith("Questo non si può simulare: happens[0].event: È Percorso")
    faulty = {"graph": {**END, "first": "x"}, "scenario": {"begins": "2026-03-02"}}
    assert (await owner.post("/api/v1/journeys/simulate", json=faulty)).json()["code"] == "graph_invalid"


async def test_the_fifteen_ready_journeys_have_texts_in_both_languages(owner: httpx.AsyncClient) -> None:
    ready = (await owner.get("/api/v1/journeys/ready")).json()["journeys"]
    assert len(ready) == 15
    cart = next(one for one in ready if one["key"] == "abandoned-cart")
    assert (cart["en"]["name"], cart["it"]["name"]) == ("Abandoned cart", "Carrello abbandonato")
    whole = (await owner.get("/api/v1/journeys/ready/abandoned-cart")).json()
    assert [whole[it]["messages"][0]["subject"] for it in ("en", "it")] == [
        "You left something behind",
        "Hai dimenticato qualcosa",
    ]
    assert whole["en"]["graph"]["first"] == "cart"
    gone = await owner.get("/api/v1/journeys/ready/none", headers=ITALIAN)
    assert (gone.status_code, gone.json()["detail"]) == (404, "Qui non c'è questo percorso pronto.")


async def test_a_ready_journey_is_simulated_as_it_is(owner: httpx.AsyncClient) -> None:
    graph = (await owner.get("/api/v1/journeys/ready/abandoned-cart")).json()["en"]["graph"]
    happens = [{"kind": "event", "event": "abandonedCart", "properties": {"orderId": "c1"}}]
    ask = {"graph": graph, "scenario": {"begins": "2026-03-02T13:00", "happens": happens}}
    told = (await owner.post("/api/v1/journeys/simulate", json=ask)).json()
    assert [(it["step"], it["cameTo"]) for it in told["messages"]] == [
        ("cart", "sent"),
        ("last_call", "sent"),
    ]
