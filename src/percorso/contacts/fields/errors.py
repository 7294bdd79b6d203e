"""Errors of fields.

FieldError
├── UnknownFieldError      no such field in this workspace
├── FieldTakenError        the path is declared already, or lies within a field or around one
├── FieldPathError         the path cannot be one of an attribute
├── FieldFaultError        type, format or default do not go together
└── StandardFieldError     a standard field keeps its type and cannot be deleted
"""


class FieldError(Exception):
    """What cannot be done with a field; `code` is stable."""

    code = "field"


class UnknownFieldError(FieldError):
    """No such field."""

    code = "unknown_field"

    def __init__(self, path: str) -> None:
        super().__init__(f"There is no field {path}.")
        self.path = path


class FieldTakenError(FieldError):
    """The path is declared already, or lies within a field that is declared or around one."""

    code = "field_taken"

    def __init__(self, path: str, other: str) -> None:
        super().__init__(
            f"The field {path} is declared already."
            if path == other
            else f"The field {path} does not go together with the field {other}."
        )
        self.path = path
        self.other = other


class FieldPathError(FieldError):
    """The path cannot be one of an attribute."""

    code = "field_path"

    def __init__(self) -> None:
        super().__init__(
            "The path of a field is one to ten names joined by dots, at most 200 characters, without spaces around them."
        )


class FieldFaultError(FieldError):
    """Type, format or default do not go together."""

    code = "field_fault"


class StandardFieldError(FieldError):
    """A standard field keeps its type and cannot be deleted."""

    code = "standard_field"

    def __init__(self, path: str) -> None:
        super().__init__(f"The field {path} is a standard one: it keeps its type and stays.")
        self.path = path
