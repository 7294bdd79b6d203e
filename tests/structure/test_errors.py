"""Every error has its answer, and every sentence that the own API may say is there in Italian, too."""

import ast
import re
from collections.abc import Iterator

import pytest

from percorso.api.errors import STATUSES
from percorso.api.italian import FAULTS, FIELDS, PROBLEMS, TITLES, Pair
from percorso.api.italian_rejections import REJECTIONS
from percorso.api.language import say_problem, say_rejection
from tests.structure.inventory import list_modules, place

INTERNAL = {
    "percorso.api: it is the answer": {"RequestError"},
    "percorso.api.tracking: the peer is gone, nobody is answered": {"DisconnectError"},
    "intake answers it itself": {
        "IntakeError",
        "UnreadableError",
        "RejectedError",
        "ForgottenError",
        "OverloadError",
        "SlowError",
        "RetryError",
    },
    "intake makes a RejectedError of it": {"UnmappableError"},
    "the check of a graph makes a fault of it": {"UnreadableTreeError"},
    "the courier notes it on the message, or tries again": {
        "RenderFaultError",
        "SmtpFault",
        "StaleConnection",
    },
    "the worker reads what is missing and walks again": {"BackgroundMissing", "HistoryMissing"},
    "whoever reads an address says what it is for": {"EmailAddressError"},
    "starting, migrating and the command line print it": {
        "ConfigError",
        "DataMissingError",
        "EmbeddedServerError",
        "FolderInUseError",
        "FolderVersionError",
        "MigrationError",
        "NotADemoError",
        "NotReadyError",
        "NotSetUpError",
        "ProgramError",
        "RefusedError",
    },
    "an import makes a reject of it": {"RowFault"},
    "faults of ours: a 500, logged": {"QueryError", "UnnamedCommitError"},
}
"""Errors that no caller of the own API meets, by why."""

_SENTENCE_AT = {"RejectedError": 1, "RequestError": 2, "TemplateFaultError": 1, "CodeRangeError": 0}
"""Where each of these takes its sentence."""


def _is_error(node: ast.ClassDef) -> bool:
    bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
    return any(base.endswith(("Error", "Exception", "Fault")) for base in bases)


def _list_errors() -> Iterator[ast.ClassDef]:
    for _, module in list_modules("src"):
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef) and _is_error(node) and not node.name.startswith("_"):
                yield node


def test_every_error_has_a_row_or_is_internal() -> None:
    nodes = list(_list_errors())
    # The root of a package's errors is never raised itself; its leaves have the rows.
    roots = {base.id for node in nodes for base in node.bases if isinstance(base, ast.Name)}
    errors = {node.name for node in nodes}
    internal = {name for names in INTERNAL.values() for name in names}
    answered = {kind.__name__ for kind in STATUSES}
    assert errors - roots - internal - answered == set(), "give each a row in api/errors.py"
    assert internal - errors == set(), "these are gone"
    assert internal & answered == set()


def _say(node: ast.expr) -> list[str]:
    """Return the sentences that an expression may be, with an x for each value; none for one made elsewhere."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            return ["".join(_say(part)[0] if isinstance(part, ast.Constant) else "x" for part in parts)]
        case ast.IfExp(body=body, orelse=orelse):
            return [*_say(body), *_say(orelse)]
        case _:
            return []


def _list_raised() -> Iterator[tuple[str, str, str, str]]:
    """Yield the error's name, its code, a sentence and where it stands, of every error that is given its sentence."""
    for path, module in list_modules("src"):
        for node in ast.walk(module):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            name, position = node.func.id, _SENTENCE_AT.get(node.func.id)
            if position is None or len(node.args) <= position:
                continue
            code = {"TemplateFaultError": "template_fault", "CodeRangeError": "code_range"}.get(name)
            if code is None:
                given = node.args[position - 1]
                code = given.value if isinstance(given, ast.Constant) else None
            prefix = "x: " if name == "TemplateFaultError" else ""
            for sentence in _say(node.args[position]) if code else ():
                yield name, str(code), prefix + sentence, place(path, node)


def _list_said() -> Iterator[tuple[str, str, str]]:
    """Yield the code and sentence of every error of the table that makes its sentence itself."""
    for path, module in list_modules("src"):
        for node in ast.walk(module):
            if not isinstance(node, ast.ClassDef) or node.name not in {kind.__name__ for kind in STATUSES}:
                continue
            code = next(kind.code for kind in STATUSES if kind.__name__ == node.name)  # type: ignore[attr-defined]
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__" and call.args:
                    for sentence in _say(call.args[0]):
                        yield code, sentence, place(path, call)


_TOLD_OTHERWISE = {"graph_invalid", "scenario_invalid", "tests_failed", "segment_invalid", "template_fault"}
"""Their sentence is put together from faults, which have both languages."""


def test_every_problem_is_said_in_italian() -> None:
    told = [(code, sentence, at) for name, code, sentence, at in _list_raised() if name != "RejectedError"]
    told += [row for row in _list_said() if row[0] not in _TOLD_OTHERWISE]
    assert len(told) > 40
    missing = [
        f"{at}: {code}: {sentence}"
        for code, sentence, at in told
        if say_problem(code, sentence, "it") == sentence
    ]
    assert missing == []


def test_every_rejection_is_said_in_italian() -> None:
    told = [row for row in _list_raised() if row[0] == "RejectedError"]
    assert len(told) > 20
    missing = [
        f"{at}: {code}: {said}" for _, code, said, at in told if say_rejection(code, said, "it") == said
    ]
    assert missing == []


def test_every_status_of_the_table_has_a_title() -> None:
    assert set(STATUSES.values()) <= TITLES.keys()


@pytest.mark.parametrize(
    "pair",
    [
        *FAULTS,
        *FIELDS,
        *(pair for table in (PROBLEMS, REJECTIONS) for pairs in table.values() for pair in pairs),
    ],
)
def test_both_sentences_of_a_pair_have_the_same_values(pair: Pair) -> None:
    english, italian = (set(re.findall(r"\{(\w+)\}", sentence)) for sentence in pair)
    assert italian <= english
    assert english - italian <= {"detail"}
