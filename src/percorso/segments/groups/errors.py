"""Errors of groups.

GroupError
├── UnknownGroupError     no such group in this workspace
└── GroupNameError        another group of the workspace has this name
"""

from uuid import UUID


class GroupError(Exception):
    """What cannot be done with a group; `code` is stable."""

    code = "group"


class UnknownGroupError(GroupError):
    """No such group, one of another workspace, or one that was deleted."""

    code = "unknown_group"

    def __init__(self, group_id: UUID | str) -> None:
        super().__init__(f"There is no group {group_id}.")
        self.group_id = group_id


class GroupNameError(GroupError):
    """Another group of the workspace has this name, whatever its case."""

    code = "group_name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a group called {name} already. Choose another name.")
        self.name = name
