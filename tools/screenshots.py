"""Renders every page and dialog in two schemes, two widths and two languages into build/screens/, with an index.

    python -m tools.screenshots [--url URL --email EMAIL --password PASSWORD] [--only WORD] [--quick]

Without a URL it starts the demo shop on a folder of its own and waits until there is something to show. A page that
the router knows and this list does not fails the run, and so does a dialog, panel or menu without a picture.
"""

import argparse
import itertools
import os
import re
import signal
import sys
import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType
from urllib.parse import urlsplit

from playwright.sync_api import (
    BrowserContext,
    Error,
    Page,
    Response,
    Route,
    StorageState,
    sync_playwright,
)

from tools.chromium import require_chromium
from tools.screen import FORBIDDEN, WAITING, Found, NothingYetError, Screen
from tools.screens import PUBLIC, SCREENS, find_things, list_routes, list_undrawn
from tools.serving import PATIENCE, Server, serve_demo
from tools.shots import WIDTHS, Shot, list_loads, list_shots, share_out

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "screens"
SOURCES = ROOT / "web" / "src"
ROUTER = SOURCES / "app" / "router.tsx"
DESK = 720
"""Windows of more pixels show every dialog and panel; narrower ones do without some."""
OPEN = "[role=dialog], [role=menu], [role=listbox], aside[tabindex='-1']"
"""What lies over a page."""
BROWSERS = 2
"""Browsers that draw at once, one a core."""


def main() -> None:
    """Render what was asked for; exit with a sentence if a route or dialog has no screen."""
    asked = parse_arguments()
    # So that a run that is told to end takes its demo and its folder with it.
    signal.signal(signal.SIGTERM, stop)
    began = time.monotonic()
    missing = list_routes(ROUTER.read_text(encoding="utf-8")) - {screen.route for screen in SCREENS}
    if missing:
        sys.exit(f"These routes have no screen in tools/screens.py: {', '.join(sorted(missing))}")
    if undrawn := list_undrawn(SOURCES):
        sys.exit(f"These open what has no screen in tools/*screens.py: {', '.join(sorted(undrawn))}")
    OUT.mkdir(parents=True, exist_ok=True)
    shots = list_shots(asked)
    whole = not (asked.only or asked.quick or asked.url)
    if whole:
        for old in OUT.glob("*.png"):
            old.unlink()
    with server_for(asked) as server:
        faults = list(render_all(server, shots))
    if whole:
        write_index(shots)
        faults += [f"{shot.file}: is missing" for shot in shots if not (OUT / shot.file).exists()]
    print(f"{len(shots)} pictures in {OUT.relative_to(ROOT)} in {time.monotonic() - began:.0f} s")
    if faults:
        sys.exit("\n".join(faults))


def stop(_number: int, _frame: FrameType | None) -> None:
    """End as by an error: whatever is open is closed on the way out."""
    sys.exit("stopped")


def parse_arguments() -> argparse.Namespace:
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", default="")
    parser.add_argument("--email", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--only", default="", help="screens whose name contains this")
    parser.add_argument("--quick", action="store_true", help="two variants instead of eight")
    return parser.parse_args()


def server_for(asked: argparse.Namespace) -> Server:
    """Return the server that was named, or a demo of our own."""
    if asked.url:
        return Server(asked.url.rstrip("/"), asked.email, asked.password)
    return serve_demo()


def render_all(server: Server, shots: list[Shot]) -> Iterator[str]:
    """Render each shot; yield a sentence for each page that complained in its console or could not be drawn.

    Lists speak one language at a time, so one follows the other; within it several browsers draw.
    """
    for language, group in itertools.groupby(shots, key=lambda shot: shot.language):
        server.speak(language)
        with browser_for(language) as context:
            sign_in(context, server)
            # Asked for anew each time: in some minutes the newest of a living shop are others.
            found = await_things(context, server)
            state = context.storage_state()
        jobs: SimpleQueue[list[list[Shot]]] = SimpleQueue()
        for job in share_out(list_loads(list(group))):
            jobs.put(job)

        with ThreadPoolExecutor(BROWSERS) as pool:
            drawn = [pool.submit(render_jobs, server, language, state, found, jobs) for _ in range(BROWSERS)]
            try:
                for done in drawn:
                    yield from done.result()
            finally:
                # A run that is told to end waits for what is being drawn, not for all that was to come.
                while take(jobs) is not None:
                    pass


def render_jobs(
    server: Server,
    language: str,
    state: StorageState,
    found: Found,
    jobs: SimpleQueue[list[list[Shot]]],
) -> list[str]:
    """Render jobs until none is left; return the sentences of what went wrong."""
    faults: list[str] = []
    with browser_for(language, state) as context:
        while (job := take(jobs)) is not None:
            for load in job:
                faults += render_twice(context, server, load, found)
    return faults


@contextmanager
def browser_for(language: str, state: StorageState | None = None) -> Generator[BrowserContext]:
    """Hold a browser of the calling thread's own that speaks a language, with what another one was given."""
    locale = "it-IT" if language == "it" else "en-GB"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=require_chromium(),
            # Fields of the browser itself, for dates, speak its own language.
            env={**os.environ, "LANGUAGE": language, "LANG": f"{locale.replace('-', '_')}.UTF-8"},
            args=["--no-sandbox", f"--lang={locale}"],
        )
        context = browser.new_context(
            viewport={"width": 1440, "height": WIDTHS[1440]},
            locale=locale,
            reduced_motion="reduce",
            storage_state=state,
        )
        yield context
        browser.close()


def take(jobs: SimpleQueue[list[list[Shot]]]) -> list[list[Shot]] | None:
    """Return the next job, None when there is none left."""
    try:
        return jobs.get_nowait()
    except Empty:
        return None


def render_twice(context: BrowserContext, server: Server, shots: list[Shot], found: Found) -> Iterator[str]:
    """Render one screen; what complained is drawn once more as soon as the server answers.

    A machine that is short of processor starves a program until its supervisor starts it anew: that is no page's
    fault. Exits with what the server said last if it does not come back: every later picture would fail alike.
    """
    complaints = list(render(context, server, shots, found))
    if complaints:
        print(*complaints, "drawn again", sep="\n", file=sys.stderr)
        server.await_return()
        complaints = list(render(context, server, shots, found))
    yield from complaints


def await_things(context: BrowserContext, server: Server) -> Found:
    """Return what there is to look at, as soon as every room has something; exit if that takes too long."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return find_things(context, server.url)
        except NothingYetError as error:
            if time.monotonic() > end:
                sys.exit(f"{error}: there is still nothing to show after {PATIENCE:.0f} s")
            time.sleep(0.5)


def sign_in(context: BrowserContext, server: Server) -> None:
    """Give the context a session, by the form that a person would use."""
    page = context.new_page()
    page.goto(f"{server.url}/sign-in")
    page.locator("input[type=email]").fill(server.email)
    page.locator("input[type=password]").fill(server.password)
    page.locator("button[type=submit]").click()
    page.wait_for_url("**/journeys**")
    page.close()


def render(context: BrowserContext, server: Server, shots: list[Shot], found: Found) -> Iterator[str]:
    """Draw one screen into its files: loaded once, in each width and scheme."""
    screen = shots[0].screen
    page = context.new_page()
    complaints: list[str] = []
    held: list[Route] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("response", lambda response: note_missing(response, complaints, screen))
    if screen.answer is not None:
        answer = screen.answer
        page.route(re.compile(r"/api/v1/(?!session|clock)"), lambda route: fulfil(route, answer, held))
    try:
        fit(page, shots[0].width)
        show(page, server.url + screen.address(found), screen)
        for shot in shots:
            fit(page, shot.width)
            page.emulate_media(color_scheme="dark" if shot.scheme == "dark" else "light")
            settle(page, screen, complaints)
            check_width(page, complaints)
            check_open(page, screen, complaints)
            check_refused(page, screen, complaints)
            page.screenshot(path=OUT / shot.file)
    except Error as error:
        # One page that fails must not hide the others.
        complaints.append(str(error).splitlines()[0])
    for route in held:
        route.abort()
    page.close()
    for complaint in dict.fromkeys(complaints):
        yield f"{shots[0].file}: {complaint}"


def fit(page: Page, width: int) -> None:
    """Give the page a window of this width."""
    if (page.viewport_size or {"width": 0})["width"] != width:
        page.set_viewport_size({"width": width, "height": WIDTHS[width]})


def show(page: Page, address: str, screen: Screen) -> None:
    """Open the address and wait until the screen is there and was acted on."""
    page.goto(address)
    if screen.ready:
        page.locator(screen.ready).first.wait_for(timeout=15_000)
    if screen.act is not None:
        screen.act(page)


def note_missing(response: Response, complaints: list[str], screen: Screen) -> None:
    """Complain of an answer that no screen should meet."""
    path = urlsplit(response.url).path
    is_page = response.request.is_navigation_request() and response.frame.parent_frame is None
    if is_page:
        fault = response.status not in (screen.status, 302)
    else:
        fault = response.status >= 500 or (response.status == 404 and not path.startswith("/api/"))
    if fault and screen.answer is None:
        complaints.append(f"{response.status} {path}")


def fulfil(route: Route, answer: tuple[int, str], held: list[Route]) -> None:
    """Answer in the server's place: a status with its body; status 0 lets it wait among the held."""
    status, body = answer
    if not status:
        held.append(route)
    else:
        kind = "application/json" if status < 400 else "application/problem+json"
        route.fulfill(status=status, content_type=kind, body=body)


SETTLE = """async (waits) => {
  await document.fonts.ready;
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const end = performance.now() + 2000;
  const last = performance.now() + 15000;
  const loading = () => !waits && document.querySelector('.mantine-Skeleton-root[data-visible]') !== null;
  let changed = performance.now();
  const watch = new MutationObserver(() => { changed = performance.now(); });
  watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  do await frame(); while (
    performance.now() < (loading() ? last : end) && (performance.now() - changed < 80 || loading())
  );
  watch.disconnect();
  const pictures = [...document.images].filter((one) => one.loading !== 'lazy').map((one) => one.decode());
  await Promise.race([Promise.allSettled(pictures), new Promise((done) => setTimeout(done, 3000))]);
  await Promise.allSettled(document.getAnimations().map((one) => one.finished));
  await frame();
}"""
"""Done when fonts and pictures are in, nothing is on its way any more (unless the page is one that `waits`), the page
was let alone for a moment, and nothing moves. Live pages never fall silent, so after two seconds they are taken as
they are."""


def settle(page: Page, screen: Screen, complaints: list[str]) -> None:
    """Wait until the page is as it stays; complain of one of which a part is still on its way."""
    if screen.route in PUBLIC:
        # Contacts' pages run no scripts, nor may ours wait in them; they are whole when they are loaded.
        page.evaluate("document.fonts.ready.then(() => null)")
        page.wait_for_timeout(200)
        return
    waits = screen.answer == WAITING
    page.evaluate(SETTLE, waits)
    if not waits and page.locator(".mantine-Skeleton-root[data-visible]").filter(visible=True).count():
        complaints.append("is still loading")


def check_width(page: Page, complaints: list[str]) -> None:
    """Complain of a page that is wider than its window."""
    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    body = page.evaluate(
        "(() => { const m = document.querySelector('main'); return m ? m.scrollWidth - m.clientWidth : 0 })()"
    )
    if over > 0 or body > 0:
        complaints.append(f"is {max(over, body)} px wider than its window")


def check_open(page: Page, screen: Screen, complaints: list[str]) -> None:
    """Complain of a picture of a dialog, panel or menu that is not open on it."""
    width = (page.viewport_size or {"width": 0})["width"]
    if screen.shows and width > DESK and not page.locator(OPEN).filter(visible=True).count():
        complaints.append(f"shows nothing of {screen.shows}")


def check_refused(page: Page, screen: Screen, complaints: list[str]) -> None:
    """Complain of a page that offers something to do to somebody who may not see it."""
    actions = page.locator("header:has(+ main) > :last-child button").filter(visible=True)
    if screen.answer == FORBIDDEN and actions.count():
        complaints.append("offers something to do to somebody who may not see it")


def write_index(shots: list[Shot]) -> None:
    """Write the page that shows all pictures, one screen a row."""
    rows: list[str] = []
    for name in dict.fromkeys(shot.screen.name for shot in shots):
        pictures = "".join(
            f'<figure><a href="{shot.file}"><img loading="lazy" src="{shot.file}" alt="{shot.file}"></a>'
            f"<figcaption>{shot.scheme} {shot.width} {shot.language}</figcaption></figure>"
            for shot in shots
            if shot.screen.name == name
        )
        rows.append(f"<h2>{name}</h2><div>{pictures}</div>")
    style = (
        "body{font:14px system-ui;margin:24px;background:#888}h2{color:#fff}div{display:flex;flex-wrap:wrap;gap:12px}"
        "figure{margin:0}img{height:260px;box-shadow:0 2px 8px #0006}figcaption{color:#fff;font-size:12px}"
    )
    made = time.strftime("%Y-%m-%d %H:%M")
    (OUT / "index.html").write_text(
        f'<!doctype html><meta charset="utf-8"><title>Percorso, {made}</title><style>{style}</style>{"".join(rows)}',
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
