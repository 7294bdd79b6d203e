"""What a statement writes, locks and joins, read from its parsed form."""

from collections.abc import Iterator
from functools import cache

import sqlglot
from sqlglot import exp

from tests.structure.inventory import NamedQuery

_WRITING = (exp.Insert, exp.Update, exp.Delete, exp.Merge)
_COMPARING = (exp.EQ, exp.In, exp.Any)


@cache
def parse_statement(query: NamedQuery) -> exp.Expression | None:
    """Return the statement as a tree; None for SET LOCAL and LOCK TABLE, which name no rows."""
    if query.bare.startswith(("set local", "lock table")):
        return None
    tree = sqlglot.parse_one(query.query.sql, read="postgres")
    assert isinstance(tree, exp.Expression)
    assert not isinstance(tree, exp.Command), query.label
    return tree


def _name_of(node: exp.Expression) -> str:
    table = node.this.find(exp.Table) if not isinstance(node.this, exp.Table) else node.this
    return table.name if table is not None else ""


def list_written(query: NamedQuery) -> list[tuple[exp.Expression, str]]:
    """Return the writing parts of a statement with the table of each."""
    tree = parse_statement(query)
    return [] if tree is None else [(node, _name_of(node)) for node in tree.find_all(*_WRITING)]


def list_locking(query: NamedQuery) -> list[exp.Select]:
    """Return the SELECT … FOR UPDATE (or SHARE) parts of a statement."""
    tree = parse_statement(query)
    return [] if tree is None else [node for node in tree.find_all(exp.Select) if node.args.get("locks")]


def binds_bucket(query: NamedQuery, node: exp.Expression) -> bool:
    """Return whether a part of a statement works in the one bucket that the parameter `bucket` names."""
    if "bucket" not in query.query.parameters:
        return False
    if isinstance(node, exp.Insert):
        return True
    number = str(query.query.parameters.index("bucket") + 1)
    return any(
        _is_bucket(equality.this)
        and (parameter := equality.expression.find(exp.Parameter))
        and parameter.name == number
        for equality in node.find_all(exp.EQ)
    )


def _is_bucket(node: exp.Expression) -> bool:
    return isinstance(node, exp.Column) and node.name == "bucket"


def _find_scope(node: exp.Expression) -> exp.Expression:
    scope = node.find_ancestor(exp.Select, *_WRITING)
    assert scope is not None
    return scope


def _list_sources(scope: exp.Expression) -> Iterator[exp.Table]:
    """Yield the tables named directly in a scope, not in its subqueries."""
    for table in scope.find_all(exp.Table):
        if table.find_ancestor(exp.Select, *_WRITING) is scope:
            yield table


def list_loose_tables(query: NamedQuery, tables: set[str]) -> list[str]:
    """Return the contact tables of a joining statement whose bucket nothing is compared with."""
    tree = parse_statement(query)
    if tree is None:
        return []
    sources = [table for table in tree.find_all(exp.Table) if table.name in tables and not _is_target(table)]
    if len(sources) < 2:
        return []
    held = _list_held(tree)
    return [
        source.name
        for source in sources
        if (id(_find_scope(source)), source.alias_or_name) not in held
        and not any(alias == source.alias_or_name for _, alias in held)
    ]


def _is_target(table: exp.Table) -> bool:
    """Return whether a table is where rows are inserted: its rows are joined with nothing."""
    return isinstance(table.parent, exp.Insert | exp.Schema)


def _list_held(tree: exp.Expression) -> set[tuple[int, str]]:
    """Return (scope, alias) of every source whose bucket is compared with something."""
    held: set[tuple[int, str]] = set()
    for column in tree.find_all(exp.Column):
        if column.name != "bucket" or column.find_ancestor(*_COMPARING) is None:
            continue
        scope = _find_scope(column)
        names = [column.table] if column.table else [source.alias_or_name for source in _list_sources(scope)]
        held.update((id(scope), name) for name in names)
    for join in tree.find_all(exp.Join):
        if "bucket" in {identifier.name for identifier in join.args.get("using") or []}:
            scope = _find_scope(join)
            held.update((id(scope), source.alias_or_name) for source in _list_sources(scope))
    return held
