"""Changes of the contact by a step, and the profile as later steps read it."""

from decimal import Decimal
from typing import Any, cast

from percorso.contacts.attributes import change_attributes
from percorso.journeys.graph import Change
from percorso.journeys.model import UpdateProfile
from percorso.journeys.values import read_path


def plan_change(attributes: dict[str, Any], change: Change, value: Any) -> UpdateProfile | None:
    """Return the change as it must be recorded, None if it does nothing.

    A value that is missing changes nothing. `add` and `subtract` count from 0 where nothing was set, and do
    nothing to what is no number.
    """
    if change.action == "clear":
        return UpdateProfile(clear=(change.path,))
    if value is None:
        return None
    if change.action in ("add", "subtract"):
        total = _total(read_path(attributes, change.path), value, change.action == "subtract")
        return None if total is None else UpdateProfile(set={change.path: total})
    if change.action == "set":
        return UpdateProfile(set={change.path: value})
    values = cast("list[Any]", value) if isinstance(value, list) else [value]
    if change.action == "append":
        return UpdateProfile(append={change.path: values})
    return UpdateProfile(remove={change.path: values})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _total(present: Any, value: Any, is_subtracted: bool) -> int | float | None:
    present = 0 if present is None else present
    if not _is_number(present) or not _is_number(value):
        return None
    # In decimals, so that 0.1 + 0.2 is 0.3 as the shop means it.
    one, other = Decimal(str(present)), Decimal(str(value))
    total = one - other if is_subtracted else one + other
    return int(total) if total == total.to_integral_value() and abs(total) < 2**53 else float(total)


def apply_update(attributes: dict[str, Any], update: UpdateProfile) -> dict[str, Any]:
    """Return the attributes after the update, by the rules that the log folds it with; the old stay as they were."""
    changed, _ = change_attributes(
        attributes, set=update.set, clear=update.clear, append=update.append, remove=update.remove
    )
    return changed


def unite_updates(updates: list[UpdateProfile]) -> list[UpdateProfile]:
    """Return the same updates in as few facts as leave the outcome the same.

    Two are united only where no path of one lies on, above or below a path of the other: within one fact
    the order is set, clear, append, remove, whatever the order of the step.
    """
    united: list[UpdateProfile] = []
    touched: list[str] = []
    for update in updates:
        paths = [*update.set, *update.clear, *update.append, *update.remove]
        if united and not any(_overlap(path, other) for path in paths for other in touched):
            last = united[-1]
            united[-1] = UpdateProfile(
                set=last.set | update.set,
                clear=last.clear + update.clear,
                append=last.append | update.append,
                remove=last.remove | update.remove,
            )
            touched += paths
        else:
            united.append(update)
            touched = paths
    return united


def _overlap(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")
