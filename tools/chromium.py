"""Prints the path of a Chromium, installing Debian's where that is possible; else says what is missing and fails."""

import os
import shutil
import subprocess
import sys

VARIABLE = "PERCORSO_CHROMIUM"
"""Names a browser to use instead of the one that would be found."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find_chromium() -> str | None:
    """Return the path of an installed browser, or None."""
    if named := os.environ.get(VARIABLE):
        return shutil.which(named)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install_chromium() -> None:
    """Install Debian's package, if we are root on a Debian."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        subprocess.run(
            [apt, *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
        )


def require_chromium() -> str:
    """Return the path of a browser, installed if need be; exit with a sentence if there is none."""
    path = find_chromium()
    if path is None:
        install_chromium()
        path = find_chromium()
    if path is None:
        sys.exit(
            "The browser tests need Chromium, and none was found. Install it (on Debian, as root: apt-get install "
            f"chromium), or name one: {VARIABLE}=/path/to/chromium."
        )
    return path


if __name__ == "__main__":
    print(require_chromium())
