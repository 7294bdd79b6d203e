"""The shop's process: sends what people do when its time has come, and lets them read their mail.

Where it stands is one moment of product time in `shop.json`; everything before has been sent, everything after is
derived again at the next start.
"""

import asyncio
import heapq
import signal
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec

from percorso.config import Config, read_config
from percorso.demo.acts import LIFE, Act, arrival_of, live
from percorso.demo.client import Client, RefusedError
from percorso.demo.people import MOST_PEOPLE, make_person
from percorso.demo.reactions import Buy, Fetch, Unsubscribe, find_person, react
from percorso.demo.set_up import FILE, Access
from percorso.telemetry import configure_logs, get_log

log = get_log(__name__)

_TICK_SECONDS: Final = 0.4
_MAIL_LOOKBACK: Final = timedelta(days=7)
"""How far back a starting shop reads mail: nobody reacts later than that."""
_MOST_PAGES: Final = 60


class Progress(msgspec.Struct):
    """Kept in `shop.json`: when the shop opened, and up to when everything was sent (product time)."""

    opened_at: datetime
    done_until: datetime


class Shop:
    """The invented shop over one client."""

    def __init__(self, client: Client, *, list_id: str, public_url: str, file: Path) -> None:
        self._client = client
        self._list_id = list_id
        self._public_url = public_url
        self._file = file
        self._due: list[tuple[datetime, int, dict[str, Any] | Fetch | Unsubscribe]] = []
        self._next_person = 0
        self._pushed = 0
        self._mails: set[str] = set()
        self._mail_since: datetime | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Go on from where the shop stood until `stop` is set."""
        now = await self._client.get_product_time()
        progress = self._read(now)
        self._mail_since = progress.done_until - _MAIL_LOOKBACK
        while not stop.is_set():
            now = await self._client.get_product_time()
            self._admit(progress, now)
            await self._read_mail(progress)
            await self._act(now)
            progress.done_until = max(progress.done_until, now)
            self._file.write_bytes(msgspec.json.encode(progress))
            try:
                await asyncio.wait_for(stop.wait(), _TICK_SECONDS)
            except TimeoutError:
                continue

    def _read(self, now: datetime) -> Progress:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Progress)
        except (FileNotFoundError, msgspec.DecodeError):
            return Progress(opened_at=now, done_until=now - timedelta(seconds=1))

    def _admit(self, progress: Progress, now: datetime) -> None:
        """Take in the people who have arrived by now, with all that they will ever do."""
        while self._next_person < MOST_PEOPLE:
            arrived = progress.opened_at + timedelta(minutes=arrival_of(self._next_person))
            if arrived > now:
                return
            number = self._next_person
            self._next_person += 1
            if arrived + timedelta(minutes=LIFE) < progress.done_until:
                continue
            for act in live(number, self._list_id):
                self._push(progress, arrived + timedelta(minutes=act.at), to_call(act, number, arrived))

    def _push(self, progress: Progress, at: datetime, what: dict[str, Any] | Fetch | Unsubscribe) -> None:
        if at > progress.done_until:
            self._pushed += 1
            heapq.heappush(self._due, (at, self._pushed, what))

    async def _act(self, now: datetime) -> None:
        """Do all that is due: calls in their order, then what mail programs ask for."""
        calls: list[dict[str, Any]] = []
        fetches: list[Fetch | Unsubscribe] = []
        while self._due and self._due[0][0] <= now:
            _, _, what = heapq.heappop(self._due)
            if isinstance(what, dict):
                calls.append(what)
            else:
                fetches.append(what)
        await self._client.send(calls)
        for fetch in fetches:
            try:
                await self._ask(fetch)
            except aiohttp.ClientError as error:
                log.info("a mail program got no answer", error=type(error).__name__)

    async def _ask(self, what: Fetch | Unsubscribe) -> None:
        url = self._client.url + what.url.removeprefix(self._public_url)
        await (self._client.visit(url) if isinstance(what, Fetch) else self._client.unsubscribe(url))

    async def _read_mail(self, progress: Progress) -> None:
        """Let people react to what arrived since the last look."""
        cursor, newest = "", self._mail_since
        for _ in range(_MOST_PAGES):
            page = await self._client.get("/api/v1/mailbox", **({"cursor": cursor} if cursor else {}))
            for item in page["items"]:
                received = datetime.fromisoformat(item["receivedAt"])
                if self._mail_since is not None and received < self._mail_since:
                    cursor = ""
                    break
                newest = max(newest or received, received)
                if item["id"] not in self._mails:
                    self._mails.add(item["id"])
                    await self._react(progress, item["id"], item["to"], received)
            else:
                cursor = page["nextCursor"] or ""
            if not cursor:
                break
        if newest is not None and newest != self._mail_since:
            self._mail_since = newest

    async def _react(self, progress: Progress, mail_id: str, to: str, received: datetime) -> None:
        number = find_person(to)
        if number is None:
            return
        mail = await self._client.get(f"/api/v1/mailbox/{mail_id}")
        headers = {name.lower(): value for name, value in mail["headers"]}
        reactions = react(
            make_person(number),
            mail_id,
            html=mail["html"],
            text=mail["text"],
            unsubscribe=headers.get("list-unsubscribe", ""),
            own_url=self._public_url,
        )
        for reaction in reactions:
            at = received + timedelta(minutes=reaction.after)
            what = {**reaction.call, "messageId": reaction.key} if isinstance(reaction, Buy) else reaction
            self._push(progress, at, what)


def to_call(act: Act, number: int, arrived: datetime) -> dict[str, Any]:
    """Return the tracking call of an act, with its message id and the moments that depend on product time."""
    call: dict[str, Any] = {**act.call, "messageId": f"shop-{number:05}-{act.key}"}
    if act.expires_after is not None:
        expires = arrived + timedelta(minutes=act.at + act.expires_after)
        call["properties"] = {**call["properties"], "expiresAt": expires.isoformat(timespec="seconds")}
    return call


async def keep_shop(config: Config) -> None:
    """Run the shop of this data folder until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    access = msgspec.json.decode((config.data_folder / FILE).read_bytes(), type=Access)
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        client = Client(
            session,
            f"http://127.0.0.1:{config.port}",
            api_key=access.api_key,
            write_key=access.write_key,
        )
        shop = Shop(
            client,
            list_id=str(access.list_id),
            public_url=config.public_url,
            file=config.data_folder / "shop.json",
        )
        running = asyncio.create_task(shop.run(stop))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if running.done():
            running.result()
        running.cancel()


def main() -> None:
    """Run the shop as a program of its own."""
    config = read_config()
    configure_logs(process="shop", level=config.log_level, form=config.log_format)
    try:
        asyncio.run(keep_shop(config))
    except RefusedError as error:
        log.error("percorso refused a call of the shop", error=str(error))
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
