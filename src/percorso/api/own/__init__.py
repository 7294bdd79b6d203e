"""The own API: `/api/v1/…`, everything the web application does."""

from litestar import Litestar

from percorso.api.raw import Application
from percorso.config import Config
from percorso.db import Database


def create_own_api(database: Database, config: Config) -> Application:
    """Return the own API over an open database."""
    return Litestar(route_handlers=[], openapi_config=None)  # pyright: ignore[reportReturnType]
