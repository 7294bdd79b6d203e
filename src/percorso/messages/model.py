"""One intended delivery, from planned to its end: the states, and which may follow which."""

from typing import Final, Literal

State = Literal[
    "planned", "due", "claimed", "marked", "accepted", "delivered", "bounced", "skipped", "failed", "unknown"
]
"""Where a message stands (spec 4.8).

planned: its moment is to come. due: may be claimed. claimed: a courier holds it. marked: it may have left.
accepted: the provider took it. delivered, bounced: what was reported. skipped: will not leave, and why.
failed: refused for good. unknown: a crash left doubt; it is not sent again.
"""

FOLLOWS: Final[dict[State, frozenset[State]]] = {
    "planned": frozenset({"due", "skipped"}),
    "due": frozenset({"claimed", "skipped"}),
    "claimed": frozenset({"marked", "due", "skipped", "failed"}),
    "marked": frozenset({"accepted", "due", "failed", "unknown"}),
    "accepted": frozenset({"delivered", "bounced"}),
    "delivered": frozenset({"bounced"}),
    "bounced": frozenset(),
    "skipped": frozenset(),
    "failed": frozenset(),
    "unknown": frozenset({"delivered", "bounced"}),
}
"""The only moves there are. Two lead back: claimed to due (claim lost, window closed, paused) and marked
to due (temporary refusal, mark withdrawn, the one extra copy of a transactional message)."""


def may_follow(state: State, following: State) -> bool:
    """Whether a message in `state` may next be in `following`."""
    return following in FOLLOWS[state]
