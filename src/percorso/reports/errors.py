"""Errors of reports.

ReportError
├── NotFoundError   nothing of that id is in this workspace
└── CursorError     the cursor was not made by this list
"""


class ReportError(Exception):
    """Root of the errors of `percorso.reports`."""

    code = "report_error"


class NotFoundError(ReportError):
    """Nothing of that id is in this workspace; ids of other workspaces are answered alike."""

    code = "not_found"

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no such {what} here.")


class CursorError(ReportError):
    """The cursor was not made by this list."""

    code = "invalid_cursor"

    def __init__(self) -> None:
        super().__init__("The cursor is not one that this list gave. Begin again without it.")
