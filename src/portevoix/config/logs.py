"""Readable log lines on standard error: one event a line, with its facts.

They name nobody. Citizens' texts never reach a log, addresses lose their local part, and an error is logged by its kind
and place: its message may quote the data that caused it, and is logged at the level debug only.
"""

import logging
import re
import sys
import traceback
from pathlib import Path
from types import TracebackType

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from portevoix.config import env
from portevoix.kernel.errors import BadInput

LEVELS = ("debug", "info", "warning", "error")
FORMS = ("text", "json")
FIRST = ("timestamp", "level", "event", "logger")
PLACES = 6
"""So many places of our own are told of an error's way."""
_SQLITE = {
    "SQLITE_FULL": "database or disk is full",
    "SQLITE_IOERR": "disk I/O error",
    "SQLITE_CORRUPT": "database is damaged",
    "SQLITE_NOTADB": "file is not a database",
    "SQLITE_CANTOPEN": "unable to open database file",
    "SQLITE_READONLY": "database is read-only",
    "SQLITE_BUSY": "database is locked",
}
"""What an operator can do something about; any other error has its name."""
_ADDRESS = re.compile(r"[\w.+-]{1,64}@(?=[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})")
_CONTROL = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_PACKAGE = Path(__file__).parents[1]


def set_up() -> None:
    """Configure Django's log and ours in one form. Raise BadInput for an unknown level or form."""
    level = _read_choice("PORTEVOIX_LOG", LEVELS)
    structlog.configure(
        processors=[*_base_processors(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.getLogger("django.request").setLevel("ERROR")
    logging.getLogger("oauthlib").setLevel("INFO")  # at debug it writes tokens


def formatter() -> logging.Formatter:
    """Return the formatter of log lines; the servers use it for their own log."""
    as_json = _read_choice("PORTEVOIX_LOG_FORMAT", FORMS) == "json" and not sys.stderr.isatty()
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _plain,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str) if as_json else _text,
        ],
        foreign_pre_chain=_base_processors(),
    )


def _read_choice(name: str, among: tuple[str, ...]) -> str:
    value = env.get(name).lower()
    if value not in among:
        raise BadInput("{name} is “{value}”; write one of: {among}.", name=name, value=value, among=", ".join(among))
    return value


def _base_processors() -> list[Processor]:
    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _tell_error,
        _hide,
    ]


def _tell_error(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Put `error` and `where` in the place of a traceback; at the level debug, add the traceback too."""
    exc_info = event.pop("exc_info", None)
    error = exc_info if isinstance(exc_info, BaseException) else exc_info[1] if isinstance(exc_info, tuple) else None
    if exc_info is True:
        error = sys.exception()
    if error is not None:
        event["error"] = type(error).__name__
        event["where"] = _way(error.__traceback__)
        if why := _of_database(error):
            event.setdefault("why", why)
        if logging.getLogger().level == logging.DEBUG:
            event["exception"] = "".join(traceback.format_exception(error)).rstrip()
    return event


def _of_database(error: BaseException) -> str:
    """Return the kind of a database error, "" for any other: its message may hold stored data."""
    for one in (error, error.__cause__):
        if name := getattr(one, "sqlite_errorname", ""):
            return next((words for start, words in _SQLITE.items() if name.startswith(start)), name)
        if type(one).__module__.partition(".")[0] == "psycopg":
            return " ".join(filter(None, (getattr(one, "sqlstate", None) or "no connection", type(one).__name__)))
    return ""


def _way(way: TracebackType | None) -> str:
    """Return where the error was raised, and the last places of our own that led there, the innermost first."""
    frames = list(reversed(traceback.extract_tb(way)))
    ours = [frame for frame in frames[1:] if Path(frame.filename).is_relative_to(_PACKAGE)]
    places = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in [*frames[:1], *ours[:PLACES]]]
    return " < ".join(places)


def _short(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(_PACKAGE.parent)) if path.is_relative_to(_PACKAGE) else "/".join(path.parts[-2:])


def _hide(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    return {key: _ADDRESS.sub("…@", value) if isinstance(value, str) else value for key, value in event.items()}


def _plain(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Escape characters that would move the cursor or begin a line: strangers choose addresses and names."""
    return {key: _CONTROL.sub(_escape, value) if isinstance(value, str) else value for key, value in event.items()}


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()


_logfmt = structlog.processors.LogfmtRenderer(key_order=FIRST, drop_missing=True, bool_as_flag=False)


def _text(logger: WrappedLogger, method: str, event: EventDict) -> str:
    """Return key=value, and below it the traceback, if there is one."""
    exception = event.pop("exception", "")
    line = _logfmt(logger, method, event)
    return "\n    ".join([line, *str(exception).splitlines()]) if exception else line
