"""What the boutique's people make is such as the API takes, and nobody in it is real."""

import csv
import io
import re
from typing import Any, cast

import msgspec
import pytest

from percorso.demo.client import Client, RefusedError
from percorso.demo.office import DemoFile, keep_office, load_demo_office
from percorso.demo.people import make_person
from percorso.imports.model import Target
from percorso.kit.ids import derive_id

OFFICE = load_demo_office("it")
LIST = derive_id("list")


def _rows(file: DemoFile) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.text), delimiter=";" if ";" in file.text else ","))


@pytest.mark.parametrize("file", OFFICE.files, ids=lambda file: file.key)
def test_each_row_has_a_cell_for_each_column_and_the_columns_are_targets(file: DemoFile) -> None:
    targets = [msgspec.convert(column, Target) for column in file.columns]
    assert {len(row) for row in _rows(file)} == {len(targets)}
    assert set(file.groups) <= {group["key"] for group in OFFICE.groups}


def test_everybody_is_visibly_invented() -> None:
    for file in OFFICE.files:
        for address in re.findall(r"[^\s;,]+@[^\s;,]+", file.text):
            # The one without a known domain is there to be rejected.
            assert address.endswith("@example.com") or "." not in address.partition("@")[2], address
        for phone in re.findall(r"\+[\d ]+\d", file.text):
            assert re.fullmatch(r"\+1 334 555 01\d\d", phone)
    told = OFFICE.sent.people + OFFICE.mistaken.people
    assert all(make_person(number).registers for number in told)


def test_a_declared_field_is_brought_and_another_one_only_seen() -> None:
    brought = {column["path"] for file in OFFICE.files for column in file.columns if "path" in column}
    declared = {field["path"] for field in OFFICE.fields}
    assert declared & brought == {"shoeSize", "favouriteShop", "card"}
    assert "table.number" in brought - declared


def test_the_languages_differ_in_the_words_of_groups_alone() -> None:
    english = load_demo_office("en")
    assert msgspec.structs.replace(english, groups=OFFICE.groups) == OFFICE
    assert [group["key"] for group in english.groups] == [group["key"] for group in OFFICE.groups]
    assert english.groups != OFFICE.groups


class FakeClient:
    """Answers as the API does, of what it was given."""

    def __init__(self, *, refuses: str = "") -> None:
        self.refuses = refuses
        self.calls: list[str] = []
        self.held: dict[str, list[dict[str, Any]]] = {"fields": [], "imports": [], "exports": []}
        self.keys: dict[str, dict[str, Any]] = {}

    async def get(self, path: str) -> dict[str, Any]:
        return {"items": list(self.held[path.rpartition("/")[2]])}

    async def post(self, path: str, body: Any = None, *, key: str | None = None) -> dict[str, Any]:
        if self.refuses and self.refuses in path:
            raise RefusedError(path)
        self.calls.append(path)
        if path.endswith(("/start", "/check")):
            found = next(row for row in self.held["imports"] if row["id"] in path)
            found |= {"state": "done"} if path.endswith("/start") else {"checked": {"rows": 1}}
            return found
        if path.endswith("/fields"):
            self.held["fields"].append(body)
        return self.keys.setdefault(str(key), {"id": str(key), **body})

    async def put(self, path: str, body: Any) -> dict[str, Any]:
        return {"name": path, **body}

    async def upload(self, path: str, data: bytes, *, fileName: str) -> dict[str, Any]:
        self.calls.append(path)
        row = {"id": f"import-{fileName}", "fileName": fileName, "state": "ready", "checked": None}
        self.held["imports"].append(row)
        return row

    async def take(self, path: str, body: Any) -> bytes:
        self.calls.append(path)
        self.held["exports"].append(body)
        return b"email\n"

    async def send(self, calls: Any) -> None:
        self.calls.append("/v1/batch")


async def _keep(client: FakeClient) -> list[str]:
    client.calls.clear()
    await keep_office(cast("Client", client), LIST)
    return list(client.calls)


async def test_a_second_start_does_nothing() -> None:
    client = FakeClient()
    assert len(await _keep(client)) > 10
    assert client.held["exports"][0]["groupId"] == "demo/group/show"
    # Somebody who deletes a field after the first start does not get it back.
    client.held["fields"].clear()
    assert await _keep(client) == []


async def test_a_start_that_was_cut_off_is_taken_up_where_it_stopped() -> None:
    client = FakeClient(refuses="/check")
    assert len(await _keep(client)) > 10
    assert [row["checked"] for row in client.held["imports"]] == [None] * 4
    client.refuses = ""
    calls = await _keep(client)
    assert [call for call in calls if "imports" in call] == [
        "/api/v1/imports/import-fiera-di-verona.csv/check"
    ]
    assert len(client.held["fields"]) == len(OFFICE.fields)
    assert len(client.held["exports"]) == 1


class SlowClient(FakeClient):
    """What is started is done when it has been asked for twice."""

    async def get(self, path: str) -> dict[str, Any]:
        answer = await super().get(path)
        shown = {"items": [dict(row) for row in answer["items"]]}
        for row in self.held["imports"]:
            row["state"] = {"running": "applying", "applying": "done"}.get(row["state"], row["state"])
        return shown

    async def post(self, path: str, body: Any = None, *, key: str | None = None) -> dict[str, Any]:
        answer = await super().post(path, body, key=key)
        if path.endswith("/start"):
            answer["state"] = "running"
        if path.endswith("/check"):
            self.calls.append(",".join(row["state"] for row in self.held["imports"]))
        return answer


async def test_a_file_is_tried_when_those_that_the_others_bring_are_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("percorso.demo.office._PAUSE", 0)
    calls = await _keep(SlowClient())
    tried = calls.index("/api/v1/imports/import-fiera-di-verona.csv/check")
    assert calls[tried + 1] == "done,done,done,ready"
