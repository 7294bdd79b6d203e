"""Rules of architecture §8 and of style that import-linter and ruff cannot see."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from percorso.db.failpoints import COMMIT_POINTS
from percorso.journeys.graph import Step
from tests.structure.inventory import ROOT, SOURCE, list_modules, place

_OUTSIDE_WORLD = {"asyncio", "time", "random", "os", "socket", "asyncpg", "threading", "secrets"}

_IMPURE_FILES = {
    "__init__",
    "store",
    "actions",
    "handlers",
    "cli",
    "cli_named",
    "cli_running",
    "main",
    "control",
    "applying",
    "existing",
    "surroundings",
    "failing",
    "ceilings",
    "activating",
    "approving",
    "entering",
    "copying",
    "trying",
    "patience",
}
"""Files of a pure package that may touch the database and time."""

_PURE_PACKAGES = ("journeys", "conditions")

_BANNED_MODULES = {"utils", "util", "helpers", "helper", "common", "misc", "core", "types"}
_BANNED_SUFFIXES = ("Manager", "Service", "Helper", "Processor", "Data", "Info", "Base", "Impl")
_BANNED_VERBS = re.compile(r"^(process(?!_id)|handle(?!_[A-Z])|manage|do)(_|$)")
"""`process_id` is a noun; `handle_DATA` is what aiosmtpd calls."""
_BANNED_WORDS = re.compile(
    r"tenant|blacklist|blocklist|subscriber|enrol(l)?ment|workflow|cohort|newsletter|(^|_)(customer|lead)s?(_|$)",
    re.IGNORECASE,
)

_CONNECTING = {"smtplib", "http.client", "urllib.request", "ftplib", "imaplib", "poplib", "telnetlib"}
"""Modules of the standard library that connect to others; what is not of it, import-linter watches."""


def _list_imports(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _is_pure(path: Path) -> bool:
    parts = path.relative_to(SOURCE).parts
    return path.stem == "model" or (parts[0] in _PURE_PACKAGES and path.stem not in _IMPURE_FILES)


def test_models_and_decisions_are_pure() -> None:
    impure = [
        f"{place(path)} imports {name}"
        for path, module in list_modules("src")
        if _is_pure(path)
        for name in _list_imports(module)
        if name.split(".")[0] in _OUTSIDE_WORLD or name.startswith("percorso.db")
    ]
    assert impure == []


def test_models_and_decisions_do_not_ask_for_the_time() -> None:
    asking = [
        place(path, node)
        for path, module in list_modules("src")
        if _is_pure(path)
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today")
        if isinstance(node.value, ast.Name) and node.value.id in ("datetime", "date")
    ]
    assert asking == []


def test_only_channels_connects_to_others() -> None:
    connecting = [
        f"{place(path)} imports {name}"
        for path, module in list_modules("src")
        if path.relative_to(SOURCE).parts[0] not in ("channels", "demo", "bench")
        for name in _list_imports(module)
        if name in _CONNECTING
    ]
    assert connecting == []


def _leads_outside(module: str) -> bool:
    return module.startswith(("percorso.channels", "aiohttp")) and not module.endswith((".store", ".model"))


def _opens_transaction(node: ast.AST) -> bool:
    return isinstance(node, ast.AsyncWith) and any(
        isinstance(item.context_expr, ast.Call)
        and isinstance(item.context_expr.func, ast.Attribute)
        and item.context_expr.func.attr in ("transaction", "request_transaction")
        for item in node.items
    )


def test_no_transaction_is_open_while_the_outside_world_is_called() -> None:
    """Inside a transaction's block nothing is called that was imported from `percorso.channels` or connects."""
    calling: list[str] = []
    for path, module in list_modules("src"):
        outside = {
            alias.asname or alias.name
            for node in ast.walk(module)
            if isinstance(node, ast.ImportFrom) and _leads_outside(node.module or "")
            for alias in node.names
        }
        for block in (node for node in ast.walk(module) if _opens_transaction(node)):
            calling += [
                place(path, node)
                for node in ast.walk(block)
                if isinstance(node, ast.Await)
                and isinstance(node.value, ast.Call)
                and any(
                    isinstance(name, ast.Name) and name.id in outside for name in ast.walk(node.value.func)
                )
            ]
    assert calling == []


def test_every_commit_point_is_registered_and_used() -> None:
    used: dict[str, str] = {}
    for path, module in list_modules("src"):
        for node in ast.walk(module):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and path.name != "failpoints.py"
            ):
                used[node.value] = place(path, node)
    assert sorted(COMMIT_POINTS.keys() - used.keys() - {"test.commit"}) == []


def test_a_transaction_is_named_where_it_is_opened() -> None:
    unknown = [
        place(path, call)
        for path, module in list_modules("src")
        for call in ast.walk(module)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "transaction"
        and isinstance(call.func.value, ast.Name | ast.Attribute)
        and (
            call.func.value.attr if isinstance(call.func.value, ast.Attribute) else call.func.value.id
        ).endswith("database")
        if not call.args
        or (isinstance(call.args[0], ast.Constant) and call.args[0].value not in COMMIT_POINTS)
    ]
    assert unknown == []


def test_names_follow_the_style() -> None:
    wrong: list[str] = []
    for path, module in list_modules("src"):
        if _BANNED_MODULES & set(path.relative_to(ROOT).with_suffix("").parts):
            wrong.append(place(path))
        for node in ast.walk(module):
            match node:
                case ast.ClassDef() if node.name.endswith(_BANNED_SUFFIXES):
                    wrong.append(f"{place(path, node)} {node.name}")
                case ast.FunctionDef() | ast.AsyncFunctionDef() if _BANNED_VERBS.match(node.name.lstrip("_")):
                    wrong.append(f"{place(path, node)} {node.name}")
                case _:
                    continue
    assert wrong == []


def test_names_are_those_of_the_glossary() -> None:
    """What the glossary tells not to say is no name of a class, function or module of ours."""
    wrong = [
        f"{place(path, node)} {node.name}"
        for path, module in list_modules("src")
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and _BANNED_WORDS.search(node.name)
    ]
    assert wrong == []


def test_a_step_kind_has_the_same_name_in_all_four_places() -> None:
    kinds = get_args(Step)
    names = sorted(str(kind.__struct_config__.tag) for kind in kinds)
    places = {
        "file": "src/percorso/journeys/steps/{kind}.py",
        "test": "tests/journeys/steps/test_{kind}.py",
        "form on the canvas": "web/src/features/journeys/steps/{kind}",
        "reference page": "docs/reference/steps/{kind}.md",
    }
    missing = [
        f"{kind}: no {what} ({pattern.format(kind=kind)})"
        for kind in names
        for what, pattern in places.items()
        if not (ROOT / pattern.format(kind=kind)).exists()
    ]
    assert missing == []
