"""Where a browser is missing it is installed if that is possible; otherwise the command says so and fails."""

import os
import subprocess
import sys
from pathlib import Path

from tests.structure.inventory import ROOT

MISSING = (
    "The browser tests need Chromium, and none was found. Install it (on Debian, as root: apt-get install chromium), "
    "or name one: PERCORSO_CHROMIUM=/path/to/chromium.\n"
)


def ask(folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command where programs are found in `folder` only."""
    environment = {name: value for name, value in os.environ.items() if name != "PERCORSO_CHROMIUM"}
    return subprocess.run(
        [sys.executable, ROOT / "tools" / "chromium.py"],
        env={**environment, "PATH": str(folder), **more},
        capture_output=True,
        text=True,
        check=False,
    )


def make_program(path: Path, text: str = "") -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_browser_that_is_missing_is_named_and_fails(tmp_path: Path) -> None:
    asked = ask(tmp_path)
    assert (asked.returncode, asked.stdout, asked.stderr) == (1, "", MISSING)


def test_a_named_browser_that_is_not_there_is_not_replaced_by_another(tmp_path: Path) -> None:
    make_program(tmp_path / "chromium")
    asked = ask(tmp_path, PERCORSO_CHROMIUM="/nowhere/chromium")
    assert (asked.returncode, asked.stderr) == (1, MISSING)


def test_an_installed_browser_is_found(tmp_path: Path) -> None:
    chromium = make_program(tmp_path / "chromium")
    asked = ask(tmp_path)
    assert (asked.returncode, asked.stdout) == (0, f"{chromium}\n")


def test_root_installs_debians_browser_and_others_do_not_try(tmp_path: Path) -> None:
    """The package manager is a stand-in that notes what it is told, and puts a browser where one is looked for."""
    make_program(
        tmp_path / "apt-get",
        f'echo "$@" >> {tmp_path}/told; [ "$1" = install ] && /bin/cp "$0" {tmp_path}/chromium; exit 0',
    )
    asked = ask(tmp_path)
    told = (tmp_path / "told").read_text().splitlines() if (tmp_path / "told").exists() else []
    if os.geteuid() == 0:
        assert told == ["update -qq", "install -y -qq --no-install-recommends chromium"]
        assert (asked.returncode, asked.stdout) == (0, f"{tmp_path}/chromium\n")
    else:
        assert told == []
        assert (asked.returncode, asked.stderr) == (1, MISSING)
