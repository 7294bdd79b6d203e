"""Runs every check that needs no running product, two at a time, and prints one line each."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.prefix) / "bin"

PYTHON_FOLDERS = [name for name in ("src", "tests", "tools", "benchmarks") if (ROOT / name).is_dir()]

# The longest first, so that the two lanes end together.
CHECKS: dict[str, list[str]] = {
    "types": ["basedpyright", "--warnings"],
    "structure": ["pytest", "-q", "-p", "no:randomly", "tests/structure"],
    "web types": ["npm", "--prefix", "web", "run", "--silent", "types"],
    "web lint": ["npm", "--prefix", "web", "run", "--silent", "lint"],
    "contracts": ["lint-imports", "--no-logo"],
    "dead code": ["python", "tools/dead_code.py"],
    "dependencies": ["deptry", "."],
    "lint": ["ruff", "check", *PYTHON_FOLDERS],
    "format": ["ruff", "format", "--check", *PYTHON_FOLDERS],
}
"""Name → command, found in .venv/bin first."""


def run_check(name: str, command: list[str]) -> bool:
    """Run one check, print its line and, if it failed, what it said; return whether it passed."""
    began = time.monotonic()
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    passed = done.returncode == 0
    line = f"{'ok  ' if passed else 'FAIL'} {name} ({time.monotonic() - began:.0f} s)"
    print(line if passed else f"{line}\n{done.stdout}", flush=True)
    return passed


def main() -> None:
    """Run all checks, or those named; exit with 1 if one failed."""
    from build_web import install_packages

    install_packages()
    names = sys.argv[1:] or list(CHECKS)
    with ThreadPoolExecutor(2) as lanes:
        results = list(lanes.map(run_check, names, [CHECKS[name] for name in names]))
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
