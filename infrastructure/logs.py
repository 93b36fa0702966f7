"""Logs: one line of JSON for each event, on the standard error; without personal data and secrets.

What is said is made of words of ours and of ids. Of an exception its types and places are told,
never its words, the values around it or a statement's parameters: any of them may hold a name.
Other people's code is quoted as little: its name, level and place, and its words only where they
stand in the code with placeholders in them, or come from the server itself.
"""

import logging
import logging.config
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, MutableMapping
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Final, TextIO

import msgspec
import structlog
from structlog.stdlib import ExtraAdder, ProcessorFormatter

OURS: Final = ("interfaces", "infrastructure", "application", "domain", "lantoa")
_TRUSTED: Final = ("_granian",)  # it is told at level warning: workers that end, and the like
_SHOWN: Final = frozenset(
    ("account", "factor", "fault", "method", "milliseconds", "place", "request", "route", "status")
)
"""What a line may carry beside its event."""

DEEPEST: Final = 12
"""Frames of a fault that are told, the innermost ones."""

Line = MutableMapping[str, Any]

REQUEST: Final[ContextVar[str | None]] = ContextVar("request", default=None)
"""The number of the request that is being answered; it stands in every line meanwhile."""


def config(level: int = logging.INFO) -> dict[str, Any]:
    """For `logging.config`; granian hands it on to its workers."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": formatter}},
        "handlers": {
            "lines": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}
        },
        "root": {"handlers": ["lines"], "level": logging.WARNING},
        "loggers": {name: {"level": level} for name in OURS} | {"_granian": {"level": logging.WARNING}},
    }


def configure(level: int = logging.INFO) -> None:
    """Once in each process: from then on nothing is written in another way."""
    logging.config.dictConfig(config(level))
    logging.raiseExceptions = False  # a line that cannot be formatted would be shown with its values
    structlog.configure(
        processors=[_numbered, *_FORM, _allowed, _encoded],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=False,
    )
    warnings.showwarning = _show_warning
    sys.excepthook = _excepthook
    sys.unraisablehook = lambda unraisable: _tell("an exception nobody could catch", unraisable.exc_value)
    threading.excepthook = lambda args: _tell("a thread ended by an exception", args.exc_value)


def formatter() -> ProcessorFormatter:
    return ProcessorFormatter(
        foreign_pre_chain=[ExtraAdder(_SHOWN), _from_elsewhere, _described],
        processors=[
            _numbered,
            ProcessorFormatter.remove_processors_meta,
            *_FORM,
            _allowed,
            lambda logger, name, line: _encoded(logger, name, line).decode(),
        ],
        use_get_message=True,
    )


def line_writer() -> Callable[[msgspec.Struct], None]:
    """Writes lines whose fields are fixed by their kind, and so need no sifting: what structlog does with
    each costs eight times as much. Made once logs are set up."""
    write = structlog.get_config()["logger_factory"]().msg

    def written(line: msgspec.Struct) -> None:
        write(_ENCODER.encode(line))

    return written


def fault(error: BaseException) -> list[str]:
    """An exception and what caused it: types and places, the innermost last."""
    told: list[str] = []
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        told = [
            *_places(one.__traceback__),
            type(one).__qualname__,
            *(["while handling"] if told else []),
            *told,
        ]
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return told


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-DEEPEST:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _from_elsewhere(_logger: object, _name: str, line: Line) -> Line:
    """Keeps the words of other people's code out, unless they were written before any data came."""
    record: logging.LogRecord = line["_record"]
    line["logger"] = record.name
    line["level"] = record.levelname.lower()
    source = record.name.partition(".")[0]
    if source not in OURS and source not in _TRUSTED:
        template = str(record.msg)
        line["event"] = template if template != line["event"] else "a message"
        line["place"] = f"{record.pathname}:{record.lineno}"
    return line


def _described(_logger: object, _name: str, line: Line) -> Line:
    record: logging.LogRecord = line["_record"]
    if record.exc_info and record.exc_info[1] is not None:
        line["fault"] = fault(record.exc_info[1])
    return line


def _numbered(_logger: object, _name: str, line: Line) -> Line:
    number = REQUEST.get()
    if number is not None:
        line["request"] = number
    return line


def _allowed(_logger: object, _name: str, line: Line) -> Line:
    return {key: value for key, value in line.items() if key in _SHOWN or key in _ALWAYS}


def _encoded(_logger: object, _name: str, line: Line) -> bytes:
    try:
        return msgspec.json.encode(line)
    except (TypeError, ValueError):
        return msgspec.json.encode({"event": "a line that cannot be written", "level": "error"})


_ENCODER: Final = msgspec.json.Encoder()
_ALWAYS: Final = frozenset(("at", "level", "logger", "event"))
_FORM: Final = (
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    structlog.stdlib.add_log_level,
)


def _tell(event: str, error: BaseException | None) -> None:
    logging.getLogger("lantoa").error(event, extra={"fault": fault(error) if error else []})


def _excepthook(_kind: object, error: BaseException, _trace: object) -> None:
    if not isinstance(error, KeyboardInterrupt):
        _tell("ended by an exception", error)


def _show_warning(
    message: Warning | str,  # noqa: ARG001 - its words may quote a value
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    place = {"place": f"{filename}:{lineno}"}
    logging.getLogger("lantoa").warning("%s", category.__name__, extra=place)
