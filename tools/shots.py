"""Which pictures there are to draw, which of them one load of a page serves, and what may be drawn side by side."""

import argparse
import itertools
from dataclasses import dataclass

from tools.screen import Screen
from tools.screens import PUBLIC, SCREENS

SCHEMES = ("light", "dark")
LANGUAGES = ("it", "en")
WIDTHS = {1440: 900, 390: 844}


@dataclass(frozen=True)
class Shot:
    """One picture: a screen in one scheme, width and language."""

    screen: Screen
    scheme: str
    width: int
    language: str

    @property
    def file(self) -> str:
        """Return the name of the picture's file."""
        return f"{self.screen.name}-{self.scheme}-{self.width}-{self.language}.png"


def list_shots(asked: argparse.Namespace) -> list[Shot]:
    """Return what to draw: one language after the other, and the variants of a screen side by side.

    On a server that is not ours nothing is drawn that changes what a contact chose.
    """
    screens = [
        screen for screen in SCREENS if asked.only in screen.name and not (asked.url and screen.writes)
    ]
    variants = list(itertools.product(WIDTHS, SCHEMES))
    quick = {"it": [(1440, "light")], "en": [(390, "dark")]}
    return [
        Shot(screen, scheme, width, language)
        for language in LANGUAGES
        for screen in screens
        for width, scheme in (quick[language] if asked.quick else variants)
    ]


def list_loads(shots: list[Shot]) -> list[list[Shot]]:
    """Return the shots in groups that one load of a page serves, in their order.

    A page is laid out anew by its own styles when its window changes. One that was acted on, whose menus and dialogs
    differ by width, is loaded for each; so is one that was fitted into its window when it came. What writes is acted
    on once.
    """
    loads: dict[tuple[Screen, str, int], list[Shot]] = {}
    for shot in shots:
        apart = (shot.screen.act is not None and not shot.screen.writes) or shot.screen.fitted
        loads.setdefault((shot.screen, shot.language, shot.width if apart else 0), []).append(shot)
    return list(loads.values())


def share_out(loads: list[list[Shot]]) -> list[list[list[Shot]]]:
    """Return the loads as jobs that may go on beside one another: what writes stays in order with its like.

    Pages of one contact would else be drawn as another one has just left them.
    """
    kept = [load for load in loads if load[0].screen.route in PUBLIC]
    return ([kept] if kept else []) + [[load] for load in loads if load[0].screen.route not in PUBLIC]
