"""The graph of a journey's version: starts, removals, goals, steps and options, as stored in JSON (camelCase).

Values only. `journeys/check.py` says what is wrong with a graph, `journeys/compile.py` makes it fast;
`journeys/engine.py` walks it. Graphs stored by older releases are read by `journeys/upgrade.py`.
"""

from typing import Any

from percorso.journeys.graph_options import (
    Hours,
    Options,
    Sending,
)
from percorso.journeys.graph_parts import (
    Capture,
    Duration,
    Goal,
    GroupMove,
    Node,
    Offset,
    Outcome,
    Path,
    RandomPath,
    Reentry,
    Removal,
    Weekday,
)
from percorso.journeys.graph_starts import (
    ActivityStart,
    DateStart,
    EventStart,
    FieldChangeStart,
    FieldStart,
    GroupStart,
    PushedStart,
    PushSource,
    SegmentStart,
    Start,
    SubscriptionStart,
)
from percorso.journeys.graph_steps import (
    SENDING_STEPS,
    AnswerCapture,
    AssignCoupon,
    Change,
    CheckNow,
    End,
    Experiment,
    LeaveJourney,
    Measure,
    React,
    Reaction,
    RecordEvent,
    SendEmail,
    SendPush,
    SendSms,
    SendStep,
    Split,
    StartJourney,
    Step,
    UntilDate,
    UntilTime,
    UpdateContact,
    Variant,
    Wait,
    WaitAfterMessage,
    WaitThenCheck,
    Webhook,
    Winner,
    channel_of,
)

__all__ = [
    "SENDING_STEPS",
    "ActivityStart",
    "AnswerCapture",
    "AssignCoupon",
    "Capture",
    "Change",
    "CheckNow",
    "DateStart",
    "Duration",
    "End",
    "EventStart",
    "Experiment",
    "FieldChangeStart",
    "FieldStart",
    "Goal",
    "Graph",
    "GroupMove",
    "GroupStart",
    "Hours",
    "LeaveJourney",
    "Measure",
    "Node",
    "Offset",
    "Options",
    "Outcome",
    "Path",
    "PushSource",
    "PushedStart",
    "RandomPath",
    "React",
    "Reaction",
    "RecordEvent",
    "Reentry",
    "Removal",
    "SegmentStart",
    "SendEmail",
    "SendPush",
    "SendSms",
    "SendStep",
    "Sending",
    "Split",
    "Start",
    "StartJourney",
    "Step",
    "SubscriptionStart",
    "UntilDate",
    "UntilTime",
    "UpdateContact",
    "Variant",
    "Wait",
    "WaitAfterMessage",
    "WaitThenCheck",
    "Webhook",
    "Weekday",
    "Winner",
    "channel_of",
]


class Graph(Node, frozen=True):
    """A version of a journey. Steps are keyed by id; `first` is where an entry begins.

    `rounds` is how often a step on a loop may be reached by one run.
    """

    starts: tuple[Start, ...]
    steps: dict[str, Step]
    first: str
    removals: tuple[Removal, ...] = ()
    goals: tuple[Goal, ...] = ()
    removal_has_priority: bool = True
    reentry: Reentry = Reentry()
    rounds: int = 10
    options: Options = Options()
    notes: dict[str, Any] = {}  # noqa: RUF012 (a Struct gives each its own)
