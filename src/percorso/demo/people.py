"""Invented people: everything about a person follows from their number. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final, Literal, TypeVar

import msgspec

from percorso.demo.names import AREA_CODES, CITIES, FAMILIES, MEN, PRODUCTS, WOMEN
from percorso.kit.ids import derive_id, derive_share

SEED: Final = "aurora"
"""What all chance of the demo derives from."""

MOST_PEOPLE: Final = 5_000
"""The shop has no more customers than this, so that a demo left running does not fill a disk."""

Thing = TypeVar("Thing")

_FIRST_BIRTH = date(1950, 1, 1)
_BIRTH_DAYS = 20_000


class Person(msgspec.Struct, frozen=True):
    """An invented customer. `keen` in [0, 1) is how much they shop and read."""

    number: int
    first_name: str
    last_name: str
    gender: Literal["female", "male"]
    city: str
    province: str
    born_on: date
    email: str
    phone: str
    user_id: str
    anonymous_id: str
    language: Literal["it", "en"]
    keen: float
    registers: bool
    """Someone who does not stays an anonymous visitor for ever."""


def chance(*parts: str | int) -> float:
    """Return the number in [0, 1) that these parts lead to: the shop's only chance."""
    return derive_share(SEED, *parts)


def pick(things: Sequence[Thing], *parts: str | int) -> Thing:
    """Return one of the things, always the same for these parts."""
    return things[int(chance(*parts) * len(things))]


def make_person(number: int) -> Person:
    """Return the person with this number, from 0."""
    gender: Literal["female", "male"] = "female" if chance("gender", number) < 0.62 else "male"
    first = pick(WOMEN if gender == "female" else MEN, "first", number)
    last = pick(FAMILIES, "last", number)
    city, province = pick(
        [(city, province) for city, province, weight in CITIES for _ in range(weight)], "city", number
    )
    area, line = AREA_CODES[number // 100 % len(AREA_CODES)], number % 100
    return Person(
        number=number,
        first_name=first,
        last_name=last,
        gender=gender,
        city=city,
        province=province,
        born_on=_FIRST_BIRTH + timedelta(days=int(chance("born", number) * _BIRTH_DAYS)),
        email=f"{first}.{last}.{number}@example.com".lower(),
        phone=f"+1{area}55501{line:02}",
        user_id=f"aurora-{number:05}",
        anonymous_id=str(derive_id(SEED, "visitor", number)),
        language="en" if chance("language", number) < 0.2 else "it",
        keen=chance("keen", number),
        registers=number % 4 != 3,
    )


def traits_of(person: Person) -> dict[str, Any]:
    """Return what the shop knows of a person who registered, as `identify` sends it."""
    return {
        "firstName": person.first_name,
        "lastName": person.last_name,
        "email": person.email,
        "phone": person.phone,
        "gender": person.gender,
        "birthDate": person.born_on.isoformat(),
        "language": person.language,
        "address": {"city": person.city, "province": person.province, "country": "IT"},
    }


def pick_lines(person: Person, *parts: str | int) -> list[dict[str, Any]]:
    """Return one to three order lines that a person chose."""
    lines: dict[str, dict[str, Any]] = {}
    for place in range(1 + int(chance("lines", person.number, *parts) * 3)):
        sku, name, category, price = pick(PRODUCTS, "product", person.number, place, *parts)
        lines[sku] = {
            "id": sku,
            "sku": sku,
            "name": name,
            "price": price,
            "category": [category],
            "quantity": 1,
            "linkUrl": f"https://www.example.com/aurora/{sku.lower()}",
        }
    return list(lines.values())


def amount_of(lines: Sequence[dict[str, Any]], *, discount: float = 0.0) -> dict[str, Any]:
    """Return the `amount` of an order or cart: its total is what was paid, all of it for the goods."""
    paid = round(sum(line["price"] * line["quantity"] for line in lines) - discount, 2)
    return {
        "total": paid,
        "revenue": paid,
        "discount": round(discount, 2),
        "local": {"currency": "EUR", "exchangeRate": 1},
    }
