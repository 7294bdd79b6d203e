"""Pools and codes: what is a code, adding, making up, listing."""

import asyncio
from uuid import uuid4

import pytest

from percorso.content.coupons.actions import add_codes, create_pool, generate_codes, get_pool
from percorso.content.coupons.errors import CodeRangeError, PoolNameError, UnknownPoolError
from percorso.content.coupons.model import ALPHABET, Added, Written, is_code, sort_out_codes
from percorso.content.coupons.store import list_coupons, list_pools
from percorso.db import Connection, Database
from tests.content.coupons.scene import NOW, set_coupon_scene
from tests.support.scene import set_scene


def test_codes_are_sorted_out_of_the_lines_handed_in() -> None:
    lines = ["\ufeffABC1", " ABC2 ", "", "ABC1", "x" * 201, "a\x00b", "é€"]
    assert sort_out_codes(lines) == Written(("ABC1", "ABC2", "é€"), 1, ("x" * 201, "a\x00b"))


@pytest.mark.parametrize(
    ("text", "expected"), [("A", True), ("", False), ("€" * 66, True), ("€" * 67, False), ("\ud800", False)]
)
def test_a_code_has_1_to_200_bytes_that_can_be_stored(text: str, expected: bool) -> None:
    assert is_code(text) is expected


async def test_codes_are_added_behind_those_that_are_there_and_repeating_adds_nothing(tx: Connection) -> None:
    scene = await set_scene(tx)
    pool = await create_pool(tx, workspace_id=scene.workspace_id, name=" Sfilata ", now=NOW)
    named = {"workspace_id": scene.workspace_id, "pool_id": pool.id}
    assert await add_codes(tx, **named, lines=["B", "A"]) == Added(2, 0)
    assert await add_codes(tx, **named, lines=["A", "C", "C", "B"]) == Added(1, 3)
    assert await add_codes(tx, **named, lines=["A", "C", "B"]) == Added(0, 3)
    coupons = await list_coupons(tx, scene.workspace_id, pool.id)
    assert [coupon.code for coupon in coupons] == ["B", "A", "C"]
    assert [(found.name, found.codes, found.free) for found in await list_pools(tx, scene.workspace_id)] == [
        ("Sfilata", 3, 3)
    ]
    page = await list_coupons(tx, scene.workspace_id, pool.id, after=coupons[0].number, maximum=1)
    assert page == coupons[1:2]


async def test_a_pool_of_another_workspace_is_unknown(tx: Connection) -> None:
    scene = await set_scene(tx)
    pool = await create_pool(tx, workspace_id=scene.workspace_id, name="Sfilata", now=NOW)
    with pytest.raises(UnknownPoolError):
        await add_codes(tx, workspace_id=uuid4(), pool_id=pool.id, lines=["A"])
    assert await list_coupons(tx, uuid4(), pool.id) == []


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\0b"])
async def test_a_pool_needs_a_name(tx: Connection, name: str) -> None:
    scene = await set_scene(tx)
    with pytest.raises(PoolNameError):
        await create_pool(tx, workspace_id=scene.workspace_id, name=name, now=NOW)


async def test_codes_are_made_up_as_many_as_asked(tx: Connection) -> None:
    scene = await set_scene(tx)
    pool = await create_pool(tx, workspace_id=scene.workspace_id, name="Sfilata", now=NOW)
    named = {"workspace_id": scene.workspace_id, "pool_id": pool.id}
    assert await generate_codes(tx, **named, count=300, prefix="MI-", length=8) == Added(300, 0)
    codes = {coupon.code for coupon in await list_coupons(tx, scene.workspace_id, pool.id, maximum=400)}
    assert len(codes) == 300
    assert all(
        code.startswith("MI-") and len(code) == 11 and set(code[3:]) <= set(ALPHABET) for code in codes
    )
    assert (await get_pool(tx, scene.workspace_id, pool.id)).free == 300


@pytest.mark.parametrize(
    "asked",
    [
        {"count": 0},
        {"count": 2_000_000},
        {"count": 1, "length": 3},
        {"count": 100_000, "length": 5},
        {"count": 1, "prefix": " A"},
        {"count": 1, "prefix": "x" * 200},
        {"count": 1, "prefix": "a\nb"},
    ],
)
async def test_codes_that_could_be_guessed_or_stored_wrongly_are_refused(
    tx: Connection, asked: dict[str, int]
) -> None:
    scene = await set_scene(tx)
    pool = await create_pool(tx, workspace_id=scene.workspace_id, name="Sfilata", now=NOW)
    with pytest.raises(CodeRangeError):
        await generate_codes(tx, workspace_id=scene.workspace_id, pool_id=pool.id, **asked)  # pyright: ignore[reportArgumentType]


async def test_who_adds_at_the_same_moment_loses_nothing(database: Database) -> None:
    made = await set_coupon_scene(database, [])

    async def add(name: str) -> None:
        async with database.transaction("test.commit") as connection:
            lines = [f"{name}{number}" for number in range(50)] + ["shared"]
            await add_codes(
                connection, workspace_id=made.scene.workspace_id, pool_id=made.pool.id, lines=lines
            )

    await asyncio.gather(*(add(name) for name in "ABCDEF"))
    async with database.connection() as connection:
        coupons = await list_coupons(connection, made.scene.workspace_id, made.pool.id, maximum=1000)
    expected = {f"{name}{number}" for name in "ABCDEF" for number in range(50)} | {"shared"}
    assert {coupon.code for coupon in coupons} == expected
    assert len(coupons) == len(expected)
