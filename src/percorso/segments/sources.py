"""Tells conditions where groups and segments are kept, so that their SQL can ask who is in one."""

from percorso.conditions.sources import SetSource, register_set

register_set("segment", SetSource(table="memberships", id_column="segment_id", present_column="entered_at"))
register_set("group", SetSource(table="group_members", id_column="group_id"))
