"""Named queries: parameters are found where they are, and only there."""

import pytest

from percorso.db import Connection, Queries
from percorso.db.errors import QueryError
from percorso.db.queries import load_queries, parse_queries, parse_query


def test_a_parameter_stands_once_however_often_it_is_named() -> None:
    query = parse_query("find_x", "SELECT :a::text, :b::int, :a::text")
    assert query.sql == "SELECT $1::text, $2::int, $1::text"
    assert query.parameters == ("a", "b")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 'at 12:30 :no'",
        "SELECT E'it\\'s :no'",
        "SELECT 'it''s :no'",
        'SELECT 1 AS "x:no"',
        "SELECT $$ :no $$",
        "SELECT $tag$ $$ :no $tag$",
        "SELECT 1 -- :no\n",
        "SELECT 1 /* :no\n:no */",
        "SELECT x::no FROM t",
    ],
)
def test_a_colon_elsewhere_is_no_parameter(text: str) -> None:
    query = parse_query("get_x", text)
    assert query.parameters == ()
    assert query.sql == text.rstrip()


def test_the_comment_above_is_the_explanation() -> None:
    found = parse_queries(
        "-- a page\n\n-- name: get_one\n-- Why it\n-- is so.\nSELECT :x::int;\n\n-- name: get_two\n-- Two.\nSELECT 2;\n",
        source="here",
    )
    assert {name: (query.explanation, query.sql) for name, query in found.items()} == {
        "get_one": ("Why it is so.", "SELECT $1::int"),
        "get_two": ("Two.", "SELECT 2"),
    }


def test_a_name_stands_once_in_a_file() -> None:
    with pytest.raises(QueryError, match="twice"):
        parse_queries("-- name: x\nSELECT 1;\n-- name: x\nSELECT 2;", source="here")


def test_a_query_without_a_statement_is_refused() -> None:
    with pytest.raises(QueryError, match="empty"):
        parse_query("get_x", "-- only words\n")


@pytest.fixture
def queries() -> Queries:
    text = "-- name: add\nSELECT :a::int + :b::int\n-- name: make\nCREATE TEMP TABLE t (a int, b jsonb)\n"
    text += "-- name: put\nINSERT INTO t VALUES (:a::int, :b::jsonb)\n-- name: list\nSELECT a, b FROM t ORDER BY a\n"
    text += "-- name: none\nSELECT a FROM t WHERE a = :a::int\n"
    return Queries("here", parse_queries(text, source="here"))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [({"a": 1}, "Missing: b. Unknown: none."), ({"a": 1, "b": 2, "c": 3}, "Missing: none. Unknown: c.")],
)
def test_parameters_must_match_exactly(queries: Queries, given: dict[str, int], sentence: str) -> None:
    with pytest.raises(QueryError, match=sentence):
        queries.arguments("add", given)


def test_an_unknown_query_is_named_in_the_error() -> None:
    with pytest.raises(QueryError, match=r"percorso.db/queries.sql has no query named find_nothing\."):
        load_queries("percorso.db").sql("find_nothing")


async def test_queries_give_back_rows_values_and_counts(queries: Queries, tx: Connection) -> None:
    assert await queries.fetch_value(tx, "add", a=2, b=3) == 5
    assert await queries.execute(tx, "make") == 0
    assert await queries.execute(tx, "put", a=1, b={"x": [1]}) == 1
    await queries.execute_many(tx, "put", [{"a": 2, "b": None}, {"a": 3, "b": "text"}])
    assert [tuple(row) for row in await queries.fetch(tx, "list")] == [
        (1, {"x": [1]}),
        (2, None),
        (3, "text"),
    ]
    assert await queries.fetch_row(tx, "none", a=9) is None
