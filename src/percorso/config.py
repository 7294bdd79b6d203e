"""What the operator decides, read once from the environment.

| variable | is | default |
|---|---|---|
| PERCORSO_DATABASE_URL | a PostgreSQL ≥ 15 to use | none: the embedded one |
| PERCORSO_DATA | the data folder: embedded database, secret, logs | ./data |
| PERCORSO_HOST, PORT | where HTTP is served | 127.0.0.1, 8000 |
| PERCORSO_API_PROCESSES | how many processes `up` and `demo` answer HTTP with | two, one where there is one core |
| PERCORSO_WORKER_PROCESSES | how many processes `up` and `demo` apply facts with | two, one where there is one core |
| PERCORSO_PUBLIC_URL | how browsers and mailboxes reach us | http://localhost:PORT |
| PERCORSO_SECRET | ≥ 32 characters that sign links and seal provider secrets | made once in the data folder |
| PERCORSO_PRIVATE_HOSTS | names and ports that webhooks may call although they are not public: `host:port, …` | none |
| PERCORSO_LOG_LEVEL | debug, info, warning, error | info |
| PERCORSO_LOG_FORMAT | text or json | text |
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

_MOST_PROCESSES = 64


class ConfigError(Exception):
    """A variable of the environment holds what cannot be used; the message names it and says what can."""

    code = "config_error"

    def __init__(self, variable: str, sentence: str) -> None:
        self.variable = variable
        super().__init__(f"{variable}: {sentence}")


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one process; see the table in this module's page."""

    database_url: str | None
    """None until a database was given or the embedded one was started."""
    data_folder: Path
    host: str
    port: int
    api_processes: int
    """How many processes share the port."""
    worker_processes: int
    """How many processes apply facts."""
    public_url: str
    """Without a slash at the end."""
    secret: str
    private_hosts: tuple[str, ...] = ()
    """`host:port`, lower case: what webhooks may call though it leads into a private network or to this machine."""
    log_level: Literal["debug", "info", "warning", "error"]
    log_format: Literal["text", "json"]

    @property
    def required_database_url(self) -> str:
        """The database's address; raises ConfigError where none was given."""
        if self.database_url is None:
            raise ConfigError(
                "PERCORSO_DATABASE_URL",
                "is not set, and no embedded database is running here. "
                "Set it, or use `percorso up`, which brings one along.",
            )
        return self.database_url


def read_config(environment: Mapping[str, str] = os.environ) -> Config:
    """Return the settings written in `environment`; raises ConfigError.

    Makes the data folder's `secret` file (readable by its owner only) if no secret was given.
    """
    port = _read_port(environment.get("PORT") or "8000")
    data_folder = Path(environment.get("PERCORSO_DATA") or "data").absolute()
    return Config(
        database_url=_read_database_url(environment.get("PERCORSO_DATABASE_URL") or None),
        data_folder=data_folder,
        host=environment.get("PERCORSO_HOST") or "127.0.0.1",
        port=port,
        api_processes=_read_processes(environment, "PERCORSO_API_PROCESSES"),
        worker_processes=_read_processes(environment, "PERCORSO_WORKER_PROCESSES"),
        public_url=_read_public_url(environment.get("PERCORSO_PUBLIC_URL") or f"http://localhost:{port}"),
        secret=_read_secret(environment.get("PERCORSO_SECRET") or "", data_folder),
        private_hosts=_read_private_hosts(environment.get("PERCORSO_PRIVATE_HOSTS") or ""),
        log_level=_read_log_level(environment.get("PERCORSO_LOG_LEVEL") or "info"),
        log_format=_read_log_format(environment.get("PERCORSO_LOG_FORMAT") or "text"),
    )


def to_environment(config: Config) -> dict[str, str]:
    """Return the variables from which another process reads the same settings."""
    given = {"PERCORSO_DATABASE_URL": config.database_url} if config.database_url else {}
    return {
        **given,
        "PERCORSO_DATA": str(config.data_folder),
        "PERCORSO_HOST": config.host,
        "PORT": str(config.port),
        "PERCORSO_API_PROCESSES": str(config.api_processes),
        "PERCORSO_WORKER_PROCESSES": str(config.worker_processes),
        "PERCORSO_PUBLIC_URL": config.public_url,
        "PERCORSO_SECRET": config.secret,
        "PERCORSO_PRIVATE_HOSTS": ",".join(config.private_hosts),
        "PERCORSO_LOG_LEVEL": config.log_level,
        "PERCORSO_LOG_FORMAT": config.log_format,
    }


def _read_port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ConfigError("PORT", f"{text!r} is no port. Give a number from 1 to 65535.")
    return int(text)


def _read_processes(environment: Mapping[str, str], variable: str) -> int:
    text = environment.get(variable) or ""
    if not text:
        # A second one keeps a core busy that the first leaves free (0403, 0631); a third must be asked for.
        return min(os.cpu_count() or 1, 2)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST_PROCESSES:
        raise ConfigError(variable, f"{text!r} is no number of processes from 1 to {_MOST_PROCESSES}.")
    return int(text)


def _read_database_url(text: str | None) -> str | None:
    if text is not None and urlsplit(text).scheme not in ("postgresql", "postgres"):
        raise ConfigError("PERCORSO_DATABASE_URL", "must begin with postgresql://.")
    return text


def _read_public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ConfigError("PERCORSO_PUBLIC_URL", f"{text!r} is no address like https://percorso.example.com.")
    return text.rstrip("/")


def _read_secret(text: str, data_folder: Path) -> str:
    if text:
        if len(text) < 32:
            raise ConfigError("PERCORSO_SECRET", "is shorter than 32 characters.")
        return text
    path = data_folder / "secret"
    data_folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with open(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")


def _read_private_hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    for host in hosts:
        name, _, port = host.rpartition(":")
        if not name or not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
            raise ConfigError(
                "PERCORSO_PRIVATE_HOSTS", f"{host!r} is no name and port like crm.internal:8080."
            )
    return hosts


def _read_log_level(text: str) -> Literal["debug", "info", "warning", "error"]:
    match text.lower():
        case "debug" | "info" | "warning" | "error" as level:
            return level
        case _:
            raise ConfigError("PERCORSO_LOG_LEVEL", f"{text!r} is not debug, info, warning or error.")


def _read_log_format(text: str) -> Literal["text", "json"]:
    match text.lower():
        case "text" | "json" as form:
            return form
        case _:
            raise ConfigError("PERCORSO_LOG_FORMAT", f"{text!r} is not text or json.")
