"""Generated histories of contacts, and leaves that look back on them or ask where contacts stand."""

from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID

import msgspec

from percorso.conditions.model import (
    Ago,
    All,
    AnyOf,
    Anytime,
    Attribute,
    Between,
    Captured,
    Condition,
    Consent,
    ConsentTest,
    FirstOrLast,
    Followed,
    Happened,
    IdentityTest,
    JourneyTest,
    Leaf,
    Measure,
    Membership,
    MessageAction,
    MessageScope,
    MessageTest,
    Not,
    Operand,
    Pattern,
    Period,
    Same,
    StatusTest,
    Test,
    Unit,
    Value,
    Window,
)
from percorso.conditions.operators import OPERATORS
from percorso.kit.ids import bucket_of, derive_id
from percorso.log.model import Fact
from tests.conditions.generate import ABSENT, SCALARS, Generator

EVENTS = ("completedOrder", "viewedProduct", "searched")
MESSAGES = (
    "campaignSent",
    "campaignSent",
    "campaignOpened",
    "campaignOpened",
    "campaignLinkClicked",
    "campaignBounced",
    "campaignDelivered",
    "campaignUnsubscribed",
    "campaignMarkedSpam",
    "messageFailed",
)
RUNS = ("journeyEntered", "journeyEntered", "journeyExited")
CONTEXTS = ("WEB", "RETAIL", "OTHER")
UNITS: tuple[Unit, ...] = ("minutes", "hours", "days", "weeks", "months", "years")
WINDOWS = ("anytime", "between", "less_than", "exactly", "more_than")
NUMBER_OPERATORS = tuple(OPERATORS["number"])
MEASURES: tuple[Measure, ...] = get_args(Measure)
ACTIONS: tuple[MessageAction, ...] = get_args(MessageAction)
IDS = tuple(derive_id("thing", number) for number in range(3))
LEAVES = ("marketing.automatic.email", "profiling.online")
_AMOUNTS = {
    "minutes": (1, 90),
    "hours": (5,),
    "days": (1, 30),
    "weeks": (4,),
    "months": (1, 13),
    "years": (1,),
}


class Person(msgspec.Struct, frozen=True):
    """A contact with all that a condition can ask about; `facts` in the order of the log."""

    id: UUID
    attributes: dict[str, Any]
    identities: dict[str, list[str]]
    groups: frozenset[UUID]
    segments: frozenset[UUID]
    statuses: dict[tuple[UUID, str], str]
    consents: dict[str, Consent]
    facts: tuple[Fact, ...]


class Historian(Generator):
    """Draws people and leaves; many facts lie exactly on, or one microsecond beside, the bound of a window."""

    def __init__(self, seed: int, now: datetime) -> None:
        super().__init__(seed)
        self.now = now

    def amount(self, unit: Unit) -> int:
        return self.pick(*_AMOUNTS[unit])

    def occurred_at(self) -> datetime:
        unit = self.pick(*UNITS)
        minutes = {"minutes": 1, "hours": 60, "days": 1440, "weeks": 10080, "months": 43800, "years": 525600}
        exact = self.now - timedelta(minutes=minutes[unit] * self.amount(unit))
        beside = timedelta(microseconds=self.pick(-1, 0, 0, 1))
        loose = timedelta(
            minutes=self.random.randint(0, 60 * 24 * 60), microseconds=self.random.randint(0, 999)
        )
        days = timedelta(days=self.random.randint(-4, 4), hours=self.random.randint(-3, 3))
        return min(self.pick(exact + beside, exact + beside, exact + days, self.now - loose), self.now)

    def person(self, number: int, workspace_id: UUID) -> Person:
        id = derive_id("person", number)
        facts = [self.fact(id, workspace_id) for _ in range(self.pick(0, 1, 3, 12, 40, 60))]
        facts.sort(key=lambda fact: fact.received_at)
        placed = tuple(
            msgspec.structs.replace(fact, offset=number * 100 + place) for place, fact in enumerate(facts)
        )
        return Person(
            id=id,
            attributes=self.properties(self.pick("value", "value", "null", "empty"), "number", None),
            identities={
                kind: ["x"] * self.pick(0, 1) for kind in ("email", "phone") if self.random.random() < 0.7
            },
            groups=frozenset(id for id in IDS if self.random.random() < 0.4),
            segments=frozenset(id for id in IDS if self.random.random() < 0.4),
            statuses={
                (list_id, channel): self.pick("subscribed", "pending", "unsubscribed")
                for list_id in IDS
                for channel in ("email", "sms")
                if self.random.random() < 0.4
            },
            consents={
                leaf: Consent(self.pick(True, False), self.pick(True, False), self.pick(True, False))
                for leaf in LEAVES
                if self.random.random() < 0.6
            },
            facts=placed,
        )

    def fact(self, contact_id: UUID, workspace_id: UUID) -> Fact:
        name = self.pick(self.pick(*EVENTS), self.pick(*MESSAGES), self.pick(*RUNS, *EVENTS))
        occurred_at = self.occurred_at()
        late = self.pick(timedelta(0), timedelta(0), timedelta(minutes=3), timedelta(days=40))
        return Fact(
            bucket=bucket_of(contact_id),
            offset=0,
            workspace_id=workspace_id,
            contact_id=contact_id,
            kind="event",
            name=name,
            message_id=str(self.random.random()),
            occurred_at=occurred_at,
            received_at=min(occurred_at + late, self.now),
            properties=self.said(name),
            context=self.pick(
                None, {}, {"type": self.pick(*CONTEXTS)}, {"type": 3}, {"carried": {"offset": 1}}
            ),
            origin=self.pick("api", "worker", "job"),
            historical=self.pick(True, False),
            depth=0,
        )

    def said(self, name: str) -> dict[str, Any]:
        if name in MESSAGES:
            message = {
                "messageId": self.pick("m1", "m2", "m3", "m4", "m1", "m2", "m3", "m5", None, ""),
                "channel": self.pick("email", "email", "sms"),
                "listId": str(self.pick(*IDS[:2])),
                "templateId": str(self.pick(*IDS[:2])),
                "journeyId": self.pick(None, str(IDS[0]), str(IDS[1])),
                "tags": self.pick([], ["Spring"], ["spring", "sale"], "spring", None),
                "machine": self.pick(True, False, False),
                "linkId": self.pick("buy", "more"),
                "bounceClass": self.pick("hard", "soft"),
                "reason": self.pick("expired", "rejected"),
            }
            return {key: value for key, value in message.items() if self.random.random() < 0.95}
        if name in RUNS:
            return {
                "journeyId": str(self.pick(*IDS)),
                "outcome": self.pick("positive", "neutral", None),
                "reason": self.pick("goal", None),
            }
        said = self.properties(
            self.pick("value", "value", "value", "null", "empty", "ill-typed"), "number", None
        )
        said["key"] = self.pick(*SCALARS, None, [1], {"a": 1})
        said["lines"] = [
            {"sku": self.pick(*SCALARS), "price": self.of_any()} for _ in range(self.pick(0, 1, 3))
        ]
        said["day"] = self.pick(str(self.occurred_at().date()), self.occurred_at().isoformat(), "x")
        return {key: value for key, value in said.items() if value is not ABSENT}

    def of_any(self) -> Any:
        return self.pick(self.value("number", None), self.value("number", None), "1", None)

    def window(self, kind: str, unit: Unit | None = None) -> Window:
        if kind == "anytime":
            return Anytime()
        if kind == "between":
            bounds = sorted((self.occurred_at(), self.occurred_at()))
            written = [
                self.pick(str(at.date()), at.isoformat(), at.replace(tzinfo=None).isoformat())
                for at in bounds
            ]
            return Between(*self.pick(written, written, (written[0], None), (None, written[1])))
        chosen = unit or self.pick(*UNITS)
        return Ago(self.amount(chosen), chosen, kind)  # pyright: ignore[reportArgumentType]

    def any_window(self) -> Window:
        return self.window(self.pick(*WINDOWS))

    def where(self, captured: dict[str, Any]) -> Condition | None:
        if self.random.random() < 0.6:
            return None
        tests = [self.inner_test(captured) for _ in range(3)]
        return self.pick(tests[0], All(tuple(tests[:2])), self.tree(tests, 2), Not(AnyOf(tuple(tests))))

    def inner_test(self, captured: dict[str, Any]) -> Test:
        if self.random.random() < 0.15:
            operator = self.pick("is_anniversary", "less_than_before_now", "more_than_before_now", "before")
            kind = self.pick("date", "datetime")
            if operator == "before":
                at = str(self.day()) if kind == "date" else self.written_moment()
                return Test("event", "day", kind, operator, (Value(at),))
            if operator == "is_anniversary":
                return Test("event", "day", kind, operator)
            return Test("event", "day", kind, operator, (Value(self.pick(1, 7, 40)),), unit="days")
        type = self.pick("any", "number", "number", "text", "list")
        test = self.test(type, self.pick(*OPERATORS[type]), "event", captured, None)
        # As in a real tree, the right side may be the profile's.
        swapped = tuple(
            Attribute("value") if not isinstance(operand, Value) and self.random.random() < 0.5 else operand
            for operand in test.operands
        )
        return msgspec.structs.replace(test, operands=swapped)

    def pattern(self, captured: dict[str, Any]) -> Pattern:
        events = self.pick(*((name,) for name in EVENTS), EVENTS[:2])
        contexts = self.pick((), (), (), (), ("WEB",), ("RETAIL", "OTHER"))
        return Pattern(events, contexts, self.where(captured))

    def number_operands(self, operator: str, captured: dict[str, Any], measure: str) -> tuple[Operand, ...]:
        count = len(OPERATORS["number"][operator].operands)
        pool: tuple[Any, ...] = (0, 1, 2, 3)
        if measure not in ("count", "distinct"):
            pool = (0, 1, 12, 99.99, 100, 0.1 + 0.2, 0.3, -5, 12.5, 1.0)
        operands: list[Operand] = []
        for _ in range(count):
            name = f"captured{len(captured)}"
            choice = self.pick("value", "value", "value", "captured", "attribute")
            if choice == "captured":
                captured[name] = self.pick(*pool, None, "2")
            operands.append(
                {
                    "value": Value(self.pick(*pool)),
                    "captured": Captured(name),
                    "attribute": Attribute("value"),
                }[choice]
            )
        return tuple(operands)

    def happened(self, measure: Measure, window: Window, operator: str, captured: dict[str, Any]) -> Happened:
        path = None
        if measure != "count":
            path = self.pick("value", "value", "lines[].price", "lines[].sku", "key")
        operands = self.number_operands(operator, captured, measure)
        return Happened(self.pattern(captured), window, measure, path, operator, operands)

    def first_or_last(self, window: Window, captured: dict[str, Any]) -> FirstOrLast:
        tests = [self.inner_test(captured) for _ in range(2)]
        condition = self.pick(tests[0], self.tree(tests, 2))
        return FirstOrLast(self.pick("first", "last"), self.pattern(captured), condition, window)

    def followed(self, window: Window, captured: dict[str, Any]) -> Followed:
        within = self.pick(
            None, Period(30, "days"), Period(90, "minutes"), Period(5, "hours"), Period(8, "weeks")
        )
        same = self.pick(None, None, Same("key", "key"), Same("key", "value"))
        return Followed(self.pattern(captured), self.pattern(captured), within, same, window)

    def message(self, action: MessageAction, window: Window, captured: dict[str, Any]) -> MessageTest:
        channel = (
            "sms" if action in ("sent", "delivered", "not_delivered") and self.pick(True, False) else "email"
        )
        scope = MessageScope(
            template_id=self.pick(None, None, None, None, IDS[0]),
            list_id=self.pick(None, None, None, None, IDS[1]),
            journey_id=self.pick(None, None, None, None, IDS[0]),
            tags=self.pick((), (), (), (), ("spring",)),
            last=self.pick(None, None, 1, 2, 5),
        )
        operator = self.pick("at_least", *NUMBER_OPERATORS)
        operands = self.number_operands(operator, captured, "count")
        if self.random.random() < 0.4:
            operator, operands = "at_least", (Value(1),)
        every = self.random.random() < 0.2
        if every:
            operator, operands = "at_least", (Value(1),)
        lacks = action in ("not_opened", "not_clicked", "delivered")
        reasons = ("hard", "soft") if channel == "email" else ("expired", "rejected")
        return MessageTest(
            channel,
            action,
            scope,
            window,
            "every" if every else "messages" if lacks else self.pick("messages", "actions"),
            operator,
            operands,
            link=self.pick(None, "buy") if action in ("clicked", "not_clicked") else None,
            reason=self.pick(None, *reasons) if action in ("bounced", "not_delivered") else None,
        )

    def journey(self, state: str, window: Window) -> JourneyTest:
        id = self.pick(None, *IDS)
        if state == "inside":
            return JourneyTest("inside", id)
        if state == "entered":
            return JourneyTest("entered", id, window=window)
        return JourneyTest(
            "finished", id, self.pick(None, "positive", "negative"), self.pick(None, "goal"), window
        )

    def standing(self, kind: str) -> Leaf:
        id = self.pick(*IDS)
        if kind == "status":
            status = self.pick("subscribed", "pending", "unsubscribed", "none")
            return StatusTest(self.pick("email", "sms", "push"), status, self.pick(None, id))
        if kind == "consent":
            aspect = self.pick("status", "limitation", "objection")
            return ConsentTest(self.pick(*LEAVES, "disclaimer"), aspect, self.pick(True, False))
        if kind == "identity":
            return IdentityTest(self.pick("email", "phone", "device"))
        return Membership(self.pick("group", "segment") if kind == "membership" else kind, id)  # pyright: ignore[reportArgumentType]
