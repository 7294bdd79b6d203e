"""What messages and runs came to, as patterns over the facts that they leave: the one table between the
specification's words and the log's. Pure.

A message test becomes either one measure over its action's facts, or, where messages must be told apart by what
they came to, a *pairing* of the facts of sending with those of the action, by `messageId`.
"""

from typing import Final
from uuid import UUID

import msgspec

from percorso.conditions.model import (
    All,
    AnyOf,
    Anytime,
    Condition,
    Happened,
    JourneyTest,
    MessageAction,
    MessageTest,
    Not,
    Operand,
    Pattern,
    Test,
    Value,
    Window,
)

SENT: Final = "campaignSent"
"""A message was accepted by its provider."""
ENTERED: Final = "journeyEntered"
EXITED: Final = "journeyExited"
MESSAGE_ID: Final = "messageId"


class Reading(msgspec.Struct, frozen=True):
    """An action: facts of these names; `without`: messages sent that have none of them; `by_people`: not machines."""

    events: tuple[str, ...]
    without: bool = False
    by_people: bool = False


READINGS: Final[dict[MessageAction, Reading]] = {
    "sent": Reading((SENT,)),
    "delivered": Reading(("campaignBounced",), without=True),
    "not_delivered": Reading(("campaignBounced", "messageFailed")),
    "bounced": Reading(("campaignBounced",)),
    "opened": Reading(("campaignOpened",), by_people=True),
    "not_opened": Reading(("campaignOpened",), without=True, by_people=True),
    "clicked": Reading(("campaignLinkClicked",), by_people=True),
    "not_clicked": Reading(("campaignLinkClicked",), without=True, by_people=True),
    "unsubscribed": Reading(("campaignUnsubscribed",)),
    "complained": Reading(("campaignMarkedSpam",)),
}
"""Every action as facts. An SMS is delivered by `campaignDelivered`, an email when it was sent and did not bounce."""

REASONS: Final = {"hard": "bounceClass", "soft": "bounceClass", "expired": "reason", "rejected": "reason"}
"""Which property says the reason for which something was not delivered."""


class Pairing(msgspec.Struct, frozen=True):
    """Messages sent, and what was done with them.

    Of the messages that `sent` tells of in `sent_window`, the `last` so many (None: all) are taken; counted are those
    that have (`without`: have not) an action in `action_window`, or, with `actions`, these actions; with `every` it
    must be all of them.
    """

    sent: Pattern
    action: Pattern
    without: bool
    last: int | None
    sent_window: Window
    action_window: Window
    actions: bool
    every: bool
    operator: str
    operands: tuple[Operand, ...]


class Inside(msgspec.Struct, frozen=True):
    """More runs were entered than exited."""

    entered: Pattern
    exited: Pattern


def expand_journey(test: JourneyTest) -> Happened | Inside:
    """Return what a test over journeys asks of the facts that runs leave."""
    where = _equals("journeyId", test.journey_id)
    if test.state == "inside":
        return Inside(_pattern((ENTERED,), where), _pattern((EXITED,), where))
    if test.state == "entered":
        return Happened(_pattern((ENTERED,), where), test.window)
    where += _equals("outcome", test.outcome) + _equals("reason", test.reason)
    return Happened(_pattern((EXITED,), where), test.window)


def expand_message(test: MessageTest) -> Happened | Pairing:
    """Return what a test over messages asks of the facts that messages leave."""
    reading = _read_action(test)
    scope = _list_scope(test)
    action = list(_list_action(test, reading))
    is_named = bool(scope) and reading.events[0] not in _SCOPED
    if reading.without or test.scope.last is not None or test.counted == "every" or is_named:
        on_sending = reading.without or test.action == "sent"
        return Pairing(
            sent=_pattern((SENT,), (*_list_place(test), *scope)),
            action=_pattern(reading.events, (*_equals("channel", test.channel), *action)),
            without=reading.without,
            last=test.scope.last,
            sent_window=test.window if on_sending else Anytime(),
            action_window=Anytime() if on_sending else test.window,
            actions=test.counted == "actions",
            every=test.counted == "every",
            operator=test.operator,
            operands=test.operands,
        )
    pattern = _pattern(reading.events, (*_list_place(test), *scope, *action))
    if test.counted == "actions" or (test.operator, test.operands) == ("at_least", (Value(1),)):
        return Happened(pattern, test.window, "count", None, test.operator, test.operands)
    return Happened(pattern, test.window, "distinct", MESSAGE_ID, test.operator, test.operands)


_SCOPED: Final = frozenset(
    {SENT, "campaignOpened", "campaignLinkClicked", "campaignBounced", "campaignDelivered", "messageFailed"}
)
"""Facts that say template, journey and tags themselves; others name the message alone."""


def _read_action(test: MessageTest) -> Reading:
    if test.action == "delivered" and test.channel == "sms":
        return Reading(("campaignDelivered",))
    return READINGS[test.action]


def _list_place(test: MessageTest) -> tuple[Condition, ...]:
    return _equals("channel", test.channel) + _equals("listId", test.scope.list_id)


def _list_scope(test: MessageTest) -> tuple[Condition, ...]:
    """Return what the scope asks beside channel and list."""
    scope = _equals("templateId", test.scope.template_id) + _equals("journeyId", test.scope.journey_id)
    if test.scope.tags:
        scope += (Test("event", "tags", "list", "contains_any", (Value(list(test.scope.tags)),)),)
    return scope


def _list_action(test: MessageTest, reading: Reading) -> tuple[Condition, ...]:
    where: tuple[Condition, ...] = ()
    if reading.by_people:
        where += (Not(Test("event", "machine", "boolean", "is_true")),)
    if test.link is not None:
        where += (AnyOf(_equals("linkId", test.link) + _equals("url", test.link)),)
    if test.reason is not None:
        where += _equals(REASONS[test.reason], test.reason)
    if test.action == "unsubscribed":
        # Whoever leaves by other ways than a message did nothing with a message.
        where += (Not(Test("event", MESSAGE_ID, "any", "is_null")),)
    return where


def _equals(path: str, value: UUID | str | None) -> tuple[Test, ...]:
    if value is None:
        return ()
    return (Test("event", path, "text", "equals", (Value(str(value)),), case_sensitive=True),)


def _pattern(events: tuple[str, ...], where: tuple[Condition, ...]) -> Pattern:
    return Pattern(events, where=All(where) if where else None)
