"""Runs all tests but loops and loads: web (vitest), Python, and browser (pytest)."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from chromium import VARIABLE, require_chromium
from percorso.db.failpoints import COMMIT_POINTS

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.prefix) / "bin"


def list_unseen(seen: Path) -> list[str]:
    """Return the commit points that no test passed: nothing was ever killed there, so nothing is known of them."""
    passed = set(seen.read_text(encoding="utf-8").split()) if seen.exists() else set[str]()
    return sorted(COMMIT_POINTS.keys() - passed)


def main() -> None:
    """Run all suites, even if one fails; exit with 1 if one failed or a commit point was never passed."""
    arguments = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        seen = Path(folder) / "commit-points"
        environment = {
            **os.environ,
            "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
            VARIABLE: require_chromium(),
            "FAILPOINTS_SEEN": str(seen),
        }
        suites = (
            ["npm", "--prefix", "web", "run", "--silent", "test"],
            ["pytest", "-n", "auto", "--dist", "worksteal", "-m", "not prove and not browser", *arguments],
            # By itself: Playwright keeps an event loop running in its process, in which no other test can have one.
            ["pytest", "-m", "browser", *arguments],
        )
        failed = [
            suite
            for suite in suites
            if subprocess.run(suite, cwd=ROOT, env=environment, check=False).returncode
        ]
        # Only a whole run can tell.
        unseen = [] if arguments or failed else list_unseen(seen)
    if unseen:
        print(f"No test passes these commit points: {', '.join(unseen)}", file=sys.stderr)
    sys.exit(1 if failed or unseen else 0)


if __name__ == "__main__":
    main()
