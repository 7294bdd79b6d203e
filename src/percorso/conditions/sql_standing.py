"""The SQL evaluator of where contacts stand: each leaf joins at most one row to a contact."""

from uuid import UUID

from percorso.conditions.model import ConsentTest, IdentityTest, Membership, StandingLeaf, StatusTest
from percorso.conditions.sources import get_set
from percorso.conditions.sql_binding import Binding


class StandingCompiler:
    """Writes leaves, and gathers the `joins` that they need."""

    def __init__(self, binding: Binding, workspace_id: UUID | None) -> None:
        self.binding = binding
        self.workspace_id = workspace_id
        self.joins: list[str] = []

    def compile(self, leaf: StandingLeaf) -> str:
        """Return the expression of a leaf, never null."""
        match leaf:
            case Membership():
                return self._membership(leaf)
            case StatusTest(list_id=None):
                return self._any_status(leaf)
            case StatusTest():
                return self._status(leaf)
            case ConsentTest():
                return self._consent(leaf)
            case IdentityTest():
                values = f"(contacts.identities -> {self.binding.bind(leaf.identity, 'text')})"
                is_list = f"jsonb_typeof({values}) = 'array'"
                return f"coalesce(CASE WHEN {is_list} THEN jsonb_array_length({values}) > 0 END, false)"

    def _join(self, table: str, *conditions: str) -> str:
        """Join the one row of a table that is about the contact, and return its name."""
        name = self.binding.alias("standing")
        about = [
            f"{name}.bucket = contacts.bucket",
            f"{name}.contact_id = contacts.id",
            f"{name}.workspace_id = {self.binding.bind(self.workspace_id, 'uuid')}",
            *(f"{name}.{condition}" for condition in conditions),
        ]
        self.joins.append(f"LEFT JOIN {table} AS {name} ON {' AND '.join(about)}")
        return name

    def _membership(self, leaf: Membership) -> str:
        source = get_set(leaf.of)
        conditions = [f"{source.id_column} = {self.binding.bind(leaf.id, 'uuid')}"]
        if source.present_column is not None:
            conditions.append(f"{source.present_column} IS NOT NULL")
        return f"({self._join(source.table, *conditions)}.contact_id IS NOT NULL)"

    def _status(self, leaf: StatusTest) -> str:
        on_list = f"list_id = {self.binding.bind(leaf.list_id, 'uuid')}"
        name = self._join("statuses", on_list, f"channel = {self.binding.bind(leaf.channel, 'text')}")
        if leaf.status == "none":
            return f"({name}.contact_id IS NULL)"
        return f"(({name}.status = {self.binding.bind(leaf.status, 'text')}) IS TRUE)"

    def _any_status(self, leaf: StatusTest) -> str:
        channel = self.binding.bind(leaf.channel, "text")
        workspace = self.binding.bind(self.workspace_id, "uuid")
        holds = "true"
        if leaf.status != "none":
            holds = f"bool_or(statuses.status = {self.binding.bind(leaf.status, 'text')})"
        grouped = (
            f"(SELECT statuses.bucket, statuses.contact_id, statuses.workspace_id, {holds} AS holds FROM statuses"  # noqa: S608
            f" WHERE statuses.workspace_id = {workspace} AND statuses.channel = {channel}"
            " GROUP BY statuses.bucket, statuses.contact_id, statuses.workspace_id)"
        )
        name = self._join(grouped)
        return f"({name}.contact_id IS NULL)" if leaf.status == "none" else f"({name}.holds IS TRUE)"

    def _consent(self, leaf: ConsentTest) -> str:
        name = self._join("consents", f"leaf = {self.binding.bind(leaf.leaf, 'text')}")
        return f"({name}.{leaf.aspect} IS {'TRUE' if leaf.value else 'FALSE'})"
