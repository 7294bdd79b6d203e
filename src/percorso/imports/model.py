"""Files, what their columns are for, and how far an import has come: pure values."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from percorso.consent.records import Channel

LARGEST_FILE: Final = 1 << 30
"""Bytes of a file of text."""
LARGEST_WORKBOOK: Final = 200 << 20
"""Bytes of a workbook: it is read whole, so it may be less."""
MOST_COLUMNS: Final = 1_000
"""Columns of a file; a file with more is refused."""
LONGEST_LINE: Final = 1 << 20
"""Characters of a line; a longer one is rejected without being held."""
LONGEST_CELL: Final = 32 * 1024
"""Characters of a cell that is taken in: as much as a whole event may have."""
PREVIEW_ROWS: Final = 20
"""Rows that a preview shows."""
SAMPLE_BYTES: Final = 1 << 20
"""Bytes of the beginning from which a file's form is guessed."""
PIECE_BYTES: Final = 1 << 20
"""Bytes of one stored piece of a file."""

ImportState = Literal["uploading", "ready", "checking", "running", "applying", "done", "failed", "cancelled"]
"""uploading: not all is here. ready: waits for what to do. checking: a dry run. running: rows become facts.
applying: all rows are in the log, the worker is on its way. done: the last one is folded and judged."""

FileFormat = Literal["csv", "xlsx"]
"""What was sent; a workbook is kept as the CSV of its first sheet."""

ValueType = Literal[
    "text", "integer", "decimal", "boolean", "date", "date-time", "email", "url", "phone", "list", "object"
]
"""Types of fields (spec 2.3)."""

TargetKind = Literal["skip", "email", "phone", "external_id", "user_id", "attribute"]
"""What a column is for: an identity, an attribute, or nothing."""


class Layout(msgspec.Struct, frozen=True):
    """How a file is to be read."""

    encoding: str
    delimiter: str
    has_header: bool
    skip: int = 0
    """Lines before the table: `sep=;` as Excel writes it."""
    width: int = 0
    """Columns."""
    headers: tuple[str, ...] = ()
    """Names of the columns, each once; made up where there is no header."""


class Target(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What one column is for."""

    kind: TargetKind = "skip"
    path: str = ""
    """Of an attribute, dotted."""
    type: ValueType = "text"
    format: str | None = None
    """Of a date: `dd/MM/yyyy` …; of a list: what separates its items; of a decimal: its mark. None: as JSON has it."""


SKIP: Final = Target()
"""A column that is left out."""


class Subscribing(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What the rows' contacts become on a list and channel."""

    list_id: UUID
    channel: Channel = "email"
    status: Literal["subscribed", "unsubscribed"] = "subscribed"


class Evidence(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Proof that people who had unsubscribed wanted to come back: what they agreed to, and when they said so."""

    wording: str
    said_at: datetime


class Settings(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What is to be done with the rows."""

    targets: tuple[Target, ...]
    """One a column."""
    subscribing: tuple[Subscribing, ...] = ()
    wording: str = ""
    """Where the contacts agreed: goes into each consent record."""
    evidence: Evidence | None = None
    """Without it, whoever unsubscribed stays so."""
    group_ids: tuple[UUID, ...] = ()
    starts_journeys: bool = False
    """False: what the rows say is history, and starts and moves nothing."""
    clears_empty: bool = False
    """What an empty cell says: False: nothing; True: that the attribute is cleared."""
    country: str = "IT"
    """Of phone numbers without an international prefix (ISO 3166-1)."""
    time_zone: str = "UTC"
    """Of moments without an offset."""
    asks_confirmation: bool = False
    """Whether those who are new to a list are asked to confirm although the list itself does not."""


class Counts(msgspec.Struct, frozen=True, rename="camel"):
    """What the rows came to, or would."""

    rows: int = 0
    """Rows read, blank ones and the header left out."""
    new: int = 0
    updated: int = 0
    rejected: int = 0
    kept_unsubscribed: int = 0
    """Rows whose contact stayed unsubscribed, or as it stood, against what the import asks."""

    def plus(self, other: "Counts") -> "Counts":
        """Return the sums."""
        return Counts(
            self.rows + other.rows,
            self.new + other.new,
            self.updated + other.updated,
            self.rejected + other.rejected,
            self.kept_unsubscribed + other.kept_unsubscribed,
        )


RowOutcome = Literal["rejected", "updated", "new"]
"""rejected: not taken in. updated: somebody who is there would change. new: somebody would be made."""


class ForeseenChange(msgspec.Struct, frozen=True, rename="camel"):
    """What one row would do at one place: an attribute's path, `identities.KIND`, or `status.LIST.CHANNEL`.

    Text as it is, other values as JSON, both cut short; None: nothing stands there.
    """

    path: str
    before: str | None
    after: str | None


class ForeseenRow(msgspec.Struct, frozen=True, rename="camel"):
    """What would become of one row; `row` as a spreadsheet counts."""

    row: int
    outcome: RowOutcome
    contact_id: UUID | None = None
    """Of whom is there already."""
    code: str | None = None
    """Why it would be rejected: one of FAULTS, with its values."""
    values: dict[str, str | int] = {}
    column: int | None = None
    """Of the cell at fault, from 0; None: the row as a whole."""
    cell: str = ""
    """What stands in that cell."""
    changes: tuple[ForeseenChange, ...] = ()
    more_changes: int = 0
    """How many there are beyond those."""


class Note(msgspec.Struct, frozen=True):
    """Something about a file that its owner should know; said in a language by `faults.say_note`."""

    code: str
    values: dict[str, str | int] = {}


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """One file and what became of it."""

    id: UUID
    workspace_id: UUID
    file_name: str
    format: FileFormat
    state: ImportState
    bytes: int
    """Of the text that is read: of a workbook, of the CSV made of it."""
    layout: Layout | None
    notes: tuple[Note, ...]
    settings: Settings | None
    checked: Counts | None
    """What the dry run of these settings found."""
    counts: Counts
    read_rows: int
    """Records read so far, the header, blank and rejected ones among them."""
    read_bytes: int
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def progress(self) -> float:
        """The share of the file that is in the log, 0 to 1."""
        return 1.0 if self.state == "done" or not self.bytes else min(self.read_bytes / self.bytes, 1.0)


class Preview(msgspec.Struct, frozen=True):
    """An import with its first rows, and what its columns are probably for."""

    found: Import
    rows: tuple[tuple[str, ...], ...]
    targets: tuple[Target, ...]
    notes: tuple[Note, ...]
