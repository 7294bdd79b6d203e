"""Whether a contact may be in a journey, by its groups and filters: judged at entry and before each message. Pure."""

from typing import Final

from percorso.conditions.model import Subject
from percorso.journeys.version import CompiledOptions

NOT_IN_GROUPS: Final = "not_in_groups"
"""Why a contact does not enter, or leaves, who is in none of the groups included."""

IN_EXCLUDED_GROUP: Final = "in_excluded_group"
NOT_IN_FILTERS: Final = "not_in_filters"


def find_refusal(options: CompiledOptions, subject: Subject) -> str | None:
    """Return the reason for which the contact may not be in the journey; None: it may."""
    if options.include and not options.include & subject.groups:
        return NOT_IN_GROUPS
    if options.exclude & subject.groups:
        return IN_EXCLUDED_GROUP
    if not all(judge.holds(subject) for judge in options.filters):
        return NOT_IN_FILTERS
    return None
