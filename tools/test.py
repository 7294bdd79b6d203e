"""Runs all tests but loops and loads: web (vitest), then Python and browser (pytest)."""

import os
import subprocess
import sys
from pathlib import Path

from chromium import VARIABLE, require_chromium

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.prefix) / "bin"


def main() -> None:
    """Run both suites, even if the first fails; exit with 1 if one failed."""
    environment = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        VARIABLE: require_chromium(),
    }
    suites = (
        ["npm", "--prefix", "web", "run", "--silent", "test"],
        ["pytest", "-n", "auto", "--dist", "worksteal", "-m", "not prove", *sys.argv[1:]],
    )
    failed = [
        suite for suite in suites if subprocess.run(suite, cwd=ROOT, env=environment, check=False).returncode
    ]
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
