"""A demo shop in processes of its own, and a browser: what a newcomer has in front of them."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tools.chromium import require_chromium

PATIENCE_MS = 90_000
"""The promise is a minute until every page has something to show; a busy machine gets half as much again."""


@dataclass(frozen=True)
class Demo:
    """Where the demo is and how to get in, as it printed them."""

    url: str
    email: str
    password: str


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """`percorso demo` on an empty data folder, stopped as Ctrl-C stops it."""
    with tempfile.TemporaryDirectory(prefix="percorso-browser-") as name:
        Path(name).chmod(0o711)
        environment = {**os.environ, "PERCORSO_DATA": f"{name}/data", "PORT": str(_free_port())}
        environment.pop("PERCORSO_DATABASE_URL", None)
        process = subprocess.Popen(
            [Path(sys.prefix) / "bin" / "percorso", "demo"],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        said: dict[str, str] = {}
        for line in process.stdout:
            key, _, value = line.strip().partition(": ")
            said[key] = value
            if {"url", "email", "password"} <= said.keys():
                break
        try:
            yield Demo(said["url"], said["email"], said["password"])
        finally:
            process.send_signal(signal.SIGINT)
            process.stdout.close()
            process.wait(60)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=require_chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the pages of this test complained of; empty at its end."""
    return []


def note_breach(said: str, complaints: list[str]) -> None:
    """Keep what the console says of a breach of the content security policy: nothing else tells of it.

    The pictures that an opened message is not given are no breach: its frame forbids them, so that looking at a
    message counts no open.
    """
    if "Content Security Policy" in said and '"img-src data:"' not in said:
        complaints.append(said)


@pytest.fixture
def stranger(browser: Browser, demo: Demo, complaints: list[str]) -> Iterator[BrowserContext]:
    """A browser that nobody signed in to, in Italian; fails the test if a page complains."""
    context = browser.new_context(
        base_url=demo.url, locale="it-IT", viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MS)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda said: note_breach(said.text, complaints))
    yield context
    context.close()
    assert complaints == []


@pytest.fixture
def page(stranger: BrowserContext, demo: Demo) -> Page:
    """A page of the signed-in application."""
    page = stranger.new_page()
    page.goto(demo.url)
    sign_in(page, demo.email, demo.password)
    page.wait_for_url("**/journeys")
    return page


def sign_in(page: Page, email: str, password: str) -> None:
    """Fill in the form and send it."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Accedi").click()
