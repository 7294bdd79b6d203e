"""The list of screens: no page of the application, and none that contacts meet, is missing from it."""

import argparse
from pathlib import Path

from percorso.api.pages import create_pages
from tools.screens import PUBLIC, SCREENS, count_overlays, find_token, list_routes, list_undrawn
from tools.screenshots import ROUTER, SOURCES, list_shots

ROUTES = list_routes(ROUTER.read_text(encoding="utf-8"))


def _ask(**given: object) -> argparse.Namespace:
    return argparse.Namespace(**{"url": "", "only": "", "quick": False, **given})


def test_every_route_has_a_screen() -> None:
    assert ROUTES - {screen.route for screen in SCREENS} == set()


def test_every_screen_is_of_a_route_that_is_there() -> None:
    assert {screen.route for screen in SCREENS} - ROUTES == set()


def test_every_dialog_panel_and_menu_has_a_picture() -> None:
    assert list_undrawn(SOURCES) == set()


def test_a_picture_shows_a_component_that_opens_something() -> None:
    shown = {screen.shows for screen in SCREENS if screen.shows}
    assert shown - count_overlays(SOURCES).keys() == set()


def test_a_second_dialog_of_a_component_wants_a_second_picture(tmp_path: Path) -> None:
    room = tmp_path / "features" / "room"
    room.mkdir(parents=True)
    (tmp_path / "ui").mkdir()
    (tmp_path / "ui" / "dialog.tsx").write_text("<Modal opened>")
    (room / "page.tsx").write_text("<Dialog\n title><DialogTitle/></Dialog><SidePanel id>")
    (room / "plain.tsx").write_text("<Page>")
    assert count_overlays(tmp_path) == {"features/room/page": 2}
    assert list_undrawn(tmp_path) == {"features/room/page"}


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
    assert names == ["public-unsubscribed", "public-preferences-saved", "public-confirmed"]


def test_a_server_that_is_not_ours_is_only_looked_at() -> None:
    assert not any(shot.screen.writes for shot in list_shots(_ask(url="http://localhost:8000")))


def test_the_token_of_a_link_is_found() -> None:
    token = "azAwMRu8AnvLrbQmnRUzbHDIAUp4za"
    assert find_token("u", f'<a href="http://localhost/u/{token}">x</a>') == token
    assert find_token("v", f'<a href="http://localhost/u/{token}">x</a>') == "none"
