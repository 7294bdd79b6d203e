"""Public tokens: nobody without the key makes, changes or reads one."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.content.tokens import Named, Purpose, TokenKeys, make_url

KEYS = TokenKeys.single("k001", bytes(range(32)))
NAMED = Named(UUID(int=1), 7, UUID(int=263), 3)

names = st.builds(Named, st.uuids(), st.integers(0, 255), st.uuids(), st.none() | st.integers(0, 65535))


@given(names, st.sampled_from(Purpose))
def test_a_token_names_what_it_was_made_for_and_for_that_purpose_only(named: Named, purpose: Purpose) -> None:
    token = KEYS.make_token(purpose, named)
    assert KEYS.find_named(purpose, token) == named
    assert len(token) <= 80
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    others = [other for other in Purpose if other is not purpose]
    assert [KEYS.find_named(other, token) for other in others] == [None] * len(others)


@given(names, st.integers(0, 79), st.sampled_from("AZaz09-_"))
def test_a_changed_token_names_nothing_else(named: Named, place: int, letter: str) -> None:
    token = KEYS.make_token(Purpose.CLICK, named)
    changed = token[:place] + letter + token[place + 1 :]
    # Bits beyond the last byte are not part of a base64 text: such a twin names the same.
    assert KEYS.find_named(Purpose.CLICK, changed) in (None, named)


@given(st.text(max_size=200) | st.binary(max_size=100).map(lambda data: data.hex()))
def test_whatever_is_no_token_names_nothing(text: str) -> None:
    assert KEYS.find_named(Purpose.VIEW, text) is None


def test_no_id_can_be_read_in_a_token() -> None:
    one = KEYS.make_token(Purpose.CLICK, NAMED)
    other = KEYS.make_token(Purpose.CLICK, Named(NAMED.workspace_id, NAMED.bucket, UUID(int=264), 3))
    same = sum(a == b for a, b in zip(one[6:], other[6:], strict=True))
    assert same < 15


def test_the_same_ids_always_give_the_same_token() -> None:
    assert KEYS.make_token(Purpose.PIXEL, NAMED) == KEYS.make_token(Purpose.PIXEL, NAMED)


def test_old_keys_stay_readable_and_strangers_do_not() -> None:
    old = KEYS.make_token(Purpose.CLICK, NAMED)
    both = TokenKeys({"k001": bytes(range(32)), "k002": bytes(32)}, "k002")
    new = both.make_token(Purpose.CLICK, NAMED)
    assert both.find_named(Purpose.CLICK, old) == both.find_named(Purpose.CLICK, new) == NAMED
    assert KEYS.find_named(Purpose.CLICK, new) is None
    assert TokenKeys.single("k001", bytes(32)).find_named(Purpose.CLICK, old) is None


def test_a_key_id_has_four_characters() -> None:
    with pytest.raises(ValueError, match="four"):
        TokenKeys.single("key", bytes(32))


def test_an_address_holds_the_purpose_and_the_token() -> None:
    url = make_url("https://news.example.com", KEYS, Purpose.UNSUBSCRIBE, NAMED)
    assert url == f"https://news.example.com/u/{KEYS.make_token(Purpose.UNSUBSCRIBE, NAMED)}"
