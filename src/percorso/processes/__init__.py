"""Starts, watches and ends the processes of Percorso.

`up` holds one or more api on one port, one worker, one courier and, when no database is given, PostgreSQL. A process that
dies is started again after a pause (`pause_after`), one that stands still for 7 s is killed first: it
sends a heartbeat twice a second. All end with the supervisor, even one killed by -9 (`percorso.kit.tether`).

Knows the other packages by the names in `list_programs` only, so that it may lie below them.

States of a program: starting → running → (died | silent → pausing → starting) → ended.
"""

from percorso.processes.programs import Program, list_programs
from percorso.processes.supervisor import Supervisor

__all__ = ["Program", "Supervisor", "list_programs"]
