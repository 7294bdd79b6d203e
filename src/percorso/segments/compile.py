"""From a saved revision to what a worker judges by. Pure."""

from percorso.conditions import ConditionError, compile_condition, list_needs
from percorso.conditions.fold import (
    compile_fold,
    compile_history,
    compile_match,
    find_since,
    list_names,
    trim_past,
)
from percorso.conditions.growth import list_growth
from percorso.conditions.moments import compile_first_turn, compile_next_moment
from percorso.conditions.needs import Need
from percorso.conditions.scalars import Lower
from percorso.conditions.unread import compile_unread
from percorso.segments.codec import decode_definition
from percorso.segments.faults import DefinitionError, Fault
from percorso.segments.membership import CompiledNeed, CompiledSegment
from percorso.segments.model import StoredRevision
from percorso.segments.standings import list_standing_needs
from percorso.segments.trees import (
    list_roots,
    list_segments,
    list_standings,
    to_condition,
)


def compile_segment(stored: StoredRevision, lower: Lower) -> CompiledSegment:
    """Return the revision, ready to judge by; raises SegmentError where it cannot be read or judged."""
    tree = to_condition(decode_definition(stored.definition))
    try:
        holds = compile_condition(tree, lower=lower)
        needs = list_needs(tree, stored.time_zone)
    except ConditionError as error:
        raise DefinitionError(
            [Fault("condition_invalid", "", {"en": str(error), "it": str(error)})]
        ) from None
    standings = list_standings(tree)
    return CompiledSegment(
        segment_id=stored.segment_id,
        workspace_id=stored.workspace_id,
        revision=stored.number,
        time_zone=stored.time_zone,
        holds=holds,
        next_moment=compile_next_moment(tree, lower=lower),
        first_turn=compile_first_turn(tree),
        find_unread=compile_unread(tree),
        roots=list_roots(tree),
        references=frozenset(list_segments(tree)),
        needs=(*(compile_need(need, lower) for need in needs), *list_standing_needs(standings)),
        growth=list_growth(tree, stored.time_zone),
        standings=standings,
    )


def compile_need(need: Need, lower: Lower) -> CompiledNeed:
    """Return the need, ready to fold facts for."""
    return CompiledNeed(
        key=need.key,
        names=list_names(need.pattern),
        matches=compile_match(need, lower=lower),
        fold=compile_fold(need, lower=lower),
        fold_whole=compile_fold(need, lower=lower, limit=None),
        read_whole=compile_history(need, lower=lower),
        since=lambda now: find_since(need, now),
        trim=lambda past, now: trim_past(need, past, now),
    )
