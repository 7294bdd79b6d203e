"""The condition tree, its two evaluators, and the explanation of a verdict.

Words. A *tree* is and, or, not over *tests*; a test reads one value (left) and compares it with its *operands*
(right). A *subject* is one contact, perhaps with an event and with what a run captured, at a moment `now`.

Invariants. The Python evaluator (`compile_condition`) and the SQL one (`compile_sql`) agree for every contact.
A comparison with a missing or ill-typed value is false, and its "not" form (`not_equals`, `contains_none` …)
is true. *Null* is absent: never set; *empty* is JSON null, "", [] or {}: set and cleared. Nothing here but `store`
reads a clock, a database or the environment.
"""

from percorso.conditions.check import MAX_CONDITIONS, check_condition, list_faults
from percorso.conditions.codec import (
    MAX_DEPTH,
    convert_condition,
    decode_condition,
    encode_condition,
    measure_json_depth,
)
from percorso.conditions.errors import ConditionError, UnreadableTreeError
from percorso.conditions.evaluate import (
    Explanation,
    Judge,
    compile_condition,
    compile_explanation,
    explain,
)
from percorso.conditions.faults import Fault
from percorso.conditions.fold import compile_fold, fold_history, fold_past
from percorso.conditions.lowering import compile_lowering, lower_simple
from percorso.conditions.moments import compile_next_moment, next_moment
from percorso.conditions.needs import Need, list_needs
from percorso.conditions.operators import OPERATORS, Operator
from percorso.conditions.past import MAX_KEPT, Kept, Past
from percorso.conditions.paths import compile_operand
from percorso.conditions.sources import SetSource, register_set
from percorso.conditions.sql import SqlCondition, compile_need_sql, compile_sql
from percorso.conditions.unread import find_unread

__all__ = [
    "MAX_CONDITIONS",
    "MAX_DEPTH",
    "MAX_KEPT",
    "OPERATORS",
    "ConditionError",
    "Explanation",
    "Fault",
    "Judge",
    "Kept",
    "Need",
    "Operator",
    "Past",
    "SetSource",
    "SqlCondition",
    "UnreadableTreeError",
    "check_condition",
    "compile_condition",
    "compile_explanation",
    "compile_fold",
    "compile_lowering",
    "compile_need_sql",
    "compile_next_moment",
    "compile_operand",
    "compile_sql",
    "convert_condition",
    "decode_condition",
    "encode_condition",
    "explain",
    "find_unread",
    "fold_history",
    "fold_past",
    "list_faults",
    "list_needs",
    "lower_simple",
    "measure_json_depth",
    "next_moment",
    "register_set",
]
