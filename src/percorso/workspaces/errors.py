"""Errors of workspaces.

WorkspaceError
├── AlreadySetUpError     the instance has a workspace
├── NotSetUpError         the instance has none yet
├── WrongPasswordError    email and password do not fit; says nothing about which
├── ThrottledError        too many failed attempts; `retry_after` seconds
├── EmailTakenError       a user has this address
├── WeakPasswordError     too short
├── UnknownWorkspaceError no such workspace, or not for this user
├── UnknownSessionError   no such session in force, or of another user
├── UnknownUserError      nobody has this address
├── UnknownMemberError    no such user in this workspace
├── MemberRefusedError    this member cannot be changed so by whoever asks
├── NarrowingError        a role cannot be narrowed so
├── UnknownKeyError       no such key, or of another workspace
├── ListFaultError        a list cannot be so; says of each setting at fault why
├── ListNameError         another list is called so
└── MissingListError      no such list, or of another workspace
"""


class WorkspaceError(Exception):
    """Root of the errors of `percorso.workspaces`."""

    code = "workspace_error"


class AlreadySetUpError(WorkspaceError):
    """The instance was set up before; that happens once."""

    code = "already_set_up"

    def __init__(self) -> None:
        super().__init__("This instance is set up already. Add users with `percorso users create`.")


class NotSetUpError(WorkspaceError):
    """The instance has no workspace yet."""

    code = "not_set_up"

    def __init__(self) -> None:
        super().__init__("This instance is not set up yet. Run `percorso users set-up`, or `percorso demo`.")


class WrongPasswordError(WorkspaceError):
    """Email and password do not fit together."""

    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__("Email or password is wrong. Check both and try again.")


class ThrottledError(WorkspaceError):
    """Too many attempts to sign in have failed lately."""

    code = "too_many_attempts"

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(
            f"Too many attempts to sign in have failed. Try again in {retry_after // 60} minutes."
        )


class EmailTakenError(WorkspaceError):
    """A user has this address already."""

    code = "email_taken"

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__(f"There is a user with the address {email} already.")


class WeakPasswordError(WorkspaceError):
    """The password is too short."""

    code = "weak_password"

    def __init__(self, minimum: int) -> None:
        self.minimum = minimum
        super().__init__(f"The password is too short. Use at least {minimum} characters.")


class UnknownWorkspaceError(WorkspaceError):
    """No workspace of that id is open to this user."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("There is no such workspace here.")


class UnknownKeyError(WorkspaceError):
    """No key of that id is in this workspace."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("There is no such API key here.")


class UnknownUserError(WorkspaceError):
    """Nobody has this address."""

    code = "not_found"

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__(f"There is no user with the address {email}.")


class UnknownMemberError(WorkspaceError):
    """No user of that id is in this workspace."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("There is no such user here.")


class MemberRefusedError(WorkspaceError):
    """A member cannot be made or changed so by whoever asks; the sentence says why."""

    code = "member_refused"


class NarrowingError(WorkspaceError):
    """A role cannot be narrowed so; the sentence says why."""

    code = "narrowing"


class UnknownSessionError(WorkspaceError):
    """No session in force of that id is this user's."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("There is no such session here.")


class ListFaultError(WorkspaceError):
    """A list cannot be as it is asked; `faults` are (setting, sentence)."""

    code = "list_fault"

    def __init__(self, faults: tuple[tuple[str, str], ...]) -> None:
        self.faults = faults
        super().__init__("The list cannot be kept so. Each setting at fault says why.")


class ListNameError(WorkspaceError):
    """Another list of the workspace is called so."""

    code = "list_name_taken"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"There is a list called {name} already. Choose another name.")


class MissingListError(WorkspaceError):
    """There is no such list, or it is of another workspace."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("There is no such list here.")
