"""One parseable line per event on standard error; no secret, no address, no reader's text in it.

Our own events name kinds and row numbers. What libraries say, and what exceptions say, is foreign
text: a database's error repeats the row it could not take. So of an exception the line holds its
kind and where it happened, never its words, and addresses and tokens in anything else are masked.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

from copydesk.settings import LogSettings

Event = MutableMapping[str, Any]
log = structlog.get_logger(__name__)

MOST_FRAMES = 30
MOST_CAUSES = 5
MASK = "…"
_MASKED = (
    # The password of a database's or mail server's address.
    (re.compile(r"://[^/\s@]+@"), f"://{MASK}@"),
    (re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+\.[^\s@<>\"'(),;:]+"), MASK),
    # What opens a reader's page, an answer, a place in an article, the desk.
    (re.compile(r"/(r|a|spots|enter)/[^/\s?\"']+"), rf"/\1/{MASK}"),
    (re.compile(r"\?[^\s\"']+"), f"?{MASK}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+\S+"), rf"\1 {MASK}"),
)


def configure_logs(settings: LogSettings) -> None:
    """Set up the log of a process of ours; libraries' warnings and crashes go the same way."""
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_words_of_exceptions,
        _masked,
    ]
    renderer: structlog.typing.Processor = (
        # ASCII alone: some of what counts as the end of a line elsewhere is a letter in JSON.
        structlog.processors.JSONRenderer(ensure_ascii=True)
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # One write a line: two threads' lines must not run into each other.
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_crash
    threading.excepthook = _log_crash_of_thread


def _without_words_of_exceptions(logger: object, method: str, event: Event) -> Event:
    """Replace an exception by its kind and the lines of code it came through, causes included."""
    del logger, method
    found = event.pop("exc_info", None)
    if found is None or found is False:
        return event
    if found is True:
        found = sys.exc_info()[1]
    error = found[1] if isinstance(found, tuple) else found
    chain: list[dict[str, Any]] = []
    while isinstance(error, BaseException) and len(chain) < MOST_CAUSES:
        frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
        kind = type(error)
        chain.append(
            {
                "kind": f"{kind.__module__}.{kind.__qualname__}",
                "frames": [f"{one.filename}:{one.lineno} {one.name}" for one in frames],
            }
        )
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if chain:
        event["exception"] = chain
    return event


def _masked(logger: object, method: str, event: Event) -> Event:
    del logger, method
    for key, value in event.items():
        if key not in {"timestamp", "exception"}:
            event[key] = _mask(value)
    return event


def _mask(value: Any) -> Any:
    if isinstance(value, str):
        for pattern, instead in _MASKED:
            value = pattern.sub(instead, value)
        return value
    return value if value is None or isinstance(value, bool | int | float) else _mask(str(value))


def _log_crash(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        log.critical("process.crashed", exc_info=error)


def _log_crash_of_thread(crash: threading.ExceptHookArgs) -> None:
    log.critical(
        "thread.crashed", exc_info=crash.exc_value, thread=crash.thread.name if crash.thread else ""
    )
