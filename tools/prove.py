"""Runs the long proofs: `prove.py [NAME | of-commit | list]`, all of them unless one is named.

Writes what each proof printed as its last JSON line into build/proofs.json, for docs/proofs.md.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from chromium import VARIABLE, find_chromium
from postgres15 import require_postgres15

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.prefix) / "bin"

PROVE = ["pytest", "-q", "-n", "auto", "--dist", "worksteal", "-m", "prove"]

PROOFS: dict[str, list[str]] = {
    "bench ingest": ["percorso", "bench", "ingest", "--json"],
    "bench ingest-single": ["percorso", "bench", "ingest-single", "--json"],
    "bench engine": ["percorso", "bench", "engine", "--json"],
    "bench recovery": ["percorso", "bench", "recovery", "--json"],
    # A million contacts and twenty million events take longer than all proofs may: a tenth of them.
    **{
        f"bench {name}": ["percorso", "bench", name, "--quick", "--json"]
        for name in ("latency", "entry", "timers", "idle", "segments", "membership", "import", "export")
    },
    "postgres 15": ["pytest", "-q", "-n", "auto", "-m", "not prove and not browser", "tests"],
}
"""Name → command, besides the folders of tests that hold tests marked `prove`."""


def list_proofs() -> dict[str, list[str]]:
    """Return all proofs: one per folder of tests that holds tests marked `prove`, then PROOFS."""
    marked = sorted(
        {
            path.relative_to(ROOT).parts[1]
            for path in (ROOT / "tests").rglob("test_*.py")
            if "mark.prove" in path.read_text(encoding="utf-8")
        }
    )
    folders = {f"prove {name}": [*PROVE, f"tests/{name}"] for name in marked}
    return {**folders, **PROOFS}


def choose_by_commit(names: list[str]) -> str:
    """Return the proof that this commit's hash falls on: over many commits, each has its turn."""
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    return names[int(commit, 16) % len(names)]


def run_proof(name: str, command: list[str]) -> dict[str, Any]:
    """Run one proof, showing what it says, and return its name, result, seconds and last JSON line."""
    environment = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        VARIABLE: find_chromium() or "",
    }
    if name == "postgres 15":
        environment["PERCORSO_TEST_POSTGRES"] = require_postgres15()
    print(f"== {name}: {' '.join(command)}", flush=True)
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    last: Any = None
    for line in process.stdout:
        print(line, end="", flush=True)
        if line.startswith("{"):
            last = json.loads(line)
    code = process.wait()
    return {"proof": name, "passed": code == 0, "seconds": round(time.monotonic() - began), "figures": last}


def main() -> None:
    """Run the proofs asked for; exit with 1 if one failed."""
    proofs = list_proofs()
    match sys.argv[1:]:
        case ["list"]:
            print("\n".join(proofs))
            return
        case ["of-commit"]:
            names = [choose_by_commit(list(proofs))]
        case [] | [""]:
            names = list(proofs)
        case [*words]:
            names = [" ".join(words)]
    if unknown := [name for name in names if name not in proofs]:
        sys.exit(f"There is no proof called {unknown[0]!r}; there are: {', '.join(proofs)}.")
    results = [run_proof(name, proofs[name]) for name in names]
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "proofs.json").write_text(json.dumps(results, indent=2), encoding="utf-8")
    for result in results:
        print(f"{'ok  ' if result['passed'] else 'FAIL'} {result['proof']} ({result['seconds']} s)")
    sys.exit(0 if all(result["passed"] for result in results) else 1)


if __name__ == "__main__":
    main()
