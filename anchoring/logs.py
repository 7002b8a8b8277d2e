"""The job's log: one event a line on standard error, as text or as JSON.

An event says what happened in named fields and nothing else: no key, no passphrase, no URL's path, no raw
transaction and no answer of an endpoint ever is one.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

Level = Literal["info", "warning", "error"]


class Log(Protocol):
    """Takes one event."""

    def __call__(self, level: Level, event: str, **fields: object) -> None:
        """Write one line; `event` is one of those in docs/operations.md."""
        ...


def no_log(level: Level, event: str, **fields: object) -> None:
    """Write nothing."""


def open_log(form: Literal["text", "json", "off"], stream: TextIO) -> Log:
    """Return a log that writes to `stream`, a line at a time."""
    if form == "off":
        return no_log
    import structlog  # noqa: PLC0415  takes 0.3 s to import

    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False) if form == "json" else _as_text
    logger = structlog.wrap_logger(
        structlog.WriteLogger(stream),
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.processors.add_log_level,
            renderer,
        ],
    )
    writers: dict[Level, Callable[..., None]] = {
        "info": logger.info,
        "warning": logger.warning,
        "error": logger.error,
    }

    def log(level: Level, event: str, **fields: object) -> None:
        writers[level](event, **{name: value for name, value in fields.items() if value is not None})
        stream.flush()

    return log


def _as_text(_logger: object, _method: str, event: dict[str, Any]) -> str:
    """Render `time level event name=value …`; a value with spaces or control characters is quoted and escaped."""
    head = f"{event.pop('time')} {event.pop('level'):7} {event.pop('event')}"
    return " ".join([head, *(f"{name}={_quoted(str(value))}" for name, value in event.items())])


def _quoted(value: str) -> str:
    plain = value.isprintable() and not set(value) & set(" \"'=") and value
    return value if plain else json.dumps(value, ensure_ascii=False)
