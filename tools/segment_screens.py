"""Screens of the segments: the list, the builder with its forms, members, and two side by side."""

from collections.abc import Callable

from playwright.sync_api import Page

from tools.screen import Screen, forms


def begin_segment(page: Page) -> None:
    """Begin with what somebody did, and open how often."""
    page.locator("main [data-empty] button").nth(1).click()
    page.locator("main [data-node] button[aria-expanded=false]").first.click()
    page.locator("[role=dialog] select").first.wait_for()


def choose_field(page: Page) -> None:
    """Open the list of a part of a sentence."""
    page.locator("main [data-node] button[data-look=field]").first.click()
    page.locator("[role=option]").first.wait_for()


def add_condition(page: Page) -> None:
    """Open the menu of what a condition can ask."""
    page.locator("main [data-add]").last.click()
    page.locator("[role=menu]").wait_for()


def open_phrase(number: int) -> Callable[[Page], None]:
    """Return what opens the form of the so manieth part of a sentence that is made of several choices."""

    def act(page: Page) -> None:
        page.locator("main [data-node] button[aria-expanded=false]").nth(number).click()
        page.locator("[role=dialog]").first.wait_for()

    return act


def open_segment_actions(page: Page) -> None:
    """Open the menu of what can be done with a segment."""
    page.locator("header [aria-haspopup=menu]").click()
    page.locator("[role=menu]").wait_for()


def ask_to_delete(page: Page) -> None:
    """Ask to delete a segment, without doing it."""
    open_segment_actions(page)
    page.locator("[role=menuitem]").last.click()
    page.locator("[role=dialog] button").last.wait_for()


def ask_to_disable(page: Page) -> None:
    """Ask to switch a segment off, without doing it."""
    open_segment_actions(page)
    page.locator("[role=menuitem]").nth(1).click()
    page.locator("[role=dialog] button").last.wait_for()


def ask_to_leave(page: Page) -> None:
    """Write something and walk away."""
    page.locator("main input").first.fill("…")
    page.locator("header a").first.click()
    page.locator("[role=dialog] button").last.wait_for()


SEGMENT = "/segments/$segmentId"
EDIT = "/segments/$segmentId/edit"
COMPARE = "/segments/compare"
BUILDER = "features/segments/builder"
ACTIONS = "features/segments/segment/actions"

SEGMENTS: list[Screen] = [
    Screen("segments", "/segments", "/segments", "table"),
    Screen("segments-none-found", "/segments", "/segments?q=zzzz", "main h2"),
    *forms("segments", "/segments", "/segments"),
    Screen("segment-new", "/segments/new", "/segments/new", "main [data-empty]"),
    Screen(
        *("segment-new-begun", "/segments/new", "/segments/new", "main [data-empty]", begin_segment),
        shows=f"{BUILDER}/phrase",
    ),
    Screen(
        *("segment-new-left", "/segments/new", "/segments/new", "main [data-empty]", ask_to_leave),
        shows="features/segments/edit/leave",
    ),
    Screen("segment", SEGMENT, "/segments/{segment}", "table"),
    Screen("segment-combined", SEGMENT, "/segments/{combined}", "main h2"),
    Screen("segment-rich", SEGMENT, "/segments/{rich}", "main h2"),
    Screen(
        *("segment-why", SEGMENT, "/segments/{segment}?why={member}", "aside ul li"),
        shows="features/segments/segment/why-panel",
    ),
    Screen(
        "segment-none-found",
        SEGMENT,
        "/segments/{segment}?q=zzzz",
        'main h2:text-matches("Nessun risultato|Nothing found")',
    ),
    Screen("segment-actions", SEGMENT, "/segments/{segment}", "table", open_segment_actions, shows=ACTIONS),
    Screen("segment-disable", SEGMENT, "/segments/{segment}", "table", ask_to_disable, shows=ACTIONS),
    Screen("segment-delete", SEGMENT, "/segments/{segment}", "table", ask_to_delete, shows=ACTIONS),
    *forms("segment", SEGMENT, "/segments/{segment}", empty=False),
    Screen("segment-edit", EDIT, "/segments/{other_segment}/edit", "aside [data-count]"),
    Screen("segment-edit-rich", EDIT, "/segments/{rich}/edit", "aside [data-count]"),
    Screen("segment-edit-often", EDIT, "/segments/{rich}/edit", "aside [data-count]", open_phrase(0)),
    Screen("segment-edit-window", EDIT, "/segments/{rich}/edit", "aside [data-count]", open_phrase(1)),
    Screen("segment-edit-scope", EDIT, "/segments/{rich}/edit", "aside [data-count]", open_phrase(4)),
    Screen(
        *("segment-edit-field", EDIT, "/segments/{other_segment}/edit", "aside [data-count]", choose_field),
        shows=f"{BUILDER}/pick",
    ),
    Screen(
        *("segment-edit-add", EDIT, "/segments/{other_segment}/edit", "aside [data-count]", add_condition),
        shows=f"{BUILDER}/add-menu",
    ),
    Screen("segment-edit-combined", EDIT, "/segments/{combined}/edit", "aside [data-count]"),
    *forms("segment-edit", EDIT, "/segments/{segment}/edit", empty=False),
    Screen("compare", COMPARE, "/segments/compare?one={segment}&other={other_segment}", "figure svg"),
    Screen("compare-nothing", COMPARE, "/segments/compare", "main h2"),
    *forms("compare", COMPARE, "/segments/compare?one={segment}&other={other_segment}", empty=False),
]
"""The rooms of segments, and every dialog, panel and form of theirs."""
