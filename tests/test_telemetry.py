"""Logs hold no addresses or tokens at INFO, whoever writes them (trust §4)."""

import subprocess
import sys

import msgspec
import pytest

from percorso.telemetry import hide_personal

SCRIPT = """
import logging
from percorso.telemetry import configure_logs, get_log
configure_logs(process="test", level="{level}", form="json")
log = get_log("ours")
log.info("message sent", to="anna@example.com", email="x", count=3, nested={{"token": "abc", "note": "ask bo@example.com"}})
log.debug("message sent", to="anna@example.com")
logging.getLogger("theirs").warning("refused %s at postgresql://me:pass@host/db", "anna@example.com")
try:
    raise ValueError("anna@example.com is wrong")
except ValueError:
    log.exception("failed")
"""


def read_lines(level: str) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(level=level)], capture_output=True, text=True, check=True
    )
    return [msgspec.json.decode(line) for line in done.stderr.splitlines()]


def test_at_info_nobody_is_named() -> None:
    lines = read_lines("info")
    assert [line["event"] for line in lines] == [
        "message sent",
        "refused … at postgresql://…host/db",
        "failed",
    ]
    assert (lines[0]["to"], lines[0]["email"], lines[0]["count"]) == ("…", "…", 3)
    assert lines[0]["nested"] == {"token": "…", "note": "ask …"}
    assert {line["process"] for line in lines} == {"test"}
    assert "… is wrong" in str(lines[2]["exception"])
    assert "anna" not in str(lines)
    assert "pass" not in str(lines)


def test_at_debug_the_operator_sees_all() -> None:
    assert {"event": "message sent", "to": "anna@example.com"}.items() <= read_lines("debug")[1].items()


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("call +39 02 1234 5678 now", "call … now"),
        ("GET /c/AbCdEfGhIjKlMnOpQrStUvWxYz012345", "GET /c/…"),
        ("<anna.b+c@mail.example.com>", "<…>"),
        ("batch 12 at 2026-01-02T03:04:05+00:00", "batch 12 at 2026-01-02T03:04:05+00:00"),
        ("version 1.2.3", "version 1.2.3"),
    ],
)
def test_addresses_and_tokens_are_blanked(text: str, hidden: str) -> None:
    assert hide_personal(text) == hidden
