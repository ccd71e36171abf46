"""What the log may say: plain lines for a developer, JSON lines without personal data otherwise.

A name, an address or an answer reaches a log through the arguments of a message, through an
exception's text (PostgreSQL quotes the row that broke a constraint) or through a URL (a client's
link is a secret). So in production a line holds the constant part of a message, the exception's
type and where it happened, and the *name* of the route; only our own loggers' arguments are
written out.
"""

import logging
import re
import time
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import empty
from pythonjsonlogger.json import JsonFormatter

OWN_LOGGERS = ("cryoclinic", "procedures", "clients", "scheduling")
# What a record may carry beside its message.
SAFE_FIELDS = frozenset({"method", "route", "status", "ms", "user_id", "status_code"})
# Messages of the servers about themselves: their arguments are addresses and process ids.
SAFE_MESSAGES = frozenset(
    {
        "Starting gunicorn %s",
        "Listening at: %s (%s)",
        "Using worker: %s",
        "Booting worker with pid: %s",
        "Worker exiting (pid: %s)",
        "Handling signal: %s",
        "Worker (pid:%s) was sent %s!",
        "Task %(name)s[%(id)s] received",
        "Scheduler: Sending due task %s (%s)",
    }
)

# What follows /v/ or /u/ in an address, and whatever is signed as those links are.
_LINK = re.compile(r"(?P<path>/[uv]/)[^/\s?\"']+|[\w.-]+~[\w-]{40,}")

logger = logging.getLogger(__name__)

type_of_exc_info = tuple[type[BaseException], BaseException, TracebackType | None]


class PrivateJsonFormatter(JsonFormatter):
    """One JSON object per record, with nothing in it that may be about a person."""

    def __init__(self) -> None:
        super().__init__(
            ["asctime", "levelname", "name", "message"],
            datefmt="%Y-%m-%dT%H:%M:%SZ",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
        )
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        return without_links(super().format(_without_personal_data(record)))

    def formatException(self, ei: Any) -> str:  # noqa: N802 (the base class's name)
        """The chain's types and places; no exception's text, no source line."""
        return describe_exception(ei)


class PlainFormatter(logging.Formatter):
    """Lines for a developer: whole, but for the clients' links, which are keys."""

    def format(self, record: logging.LogRecord) -> str:
        return without_links(super().format(record))


def without_links(text: str) -> str:
    """The text with every token of a client's link, genuine or nearly, blotted out."""
    return _LINK.sub(lambda found: (found["path"] or "") + "***", text)


def describe_exception(ei: type_of_exc_info) -> str:
    """E.g. ``IntegrityError at clients/services.py:31 in add_client``, causes after ``<-``."""
    parts = []
    error: BaseException | None = ei[1]
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
        parts.append(f"{type(error).__name__} at {' > '.join(places[-8:])}")
        error = error.__cause__ or error.__context__
    return " <- ".join(parts)


def _short(path: str) -> str:
    return "/".join(path.replace("\\", "/").split("/")[-2:])


def _without_personal_data(record: logging.LogRecord) -> logging.LogRecord:
    clean = logging.makeLogRecord(
        {key: value for key, value in vars(record).items() if key in _PLAIN or key in SAFE_FIELDS}
    )
    own = record.name.split(".", 1)[0] in OWN_LOGGERS
    clean.msg = record.getMessage() if own or record.msg in SAFE_MESSAGES else str(record.msg)
    clean.args = ()
    clean.exc_text = None
    return clean


_PLAIN = frozenset(vars(logging.makeLogRecord({}))) - {"stack_info", "exc_text"}


def config(*, private: bool) -> dict[str, Any]:
    """The ``LOGGING`` setting."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "private": {"()": "cryoclinic.logs.PrivateJsonFormatter"},
            "plain": {
                "()": "cryoclinic.logs.PlainFormatter",
                "format": "{levelname:<7} {name}: {message}",
                "style": "{",
            },
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "private" if private else "plain",
            }
        },
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            # Theirs would print paths; ours are below.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
            "gunicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
            # One line for each received and each done task: they come every few seconds.
            "celery.app.trace": {"handlers": [], "level": "WARNING", "propagate": True},
            "celery.worker.strategy": {"handlers": [], "level": "WARNING", "propagate": True},
            "celery.beat": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }


class RequestLogMiddleware:
    """One line per request: method, route name, status, milliseconds and the user's id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        fields = {
            "method": request.method,
            "route": request.resolver_match.view_name if request.resolver_match else None,
            "status": response.status_code,
            "ms": round((time.perf_counter() - started) * 1000),
            "user_id": _user_id(request),
        }
        logger.info("%(method)s %(route)s %(status)s %(ms)s ms", fields, extra=fields)
        return response


def _user_id(request: HttpRequest) -> int | None:
    """Who was found to be asking. Looks nobody up: the database may just have gone away."""
    user = getattr(request, "user", None)
    if user is None or getattr(user, "_wrapped", None) is empty:
        return None
    found: int | None = user.pk
    return found
