"""The list of screens: no page of the application, and none that contacts meet, is missing from it."""

import argparse

from percorso.api.pages import create_pages
from tools.screens import PUBLIC, SCREENS, find_token, list_routes
from tools.screenshots import ROUTER, list_shots

ROUTES = list_routes(ROUTER.read_text(encoding="utf-8"))


def _ask(**given: object) -> argparse.Namespace:
    return argparse.Namespace(**{"url": "", "mock": False, "only": "", "quick": False, **given})


def test_every_route_has_a_screen() -> None:
    assert ROUTES - {screen.route for screen in SCREENS} == set()


def test_every_screen_is_of_a_route_that_is_there() -> None:
    assert {screen.route for screen in SCREENS} - ROUTES == set()


def test_the_routes_are_read_from_the_router_and_from_the_public_pages() -> None:
    assert {"/", "/sign-in", "/journeys/$journeyId", "/mailbox"} <= ROUTES
    served = create_pages(None).prefixes.keys()  # type: ignore[arg-type]
    assert served - PUBLIC == {"/o/"}


def test_each_screen_is_drawn_in_two_schemes_two_widths_and_two_languages() -> None:
    shots = list_shots(_ask())
    assert len(shots) == 8 * len(SCREENS)
    assert len({shot.file for shot in shots}) == len(shots)


def test_who_is_unsubscribed_for_a_picture_comes_back_in_the_next() -> None:
    names = [screen.name for screen in SCREENS if screen.writes]
    assert names == ["public-unsubscribed", "public-preferences-saved"]


def test_a_server_that_is_not_ours_is_only_looked_at() -> None:
    assert not any(shot.screen.writes for shot in list_shots(_ask(url="http://localhost:8000")))


def test_the_token_of_a_link_is_found() -> None:
    token = "azAwMRu8AnvLrbQmnRUzbHDIAUp4za"
    assert find_token("u", f'<a href="http://localhost/u/{token}">x</a>') == token
    assert find_token("v", f'<a href="http://localhost/u/{token}">x</a>') == "none"
