"""How much memory the embedded PostgreSQL may keep pages in."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

_LEAST: Final = 128
"""Megabytes: PostgreSQL's own default."""
_MOST: Final = 1024
_SHARE: Final = 8
_MEGABYTE: Final = 2**20
_CONTROL_GROUP: Final = Path("/sys/fs/cgroup/memory.max")


def choose_shared_buffers(memory: int | None = None) -> str:
    """Return the setting `shared_buffers`: an eighth of the memory in bytes, from 128 MB to 1 GB (decision 0631).

    Without `memory` that of this machine, or of the control group that we are in.
    """
    megabytes = (_read_memory() if memory is None else memory) // _SHARE // _MEGABYTE
    return f"{max(_LEAST, min(megabytes, _MOST))}MB"


def _read_memory() -> int:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    # The file holds "max" where nothing is limited, and is missing where there are no control groups.
    with suppress(OSError, ValueError):
        memory = min(memory, int(_CONTROL_GROUP.read_text(encoding="ascii")))
    return memory
