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
    """Return the contact tables that are joined, or looked at from within, without a word of their bucket."""
    tree = parse_statement(query)
    if tree is None:
        return []
    held = _list_held(tree)
    return [
        table.name
        for table in tree.find_all(exp.Table)
        if table.name in tables
        and not _is_target(table)
        and _is_joined(_find_scope(table))
        and table.alias_or_name not in held
    ]


def _is_joined(scope: exp.Expression) -> bool:
    """Return whether a scope has several sources, or speaks of one outside itself."""
    sources = list(_list_sources(scope))
    own = {source.alias_or_name for source in sources}
    qualifiers = {
        column.table for column in scope.find_all(exp.Column) if column.table and _find_scope(column) is scope
    }
    return bool(scope.args.get("joins")) or len(sources) > 1 or bool(qualifiers - own)


def _is_target(table: exp.Table) -> bool:
    """Return whether a table is where rows are inserted: its rows are joined with nothing."""
    return isinstance(table.parent, exp.Insert | exp.Schema)


def _list_held(tree: exp.Expression) -> set[str]:
    """Return the alias of every source whose bucket is compared with something."""
    held: set[str] = set()
    for column in tree.find_all(exp.Column):
        if column.name == "bucket" and column.find_ancestor(*_COMPARING) is not None:
            held.update([column.table] if column.table else _names_in(_find_scope(column)))
    for join in tree.find_all(exp.Join):
        if "bucket" in {identifier.name for identifier in join.args.get("using") or []}:
            held.update(_names_in(_find_scope(join)))
    return held


def _names_in(scope: exp.Expression) -> list[str]:
    return [source.alias_or_name for source in _list_sources(scope)]
