"""What holds for a whole journey: who may be in it, when messages may leave, how much (spec 3.7). Values only."""

from typing import Literal

from percorso.conditions.model import Condition
from percorso.journeys.graph_parts import Duration, Node, Weekday

MESSAGE_WAIT = Duration(30, "days")
"""How long a positive message wait waits at most, where nothing else is said."""


class Hours(Node, frozen=True):
    """From `since` to before `until`, local times as HH:MM; where `until` is the earlier one, over midnight."""

    since: str
    until: str


class Sending(Node, frozen=True):
    """When messages may leave, in the journey's zone. A message that falls elsewhere waits for the next moment.

    `at`: every message at this time of day. `active_until`: the day itself is not included. `except_dates`: days as
    YYYY-MM-DD, or MM-DD for every year. `holidays`: a calendar of public holidays, a country (IT) or a part of one
    (IT-BZ). `own_holidays`: the days of the workspace's own calendar, too.
    """

    at: str | None = None
    not_between: Hours | None = None
    active_from: str | None = None
    active_until: str | None = None
    except_dates: tuple[str, ...] = ()
    except_weekdays: tuple[Weekday, ...] = ()
    holidays: str | None = None
    own_holidays: bool = False


class Options(Node, frozen=True):
    """What holds for the whole journey; groups and filters are judged at entry and before each message.

    `include_groups`: any of; `exclude_groups`: none of; `filters`: all of. `time_zone` contact: each contact's, else
    the list's. `message_wait`: how long positive message waits wait at most. `left_channel`: what leaving the list
    on a channel still to be used does. `entries` and `entries_per_day`: at most so many; `priority`: higher goes
    first where messages are capped. `ceiling`: the journey pauses itself and asks when about to send, in a day of the
    list's zone, more than so many times the messages that its simulation predicted a day, which `foreseen` says.
    """

    include_groups: tuple[str, ...] = ()
    exclude_groups: tuple[str, ...] = ()
    filters: tuple[Condition, ...] = ()
    sending: Sending = Sending()
    time_zone: Literal["list", "contact"] = "list"
    message_wait: Duration = MESSAGE_WAIT
    left_channel: Literal["exit", "skip"] = "exit"
    entries: int | None = None
    entries_per_day: int | None = None
    priority: int = 0
    ceiling: float | None = None
    foreseen: int | None = None
