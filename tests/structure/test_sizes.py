"""What is longer than a reader can hold is split, not exempted (style)."""

import ast

from tests.structure.inventory import list_modules, list_queries, list_web_files, place

PYTHON_FOLDERS = ("src", "tests", "tools", "benchmarks")


def _count_lines(text: str) -> int:
    return len(text.splitlines())


def test_a_python_file_has_at_most_400_lines() -> None:
    sizes = {place(path): _count_lines(path.read_text()) for path, _ in list_modules(*PYTHON_FOLDERS)}
    assert {path: size for path, size in sizes.items() if size > 400} == {}


def test_a_function_has_at_most_50_lines() -> None:
    sizes = {
        f"{place(path, node)} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path, module in list_modules(*PYTHON_FOLDERS)
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: size for name, size in sizes.items() if size > 50} == {}


def test_a_web_file_has_at_most_250_lines() -> None:
    sizes = {place(path): _count_lines(path.read_text()) for path in list_web_files()}
    assert {path: size for path, size in sizes.items() if size > 250} == {}


def test_a_query_has_at_most_40_lines() -> None:
    sizes = {query.label: _count_lines(query.query.sql) for query in list_queries()}
    assert {name: size for name, size in sizes.items() if size > 40} == {}
