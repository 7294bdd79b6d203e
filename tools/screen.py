"""What a picture is of: a page or dialog, where it is, and what is done before it is taken."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page


@dataclass(frozen=True)
class Found:
    """Things of the running server to look at: ids of a journey and step, a contact and run, mails, a rejection,
    two segments, their combination and one of many questions, a member of the first and a moment of its past, a
    group, an import that was tried and one that is done.

    `unsubscribe`, `preferences` and `online` are tokens of one message whose contact may still unsubscribe. `list` asks
    for confirmation; `confirm` is the token of one who was asked, `confirmed` of another.
    """

    journey: str
    step: str
    decision: str
    contact: str
    run: str
    email: str
    sms: str
    push: str
    rejected: str
    segment: str
    other_segment: str
    combined: str
    rich: str
    member: str
    past: str
    group: str
    importing: str
    imported: str
    unsubscribe: str
    preferences: str
    online: str
    list: str
    confirm: str
    confirmed: str


Answer = tuple[int, str]
"""A status and body to give in the server's place."""


@dataclass(frozen=True)
class Screen:
    """One picture to take: `route` as the router or the public pages have it, `path` with names of `Found` in braces.

    One that `writes` changes what a contact chose: it is left out on a server that is not ours.
    """

    name: str
    route: str
    path: str
    ready: str = ""
    act: Callable[[Page], None] | None = None
    answer: Answer | None = None
    status: int = 200
    """What the page itself is answered with."""
    shows: str = ""
    """The component whose dialog, panel or menu it is, as its path in web/src without ending."""
    writes: bool = False
    fitted: bool = False
    """Whether it is fitted into its window when it comes, and not again: a canvas is."""

    def address(self, found: Found) -> str:
        """Return the path with the ids filled in."""
        return self.path.format_map(vars(found))


class NothingYetError(Exception):
    """A room has nothing to show yet."""


EMPTY: Answer = (
    200,
    '{"items":[],"nextCursor":null,"lookedAt":0,"undeclared":[],"illTyped":{},"missing":{},'
    '"strict":false,"cartMinutes":20,"sessionMinutes":20}',
)
"""Nothing there, in every form in which a room is answered."""
BROKEN: Answer = (500, '{"status":500,"code":"internal_error"}')
FORBIDDEN: Answer = (
    403,
    '{"status":403,"code":"forbidden","title":"Forbidden","detail":"Not with your role."}',
)
MISSING: Answer = (404, '{"status":404,"code":"not_found","title":"Not found","detail":"It is not here."}')
WAITING: Answer = (0, "")


def forms(name: str, route: str, path: str, *, empty: bool = True) -> list[Screen]:
    """Return a page's forms: on its way, nothing there, trouble, no permission."""
    made = [
        Screen(f"{name}-loading", route, path, "[role=status]", answer=WAITING),
        Screen(f"{name}-error", route, path, "main [role=alert]", answer=BROKEN),
        Screen(f"{name}-forbidden", route, path, "main [role=alert]", answer=FORBIDDEN),
    ]
    return [*made, Screen(f"{name}-empty", route, path, "main h2", answer=EMPTY)] if empty else made
