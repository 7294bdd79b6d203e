"""The invented shop: who its people are and what they do, as pure functions."""

import re
from itertools import pairwise
from uuid import UUID, uuid4

import msgspec
import pytest

from percorso.demo.acts import DAY, LIFE, Act, arrival_of, live
from percorso.demo.names import FAMILIES, MEN, WOMEN
from percorso.demo.people import MOST_PEOPLE, amount_of, make_person
from percorso.demo.publish import make_codes
from percorso.demo.reactions import CODE, Buy, Fetch, Unsubscribe, find_person, react
from percorso.intake.errors import RejectedError
from percorso.intake.model import Node, Source
from percorso.intake.reading import Frame, read_call

LIST = uuid4()
SOURCE = Source(node=Node(uuid4(), uuid4()), is_server=True, list_ids=(LIST,))
OWN = "http://localhost:8000"
MAIL = (
    f'<html><body><a href="{OWN}/c/token">Shop</a><a href="https://elsewhere.example.net/c/x">Other</a>'
    f'<p>AURORA-ABC234</p><p>Ci sarò</p><img src="{OWN}/o/token"></body></html>'
)


def test_nobody_can_be_taken_for_a_real_person() -> None:
    people = [make_person(number) for number in range(MOST_PEOPLE)]
    assert all(person.email.endswith("@example.com") for person in people)
    assert all(re.fullmatch(r"\+1\d{3}55501\d\d", person.phone) for person in people)
    assert {person.first_name for person in people} <= {*WOMEN, *MEN}
    assert {person.last_name for person in people} <= set(FAMILIES)
    for field in ("email", "phone", "user_id", "anonymous_id"):
        assert len({getattr(person, field) for person in people}) == MOST_PEOPLE


def test_a_person_is_found_again_by_address_and_number() -> None:
    for number in (0, 99, 100, 4321, MOST_PEOPLE - 1):
        person = make_person(number)
        assert find_person(person.email) == number
        assert find_person(person.phone) == number
    assert find_person("anna@example.com") is None
    assert find_person("+39021234567") is None


def test_a_life_is_told_in_order_and_always_the_same() -> None:
    for number in range(200):
        acts = live(number, str(LIST))
        assert acts == live(number, str(LIST))
        assert all(0 <= one.at <= other.at <= LIFE for one, other in pairwise(acts))
        assert len({act.key for act in acts}) == len(acts)


def take(act: Act) -> str:
    """The name of the fact that intake makes of an act; raises RejectedError."""
    call = read_call(msgspec.json.encode({**act.call, "messageId": act.key}), Frame(SOURCE))
    # Length of the kind, kind, length of the name, name: as COPY wants it.
    return call.label[8 + len(call.kind) :].decode()


def test_intake_takes_every_act_but_the_mistakes() -> None:
    taken: set[str] = set()
    mistakes = 0
    for number in range(120):
        for act in live(number, str(LIST)):
            if act.key == "mistake":
                mistakes += 1
                with pytest.raises(RejectedError):
                    take(act)
            else:
                taken.add(take(act))
    assert taken == {
        "viewedPage",
        "viewedProduct",
        "searched",
        "contactUpdated",
        "formCompiled",
        "campaignSubscribed",
        "loggedIn",
        "addedProduct",
        "abandonedCart",
        "completedOrder",
    }
    assert mistakes == 17


def test_the_shop_grows_fast_at_first_and_never_without_bound() -> None:
    arrivals = [arrival_of(number) for number in range(MOST_PEOPLE)]
    assert all(one < other for one, other in pairwise(arrivals))
    assert arrivals[39] < 4 * 60
    calls = sum(len(live(number, str(LIST))) for number in range(0, MOST_PEOPLE, 50)) * 50
    assert calls < 250_000
    # At twenty minutes a second the last of them arrives after more than a day of real time.
    assert arrivals[-1] / 20 > 24 * 3600


def test_within_a_minute_of_the_start_everything_has_happened() -> None:
    minute = 60 * 20.0
    keys = {
        act.key.partition("-")[0] if act.key.startswith("subscribe") else act.key.rpartition("-")[2]
        for number in range(60)
        for act in live(number, str(LIST))
        if arrival_of(number) + act.at < minute
    }
    assert {"subscribe", "cart", "order", "join", "mistake"} <= keys


def read_mail(number: int, html: str | None, text: str = "") -> list[Fetch | Buy | Unsubscribe]:
    return react(
        make_person(number),
        str(UUID(int=number)),
        html=html,
        text=text,
        unsubscribe=f"<{OWN}/u/token>",
        own_url=OWN,
    )


def test_people_open_click_buy_redeem_come_and_leave() -> None:
    reactions = [reaction for number in range(2000) for reaction in read_mail(number, MAIL)]
    fetched = {reaction.url for reaction in reactions if isinstance(reaction, Fetch)}
    assert fetched == {f"{OWN}/c/token", f"{OWN}/o/token"}
    assert {reaction.url for reaction in reactions if isinstance(reaction, Unsubscribe)} == {f"{OWN}/u/token"}
    bought = [reaction.call for reaction in reactions if isinstance(reaction, Buy)]
    assert {call["event"] for call in bought} == {"completedOrder", "eventParticipated"}
    coupons = {call["properties"].get("coupon") for call in bought if call["event"] == "completedOrder"}
    assert coupons == {None, "AURORA-ABC234"}
    assert all(reaction.after <= 7 * DAY for reaction in reactions)


def test_what_is_read_is_never_fetched_elsewhere() -> None:
    html = '<a href="https://evil.example.net/c/x">x</a><img src="https://evil.example.net/o/x">'
    assert [
        reaction
        for number in range(200)
        for reaction in read_mail(number, html)
        if isinstance(reaction, Fetch)
    ] == []


def test_a_coupon_takes_a_tenth_off_what_is_paid() -> None:
    lines = [{"price": 100.0, "quantity": 1}, {"price": 29.9, "quantity": 1}]
    amount = amount_of(lines, discount=12.99)
    assert (amount["total"], amount["revenue"], amount["discount"]) == (116.91, 116.91, 12.99)


def test_codes_look_like_codes_and_are_all_different() -> None:
    codes = make_codes("milan", 3000)
    assert len(set(codes)) == 3000
    assert all(CODE.fullmatch(code) for code in codes)
    assert codes == make_codes("milan", 3000)
