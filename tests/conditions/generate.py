"""Generated values, operands and tests: small pools, so that equal things meet, and every corner we know of."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from percorso.conditions.check_tests import MAX_YEARS
from percorso.conditions.model import (
    All,
    AnyOf,
    Attribute,
    Captured,
    Condition,
    EventProperty,
    Not,
    Operand,
    Source,
    Test,
    Value,
    ValueType,
)
from percorso.conditions.operators import OPERATORS

CLASSES = ("value", "null", "empty", "ill-typed", "absent")
ABSENT = object()

ZONES = ("UTC", "Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns")
NOWS = (
    datetime(2025, 2, 28, 22, 30, tzinfo=UTC),
    datetime(2024, 2, 29, 3, tzinfo=UTC),
    datetime(2025, 3, 30, 1, tzinfo=UTC),
    datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
)

TEXTS = (
    "Rossi",
    "ROSSI",
    "rossi",
    "ros",
    "ssi",
    "R_ssi",
    "100%",
    "%",
    "a\\b",
    "È",
    "è",
    "perché",
    "PERCHÉ",
    "Straße",
)
TEXTS += (
    "STRASSE",
    "İstanbul",
    "istanbul",
    "ΣΑΣ",
    "σασ",
    "ﬀ",
    "Ǆ",
    "ǆ",
    "😀",
    "a\nb",
    " rossi",
    "12",
    "true",
    "2024-05-10",
)
PATTERNS = (
    "%",
    "_",
    "r%",
    "%I",
    "%s%s%",
    "R_ssi",
    "R\\_ssi",
    "100\\%",
    "%\\%",
    "_____",
    "a\\\\b",
    "%è",
    "",
    "%a%a%",
    "_%_",
)
NUMBERS = (
    0,
    -0.0,
    1,
    1.0,
    99.99,
    100,
    100.0,
    0.1 + 0.2,
    0.3,
    0.1,
    -5,
    1e-7,
    5e-324,
    1e23,
    10**23,
    2**53,
    2**53 + 1,
)
NUMBERS += (float(2**53), 9007199254740993.0, 12, 12.5, 123456789012345678, 2, 29, 10, 2024)
FORMATS = ("dd/MM/yyyy", "MM-dd", "dd/MM", "YYYYMMDD", "d.M.yyyy", "yyyy-dd-MM", "dd/MM/yyyy HH:mm")
TIME_FORMATS = ("YYYY-MM-DDThh:mm:ssTZD", "dd/MM/yyyy HH:mm", "yyyyMMddHHmmss", "d/M/yyyy H.mm.ss.SSS")
LOCAL_TIMES = (
    "2025-03-30 02:30",
    "2025-10-26 02:30",
    "2025-10-26 03:00",
    "2025-11-02 01:30",
    "2025-04-06 01:45",
)
SCALARS = ("top", "TOP", "Milan", "è", "È", 1, 1.0, 2, True, False, 1e23, 10**23, 0.1, "1", "", "true")


# fmt: off
NO_DATES: tuple[Any, ...] = (
    "2023-02-29", "2024-13-01", "2024-1-1", "0001-01-01", "9999-12-31", "0000-00-00", "29/02/2023", "31/04", "24/05",
    " 2024-05-10", "2024-05-10\n", "2024-05-10T25:00Z", "2024-05-10T10:60Z", "2024-05-10T10:00:60Z", "2024-05-10T10",
    "2024-05-10T10:00:00+16:00", "2024-05-10T10:00:00+02:60", "٢٠٢٤-٠٥-١٠", 20240510, True, "today", "infinity",
    ["2024-05-10"], {"a": 1}, "",
)
ILL_TYPED: dict[str, tuple[Any, ...]] = {
    "any": (None, "", [], {}, 0, "null"),
    "text": (12, True, ["Rossi"], {"a": "Rossi"}, 1.5, [[]]),
    "number": ("12", True, [12], {"a": 12}, "1e3", "١٢", "", " 12", "12 ", "1" * 31, "--1", "1.", ".5"),
    "boolean": ("true", 1, 0, "false", [True], {"true": True}),
    "list": ("top", 1, True, {"0": "top"}, '["top"]', {"top": 1}),
}
# fmt: on


def write_time(format: str, at: datetime) -> str:
    """Return a moment written in a declared format, by means other than the code under test."""
    offset = at.strftime("%z") or "+0000"
    written = format
    for token, text in (
        ("TZD", f"{offset[:3]}:{offset[3:]}"),
        ("YYYY", f"{at.year:04}"),
        ("yyyy", f"{at.year:04}"),
        ("SSS", f"{at.microsecond // 1000:03}"),
        ("MM", f"{at.month:02}"),
        ("mm", f"{at.minute:02}"),
        ("dd", f"{at.day:02}"),
        ("DD", f"{at.day:02}"),
        ("HH", f"{at.hour:02}"),
        ("hh", f"{at.hour:02}"),
        ("ss", f"{at.second:02}"),
    ):
        written = written.replace(token, text)
    return written.replace("d", str(at.day)).replace("M", str(at.month)).replace("H", str(at.hour))


class Generator:
    """Draws from a seed; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def pick(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def day(self) -> date:
        near = self.pick(*NOWS).date() + timedelta(days=self.random.randint(-40, 40))
        fixed = (
            date(1992, 2, 29),
            date(1980, 2, 28),
            date(2, 1, 1),
            date(9998, 12, 31),
            date(1893, 11, 1),
            near,
        )
        return self.pick(*fixed, near, near, near)

    def moment(self) -> datetime:
        near = self.pick(*NOWS) + timedelta(minutes=self.random.randint(-4000, 4000))
        exact = self.pick(*NOWS) + timedelta(hours=self.pick(-48, -24, -2, -1, 0, 1, 2, 24, 48))
        return self.pick(
            near, near, exact, datetime(1893, 10, 31, 23, 20, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)
        )

    def written_moment(self) -> str:
        at = self.moment()
        offset = self.pick("Z", "+02:00", "-0330", "+01", "z", "+15:59")
        fraction = self.pick("", "", ".5", ".123456", ".999999999", ".000000001")
        text = f"{at:%Y-%m-%d}{self.pick('T', ' ', 't')}{at:%H:%M}"
        text = f"{at.year:04}{text[text.index('-') :]}"
        if self.random.random() < 0.8:
            text += f":{at:%S}{fraction}"
        return (
            self.pick(*LOCAL_TIMES) if self.random.random() < 0.15 else text + self.pick(offset, offset, "")
        )

    def value(self, type: ValueType, format: str | None) -> Any:
        """Return a value that fits a type."""
        if type == "number" and format and self.random.random() < 0.7:
            return str(self.pick("12.5", "12,5", "-3", "+3", "0.30", "100,00", "1.000,5", "99.99"))
        if type == "date":
            return (
                write_time(format, datetime.combine(self.day(), self.moment().timetz()))
                if format
                else str(self.day())
            )
        if type == "datetime":
            return write_time(format, self.moment()) if format else self.written_moment()
        if type == "list":
            return [self.pick(*SCALARS) for _ in range(self.random.randint(0, 3))]
        if type == "any":
            return self.pick(0, False, "x", [0], {"a": None}, 1.5, " ")
        return self.pick(*{"text": TEXTS, "number": NUMBERS, "boolean": (True, False)}[type])

    def ill_typed(self, type: ValueType) -> Any:
        """Return a value that does not fit a type, or only looks as if it did."""
        return self.pick(*ILL_TYPED.get(type, NO_DATES))

    def of_class(self, name: str, type: ValueType, format: str | None) -> Any:
        """Return a value of one of CLASSES."""
        if name == "value":
            return self.value(type, format)
        if name == "ill-typed":
            return self.ill_typed(type)
        return {"null": None, "empty": self.pick("", [], {}), "absent": ABSENT}[name]

    def properties(self, name: str, type: ValueType, format: str | None) -> dict[str, Any]:
        """Return attributes or properties whose `value` is of a class; also in an object and in list items."""
        left = self.of_class(name, type, format)
        other = self.of_class(self.pick("value", "value", *CLASSES), type, format)
        whole: dict[str, Any] = {"noise": self.pick(1, "x", None)}
        if left is not ABSENT:
            whole["value"] = left
            whole["deep"] = {"er": {"value": left}}
        if other is not ABSENT:
            whole["other"] = other
        items = [
            {"id": self.pick(*SCALARS), "ids": [self.pick(*SCALARS)]},
            {"other": 1},
            {"id": None},
            3,
            {"ids": "x"},
        ]
        whole["items"] = left if name != "value" else self.random.sample(items, self.random.randint(0, 5))
        if whole["items"] is ABSENT:
            del whole["items"]
        return whole

    def constant(self, kind: str, type: ValueType) -> Any:
        if kind == "texts":
            return self.pick([self.pick(*TEXTS) for _ in range(self.random.randint(0, 4))], self.pick(*TEXTS))
        if kind == "pattern":
            return self.pick(*PATTERNS)
        if kind == "scalars":
            return self.pick(
                [self.pick(*SCALARS) for _ in range(self.random.randint(0, 3))], self.pick(*SCALARS)
            )
        if kind == "amount":
            return self.pick(0, 1, 2, 7, 30, MAX_YEARS)
        if kind == "number" and type in ("date", "datetime", "list"):
            return self.pick(0, 1, 2, 2.0, 3, 10, 28, 29, 2024, 2025, 1.5)
        if kind in ("text", "number"):
            return self.value(kind, None)  # pyright: ignore[reportArgumentType]
        return str(self.day()) if kind == "date" else self.written_moment()

    def operand(self, kind: str, type: ValueType, source: Source, captured: dict[str, Any]) -> Operand:
        if kind in ("amount", "pattern") or self.random.random() < 0.6:
            return Value(self.constant(kind, type))
        if self.random.random() < 0.4:
            name = f"captured{len(captured)}"
            fitting = self.pick(
                self.constant(kind, type), self.constant(kind, type), self.ill_typed(type), None
            )
            captured[name] = fitting
            return Captured(self.pick(name, name, name, "missing"))
        path = self.pick("other", "other", "value", "deep.er.value")
        if kind in ("texts", "scalars"):
            path = self.pick(path, "items[].id", "items[].ids[]")
        return Attribute(path) if source == "attribute" else EventProperty(path)

    def test(
        self, type: ValueType, operator: str, source: Source, captured: dict[str, Any], format: str | None
    ) -> Test:
        """Return a sound test of an operator; operands from data and captured values among them."""
        kinds = OPERATORS[type][operator].operands
        path = self.pick("value", "value", "value", "deep.er.value")
        if type in ("any", "list"):
            path = self.pick(path, "items[].id", "items[].ids[]", "items[]", "items[].ids")
        units = ("days", "weeks", "months", "years") + (() if type == "date" else ("minutes", "hours"))
        test = Test(
            source,
            path,
            type,
            operator,
            tuple(self.operand(kind, type, source, captured) for kind in kinds),
            case_sensitive=self.random.random() < 0.2,
            unit=self.pick(*units) if "amount" in kinds else None,
            format=format,
        )
        if self.random.random() < 0.05 and not format:
            captured["left"] = self.pick(self.value(type, None), self.value(type, None), None, "")
            return Test("captured", "left", type, operator, test.operands, unit=test.unit)
        return test

    def tree(self, tests: list[Test], depth: int = 3) -> Condition:
        """Return a random tree over some of these tests."""
        if depth == 0 or self.random.random() < 0.2:
            return self.pick(*tests)
        if self.random.random() < 0.25:
            return Not(self.tree(tests, depth - 1))
        parts = tuple(self.tree(tests, depth - 1) for _ in range(self.random.randint(0, 3)))
        return self.pick(All, AnyOf)(parts)


def fits_format(type: ValueType, operator: str, format: str | None) -> bool:
    """Whether a format has what an operator needs; decided here without the code under test."""
    if format is None or type == "number":
        return True
    return ("yy" in format.lower()) or (type == "date" and not OPERATORS[type][operator].needs_year)
