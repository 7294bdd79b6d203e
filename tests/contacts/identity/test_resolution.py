"""Whom a call names: the table of architecture §9.2, case by case."""

from uuid import UUID

import pytest

from percorso.contacts.identity.resolution import Resolved, resolve_identities

NEW, K, L, A, B = (UUID(int=number) for number in range(1, 6))
USER, USER2, EMAIL, DEVICE, ANON = (
    ("user_id", "u1"), ("user_id", "u2"), ("email", "e"), ("device", "d"), ("anonymous_id", "a"),
)  # fmt: skip
KINDS = {
    K: frozenset({"user_id", "anonymous_id"}),
    L: frozenset({"email"}),
    A: frozenset({"anonymous_id"}),
    B: frozenset({"device"}),
}


@pytest.mark.parametrize(
    ("identities", "owners", "expected"),
    [
        ([USER, ANON], {}, Resolved(NEW, is_new=True, claims=(USER, ANON))),
        ([USER, ANON], {USER: K, ANON: K}, Resolved(K)),
        ([USER, EMAIL, ANON], {USER: K}, Resolved(K, claims=(EMAIL, ANON))),
        ([USER, ANON], {ANON: A}, Resolved(A, claims=(USER,))),
        ([USER, ANON], {USER: K, ANON: A}, Resolved(K, merges=(A,))),
        ([USER, DEVICE, ANON], {USER: K, DEVICE: B, ANON: A}, Resolved(K, merges=(B, A))),
        ([DEVICE, ANON], {DEVICE: B, ANON: A}, Resolved(B, merges=(A,))),
        ([USER, EMAIL], {USER: K, EMAIL: L}, Resolved(K, conflicts=((EMAIL, L),))),
        ([USER, EMAIL, ANON], {EMAIL: L, ANON: A}, Resolved(L, claims=(USER,), merges=(A,))),
        ([USER2, ANON], {ANON: K}, Resolved(NEW, is_new=True, claims=(USER2,), moves=((ANON, K),))),
        ([EMAIL, ANON], {EMAIL: L, ANON: K}, Resolved(L, moves=((ANON, K),))),
        ([EMAIL, ANON], {ANON: K}, Resolved(K, claims=(EMAIL,))),
        ([USER, ANON], {ANON: L}, Resolved(L, claims=(USER,))),
        ([USER2, DEVICE, ANON], {DEVICE: K, ANON: A},
         Resolved(NEW, is_new=True, claims=(USER2,), moves=((DEVICE, K),), merges=(A,))),
    ],
    ids=[
        "nobody knows them", "all of one", "one gains identities", "the anonymous becomes known",
        "the anonymous is merged", "two anonymous are merged", "anonymous into anonymous", "two known: a conflict",
        "the strongest that is owned decides", "a shared browser, another user", "a weak identity moves to the stronger",
        "a known one gains an address", "a subscriber logs in", "a shared device beside an anonymous id",
    ],
)  # fmt: skip
def test_whom_a_call_names(
    identities: list[tuple[str, str]], owners: dict[tuple[str, str], UUID], expected: Resolved
) -> None:
    resolved = resolve_identities(identities, owners, kinds_of=KINDS.__getitem__, new_id=lambda: NEW)
    assert resolved == expected
