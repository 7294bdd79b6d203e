"""The whole HTTP application: raw routes first, then the own API, then the web application's files."""

from importlib import resources
from pathlib import Path

from percorso.api.health import create_health
from percorso.api.language import choose_language, say_problem
from percorso.api.own import create_own_api
from percorso.api.pages import create_pages
from percorso.api.raw import Application, RawRoutes, Receive, Scope, Send, send_problem
from percorso.api.static import StaticFiles
from percorso.api.tracking.routes import create_tracking
from percorso.config import Config
from percorso.db import Database
from percorso.db.away import RETRY_AFTER_SECONDS, is_database_away
from percorso.telemetry import get_log

log = get_log(__name__)

RETRY_AFTER = (b"retry-after", str(RETRY_AFTER_SECONDS).encode())

_AWAY = "The database cannot be reached at the moment. Nothing was stored; send it again."
_FAILED = "Something failed here; it was written to the log."


def create_app(database: Database, config: Config) -> Application:
    """Return the ASGI application over an open database, which its caller closes."""
    routes = [
        create_health(database),
        create_tracking(database, public_url=config.public_url, processes=config.api_processes),
        create_pages(database),
    ]
    static = StaticFiles(Path(str(resources.files("percorso.api").joinpath("static"))))
    return Router(routes, own=create_own_api(database, config), static=static)


class Router:
    """Sends each request to its part, and answers for a part that fails."""

    def __init__(self, routes: list[RawRoutes], *, own: Application, static: Application) -> None:
        self._exact = {path: part for group in routes for path, part in group.exact.items()}
        prefixes = {path: part for group in routes for path, part in group.prefixes.items()}
        self._prefixes = sorted(prefixes.items(), key=lambda item: -len(item[0]))
        self._own = own
        self._static = static

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a database that is away is 503, a fault of ours 500 without its inside."""
        if scope["type"] != "http":
            await self._own(scope, receive, send)
            return
        part = self._exact.get(scope["path"]) or self._find(scope["path"])
        started = False

        async def note_start(message: dict[str, object]) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await part(scope, receive, note_start)  # pyright: ignore[reportArgumentType]
        except Exception as error:
            if started:
                raise
            await answer_failure(scope, send, error)

    def _find(self, path: str) -> Application:
        for prefix, part in self._prefixes:
            if path.startswith(prefix):
                return part
        return self._own if path.startswith("/api/") else self._static


async def answer_failure(scope: Scope, send: Send, error: Exception) -> None:
    """Answer for a part that raised: 503 while the database is away, otherwise 500, which is logged."""
    asked: bytes | None = dict(scope["headers"]).get(b"accept-language")
    language = choose_language(asked.decode("latin-1") if asked else None)
    if is_database_away(error):
        log.warning("database away", path=scope["path"], error=type(error).__name__)
        await send_problem(
            send,
            503,
            code="database_away",
            sentence=say_problem("database_away", _AWAY, language),
            headers=(RETRY_AFTER,),
        )
        return
    log.error("request failed", path=scope["path"], exc_info=error)
    await send_problem(
        send, 500, code="internal_error", sentence=say_problem("internal_error", _FAILED, language)
    )
