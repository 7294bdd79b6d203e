"""Logs: one line per event, the same from our code and from libraries, without addresses or tokens.

Our own code logs `log = get_log(); log.info("batch applied", buckets=3, facts=412)`: a fixed sentence, then values.
"""

import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any, Literal, cast

import structlog

_HIDDEN = "…"

# What a person is addressed by, and what opens a door.
_EMAIL = re.compile(r"[^\s@<>\"'(),;:/=]+@[^\s@<>\"'(),;:/=]+\.[^\s@<>\"'(),;:/=]+")
_PHONE = re.compile(r"(?<![\w.:-])\+\d[\d ().-]{6,}\d")
_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")
_TOKEN_IN_PATH = re.compile(r"(?<=/[a-z]/)[\w.~-]{24,}")
_SECRET_NAMES = re.compile(
    r"email|phone|address|recipient|token|secret|password|authorization|cookie|(write|api)_?key",
    re.IGNORECASE,
)


def hide_personal(text: str) -> str:
    """Return `text` with email addresses, international phone numbers, credentials and link tokens blanked."""
    for pattern in (_CREDENTIALS, _EMAIL, _PHONE, _TOKEN_IN_PATH):
        text = pattern.sub(_HIDDEN, text)
    return text


def _hide(value: object) -> object:
    match value:
        case str():
            return hide_personal(value)
        case dict():
            items = cast("dict[object, object]", value)
            return {key: _hide_named(str(key), item) for key, item in items.items()}
        case list() | tuple() | set() | frozenset():
            return [_hide(item) for item in cast("Iterable[object]", value)]
        case _:
            return value


def _hide_named(name: str, value: object) -> object:
    return _HIDDEN if _SECRET_NAMES.search(name) and not isinstance(value, (int, float)) else _hide(value)


def hide_event(_logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank personal values of a log event at INFO and above; at DEBUG the operator asked to see all."""
    if method == "debug" or event.get("level") == "debug":
        return event
    for name in list(event):
        event[name] = _hide_named(name, event[name])
    return event


def configure_logs(
    *, process: str, level: Literal["debug", "info", "warning", "error"], form: Literal["text", "json"]
) -> None:
    """Send everything that is logged in this process to stderr, each line with the name of the process."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _name_process(process),
    ]
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            hide_event,
            last,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # These tell of every connection and command, addresses included.
    for chatty in ("mail.log", "aiohttp.access", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # It tells of every try to reach a database that is away, with a traceback; we say it once, in a line.
    logging.getLogger("asyncpg.pool").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def get_log(name: str) -> structlog.stdlib.BoundLogger:
    """Return the log of a module: pass `__name__`."""
    log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return log


def _name_process(process: str) -> Any:
    def add(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        return event

    return add
