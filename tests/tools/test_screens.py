"""The list of screens: no page of the application, and none that contacts meet, is missing from it."""

import argparse
from pathlib import Path
from typing import Any

import pytest

from percorso.api.pages import create_pages
from tools.people_things import find_people
from tools.screen import NothingYetError
from tools.screens import PUBLIC, SCREENS, count_overlays, find_token, list_routes, list_undrawn
from tools.screenshots import ROUTER, SOURCES
from tools.segment_things import find_member
from tools.shots import list_loads, list_shots, share_out

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


def test_one_load_of_a_page_serves_all_of_its_pictures_in_a_language() -> None:
    shots = list_shots(_ask())
    loads = list_loads(shots)
    assert sorted(shot.file for load in loads for shot in load) == sorted(shot.file for shot in shots)
    by_name = {load[0].screen.name: [(shot.width, shot.scheme) for shot in load] for load in loads}
    assert by_name["groups"] == [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]


def test_what_is_acted_on_or_fitted_into_its_window_is_loaded_for_each_width() -> None:
    widths = {
        (load[0].screen.name, load[0].language): {shot.width for shot in load}
        for load in list_loads(list_shots(_ask()))
    }
    assert widths["journeys-account", "it"] == {390}
    assert widths["journey", "it"] == {390}
    # Acted on once: whoever unsubscribed cannot do it again.
    assert widths["public-unsubscribed", "en"] == {1440, 390}


def test_pages_of_contacts_are_one_job_in_their_order() -> None:
    jobs = share_out(list_loads([shot for shot in list_shots(_ask()) if shot.language == "it"]))
    names = [load[0].screen.name for load in jobs[0]]
    assert names == [screen.name for screen in SCREENS if screen.route in PUBLIC]
    assert all(len(job) == 1 and job[0][0].screen.route not in PUBLIC for job in jobs[1:])


DONE = {"id": "done", "state": "done", "checked": None, "counts": {"rejected": 2}}
TRIED = {"id": "tried", "state": "ready", "checked": {"rows": 4}, "counts": {"rejected": 0}}
ROOMS: dict[str, list[dict[str, Any]]] = {
    "/groups": [{"id": "small", "members": 1}, {"id": "large", "members": 9}, {"id": "new", "members": None}],
    "/imports": [TRIED, {**DONE, "id": "clean", "counts": {"rejected": 0}}, DONE],
    "/exports": [{"id": "taken"}],
}


def test_the_largest_group_and_imports_with_something_to_see_are_looked_at() -> None:
    found = find_people(lambda path: {"items": ROOMS[path]})
    assert found == {"group": "large", "importing": "tried", "imported": "done"}


@pytest.mark.parametrize(
    "lacking",
    [
        {"/groups": [{"id": "new", "members": None}]},
        {"/imports": [TRIED, {**DONE, "counts": {"rejected": 0}}]},
        {"/imports": [{**TRIED, "checked": None}, DONE]},
        {"/exports": []},
    ],
)
def test_a_room_that_is_empty_is_waited_for(lacking: dict[str, list[dict[str, Any]]]) -> None:
    with pytest.raises(NothingYetError):
        find_people(lambda path: {"items": (ROOMS | lacking)[path]})


def test_the_member_that_is_looked_at_chose_something_and_was_in_a_journey() -> None:
    answers: dict[str, Any] = {
        "/segments/s/members": {"items": [{"id": "a"}, {"id": "b"}, {"id": "c"}]},
        "/contacts/a/consents": {"records": []},
        "/contacts/b/consents": {"records": [1]},
        "/contacts/b": {"runs": []},
        "/contacts/c/consents": {"records": [1]},
        "/contacts/c": {"runs": [1]},
    }
    assert find_member("s", answers.__getitem__) == "c"
    with pytest.raises(NothingYetError):
        find_member("s", lambda path: {"items": [], "records": [], "runs": []})
