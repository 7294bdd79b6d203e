"""`percorso demo` as a newcomer starts it: ready, alive, stopped, killed, started again."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.demo.test_households import free_port

PATIENCE = 120.0


class Demo:
    """One start of the demo over a given database and data folder."""

    def __init__(self, url: str, folder: Path, port: int) -> None:
        self.port = port
        self.log = (folder / "output").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "percorso", "demo"],
            env={
                **os.environ,
                "PERCORSO_DATABASE_URL": url,
                "PERCORSO_DATA": str(folder),
                "PORT": str(port),
            },
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        assert self.process.stdout is not None
        self.lines = dict(self.process.stdout.readline().strip().split(": ", 1) for _ in range(4))
        self.key = json.loads((folder / "demo.json").read_text())["api_key"]

    def get(self, path: str) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/{path}", headers={"authorization": f"Bearer {self.key}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def now(self) -> datetime:
        return datetime.fromisoformat(self.get("clock")["productAt"])

    def until(self, found: Callable[[], Any]) -> Any:
        """Return what is found, as soon as there is something."""
        deadline = time.monotonic() + PATIENCE
        while not (value := found()):
            assert time.monotonic() < deadline, "nothing came"
            time.sleep(0.2)
        return value

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Signal the demo and return its exit code once it has ended."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.log.close()
        return code


@pytest.fixture
def start(database_url: str, tmp_path: Path) -> Iterator[Callable[[], Demo]]:
    """Starts the demo; the next start goes on where the last one was."""
    port = free_port()
    started: list[Demo] = []

    def start_demo() -> Demo:
        started.append(Demo(database_url, tmp_path, port))
        return started[-1]

    yield start_demo
    for demo in started:
        if demo.process.poll() is None:
            demo.end()


def _read_office(demo: Demo) -> dict[str, list[Any]]:
    """Return what the boutique's people made, in an order that does not depend on when."""
    return {
        "imports": sorted(
            (row["fileName"], row["state"], row["counts"]["rejected"]) for row in demo.get("imports")["items"]
        ),
        "groups": [(group["id"], group["members"]) for group in demo.get("groups")["items"]],
        "fields": sorted(f["path"] for f in demo.get("fields")["items"] if not f["isStandard"]),
        "exports": [export["id"] for export in demo.get("exports")["items"]],
        "audit": sorted(line["action"] for line in demo.get("audit")["items"]),
    }


def test_every_page_has_something_to_show_and_a_second_start_goes_on(start: Callable[[], Demo]) -> None:
    demo = start()
    assert list(demo.lines) == ["url", "email", "password", "write_key"]
    assert demo.lines["url"] == f"http://localhost:{demo.port}"
    journeys = demo.get("journeys")["items"]
    assert [journey["state"] for journey in journeys] == ["active"] * 3
    assert demo.get("event-settings")["cartMinutes"] is None, "the shop tells of abandoned carts itself"
    demo.until(lambda: all(j["counts"]["entered"] for j in demo.get("journeys")["items"]))
    assert demo.until(lambda: demo.get("contacts")["items"])
    assert demo.until(lambda: demo.get("rejected")["items"])
    segments = demo.get("segments")["items"]
    assert len(segments) == 5
    assert demo.until(lambda: any(segment["members"] for segment in demo.get("segments")["items"]))
    channels = demo.until(
        lambda: len({mail["channel"] for mail in demo.get("mailbox")["items"]}) == 2 and ["email", "sms"]
    )
    assert channels == ["email", "sms"]
    assert demo.until(lambda: demo.get("exports")["items"])
    office = _read_office(demo)
    assert office["imports"] == [
        ("colleghe.csv", "done", 0),
        ("fiera-di-verona.csv", "ready", 0),
        ("invitati-sfilata.csv", "done", 1),
        ("tessere-club.csv", "done", 4),
    ]
    assert [members for _, members in office["groups"]] == [14, 3, 7]
    assert office["fields"] == ["card", "favouriteShop", "memberSince", "shoeSize"]
    assert office["audit"] == ["contacts.downloaded", *["contacts.imported"] * 3]
    # The till's two mistakes are seen once the shop's people are there.
    assert demo.until(lambda: demo.get("seen-fields")["illTyped"].get("shoeSize"))
    assert "table.number" in [field["path"] for field in demo.get("seen-fields")["undeclared"]]
    welcome = next(journey for journey in journeys if "benvenuto" in journey["name"].lower())
    path = f"journeys/{welcome['id']}/counts"
    demo.until(lambda: any(step["messages"]["opened"] for step in demo.get(path)["steps"].values()))
    stopped_at = demo.now()
    assert demo.end() == 0

    again = start()
    assert again.lines == demo.lines
    assert [segment["id"] for segment in again.get("segments")["items"]] == [
        segment["id"] for segment in segments
    ]
    assert _read_office(again) == office
    # It stood still meanwhile: no more than the time that stopping and starting themselves take.
    assert stopped_at <= again.now() < stopped_at + timedelta(days=1)
    entered = sum(journey["counts"]["entered"] for journey in again.get("journeys")["items"])
    again.until(lambda: sum(j["counts"]["entered"] for j in again.get("journeys")["items"]) > entered)


def test_time_stands_still_after_a_kill_too(start: Callable[[], Demo]) -> None:
    demo = start()
    demo.until(lambda: demo.get("contacts")["items"])
    killed_at = demo.now()
    assert demo.end(signal.SIGKILL) == -signal.SIGKILL
    again = start()
    # The clock's row alone would have gone on; two seconds of it are forty minutes.
    assert killed_at - timedelta(hours=1) <= again.now() < killed_at + timedelta(days=1)
