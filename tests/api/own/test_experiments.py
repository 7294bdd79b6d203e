"""What a journey's experiments came to, through the API."""

from typing import Any
from uuid import uuid4

import httpx

from percorso.db import Database
from percorso.journeys.experiments.actions import measure_experiments
from percorso.worker.main import settle
from tests.api.own.conftest import TakeKey

GRAPH: dict[str, Any] = {
    "starts": [{"kind": "event", "id": "s", "event": "began"}],
    "first": "test",
    "steps": {
        "test": {
            "kind": "experiment",
            "paths": [{"id": "a", "percent": 50, "to": "end"}, {"id": "b", "percent": 50, "to": "end"}],
            "goal": {"event": "completedOrder", "within": {"amount": 1, "unit": "days"}},
        },
        "end": {"kind": "end"},
    },
}


async def test_an_experiment_is_told_by_path_once_it_is_measured(
    owner: httpx.AsyncClient, database: Database, take_key: TakeKey
) -> None:
    made = await owner.post("/api/v1/journeys", json={"name": "Test", "graph": GRAPH})
    id = made.json()["id"]
    for verb in ("publish", "activate"):
        assert (await owner.post(f"/api/v1/journeys/{id}/{verb}")).status_code == 200
    await settle(database)
    path = f"/api/v1/journeys/{id}/experiments"
    untouched = {
        "step": "test",
        "since": 1,
        "beganAt": None,
        "measuredAt": None,
        "winner": None,
        "decidedAt": None,
    }
    assert (await owner.get(path)).json() == {"items": [{**untouched, "paths": []}]}
    headers = {"authorization": f"Bearer {await take_key('track')}"}
    said = {"userId": "ada", "event": "began", "messageId": "m1"}
    assert (await owner.post("/v1/track", json=said, headers=headers)).status_code == 200
    await settle(database)
    assert await measure_experiments(database) == 1
    (found,) = (await owner.get(path)).json()["items"]
    assert found["beganAt"] is not None
    # Her day is not over: nobody is counted yet.
    assert (found["paths"], found["winner"]) == ([], None)
    assert (await owner.get(f"/api/v1/journeys/{uuid4()}/experiments")).status_code == 404
