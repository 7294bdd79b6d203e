"""Prints the folder of an installed PostgreSQL 15, installing Debian's where that is possible."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

VARIABLE = "PERCORSO_POSTGRES15"
"""Names the folder (with `bin` in it) of a PostgreSQL 15 elsewhere."""

DEBIAN = Path("/usr/lib/postgresql/15")


def require_postgres15() -> str:
    """Return the folder; exit with a sentence if there is none."""
    folder = Path(os.environ.get(VARIABLE) or DEBIAN)
    apt = shutil.which("apt-get")
    if not (folder / "bin" / "initdb").exists() and apt is not None and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (
            ["update", "-qq"],
            ["install", "-y", "-qq", "--no-install-recommends", "postgresql-15"],
        ):
            subprocess.run(
                [apt, *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
            )
    if not (folder / "bin" / "initdb").exists():
        sys.exit(
            "PostgreSQL 15 is needed to prove the oldest version that is supported, and was not found. Install it "
            f"(on Debian 12, as root: apt-get install postgresql-15), or name its folder: {VARIABLE}=…."
        )
    return str(folder)


if __name__ == "__main__":
    print(require_postgres15())
