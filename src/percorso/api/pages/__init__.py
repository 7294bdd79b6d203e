"""What contacts themselves meet: links, the pixel, the message in the browser, confirming, unsubscribing, preferences.

Plain ASGI, because links and pixels carry load. A token is all that a request brings, and whatever is wrong with one is
answered alike. GET and HEAD never change what a contact is or agreed to: link scanners fetch everything.
"""

from percorso.api.pages.choices import Choices
from percorso.api.pages.confirming import Confirming
from percorso.api.pages.tokens import TokenReader
from percorso.api.pages.visits import Visits
from percorso.api.raw import RawRoutes
from percorso.db import Database

__all__ = ["create_pages"]


def create_pages(database: Database) -> RawRoutes:
    """Return the routes of all public pages, by the first part of their path."""
    tokens = TokenReader(database)
    visits = Visits(database, tokens)
    choices = Choices(database, tokens)
    confirming = Confirming(database, tokens)
    return RawRoutes(
        prefixes={
            "/c/": visits.follow_link,
            "/o/": visits.load_pixel,
            "/v/": visits.view_online,
            "/u/": choices.unsubscribe,
            "/p/": choices.prefer,
            "/k/": confirming.confirm,
        }
    )
