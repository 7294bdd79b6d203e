"""Writes requirements/*.txt with hashes and without index addresses, for all Pythons and systems at once."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS: dict[str, list[str]] = {
    "uv": ["requirements/uv.in"],
    "dev": ["pyproject.toml", "--all-extras", "--group", "dev", "--group", "build"],
    "run": ["pyproject.toml", "--group", "web", "--group", "build", "-c", "requirements/dev.txt"],
}
"""Lock file → what it is made of, in this order. `dev` holds all of `run`, in the same versions."""


EXACT = re.compile(r"\d+\.\d+\.\d+")
SYSTEMS = {"android", "darwin", "freebsd", "linux", "openharmony", "win32"}
PROCESSORS = {"arm", "arm64", "ia32", "loong64", "ppc64", "riscv64", "s390x", "wasm32", "x64"}


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
    """Write web/package-lock.json; web/.npmrc keeps addresses out of it.

    In an empty folder, for beside node_modules npm forgets the packages of other systems.
    """
    own = Path(sys.prefix) / "bin"
    environment = {**os.environ, "PATH": f"{own}{os.pathsep}{os.environ.get('PATH', '')}"}
    with tempfile.TemporaryDirectory() as name:
        for file in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(ROOT / "web" / file, name)
        command = [
            str(own / "npm"),
            "install",
            "--package-lock-only",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]
        subprocess.run(command, cwd=name, env=environment, check=True)
        lock = json.loads((Path(name) / "package-lock.json").read_text(encoding="utf-8"))
    add_other_systems(lock["packages"])
    text = json.dumps(lock, indent=2, ensure_ascii=False)
    if '"resolved"' in text:
        sys.exit("web/package-lock.json would name addresses; see web/.npmrc.")
    (ROOT / "web" / "package-lock.json").write_text(f"{text}\n", encoding="utf-8")


def add_other_systems(packages: dict[str, dict[str, Any]]) -> None:
    """Name the builds for other systems that this index does not hold.

    npm leaves them out of the lock, and `npm ci` then finds lock and package.json at odds. They carry no hash:
    nothing of them was seen here.
    """
    for package in list(packages.values()):
        for name, version in package.get("optionalDependencies", {}).items():
            place = f"node_modules/{name}"
            if place in packages or not EXACT.fullmatch(version):
                continue
            words = set(re.split(r"[-/]", name))
            entry: dict[str, Any] = {"version": version, "optional": True}
            entry["os"] = sorted(words & SYSTEMS) or ["none"]
            entry["cpu"] = sorted(words & PROCESSORS) or ["none"]
            if package.get("dev"):
                entry["dev"] = True
            packages[place] = entry


def main() -> None:
    """Write all lock files; `--upgrade` takes the newest versions that pyproject.toml allows."""
    for name, sources in LOCKS.items():
        compile_lock(name, sources, upgrade="--upgrade" in sys.argv)
        check_without_addresses(ROOT / "requirements" / f"{name}.txt")
    lock_web()


if __name__ == "__main__":
    main()
