"""Writes requirements/*.txt with hashes and without index addresses, for all Pythons and systems at once."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS: dict[str, list[str]] = {
    "uv": ["requirements/uv.in"],
    "dev": ["pyproject.toml", "--all-extras", "--group", "dev", "--group", "build"],
    "run": ["pyproject.toml", "--group", "web", "--group", "build", "-c", "requirements/dev.txt"],
}
"""Lock file → what it is made of, in this order. `dev` holds all of `run`, in the same versions."""


def compile_lock(name: str, sources: list[str], *, upgrade: bool) -> None:
    """Write requirements/NAME.txt."""
    command = [
        *(str(Path(sys.prefix) / "bin" / "uv"), "pip", "compile", "--quiet", "--universal"),
        *("--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-emit-index-url"),
        *("--no-emit-find-links", "--custom-compile-command", "make lock"),
        *(["--upgrade"] if upgrade else []),
        *("--output-file", f"requirements/{name}.txt", *sources),
    ]
    subprocess.run(command, cwd=ROOT, check=True)


def check_without_addresses(path: Path) -> None:
    """Fail if a lock file names a host: it must work with whatever index its reader uses."""
    if match := re.search(r"https?://\S+", path.read_text(encoding="utf-8")):
        sys.exit(f"{path.relative_to(ROOT)} names an address: {match[0]}")


def lock_web() -> None:
    """Write web/package-lock.json; web/.npmrc keeps addresses out of it."""
    own = Path(sys.prefix) / "bin" / "npm"
    subprocess.run(
        [str(own), "install", "--package-lock-only", "--no-audit", "--no-fund"], cwd=ROOT / "web", check=True
    )
    if '"resolved"' in (ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"):
        sys.exit("web/package-lock.json names addresses; see web/.npmrc.")


def main() -> None:
    """Write all lock files; `--upgrade` takes the newest versions that pyproject.toml allows."""
    for name, sources in LOCKS.items():
        compile_lock(name, sources, upgrade="--upgrade" in sys.argv)
        check_without_addresses(ROOT / "requirements" / f"{name}.txt")
    lock_web()


if __name__ == "__main__":
    main()
