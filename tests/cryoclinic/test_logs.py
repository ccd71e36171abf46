"""A production log says nothing about a person."""

import json
import logging
import sys
from logging.config import DictConfigurator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import resolve
from django.utils.functional import SimpleLazyObject

from cryoclinic.logs import PrivateJsonFormatter, RequestLogMiddleware, config
from cryoclinic.models import User


def line(name: str, message: str, *args: object, **fields: Any) -> dict[str, Any]:
    record = logging.getLogger(name).makeRecord(
        name, logging.ERROR, __file__, 1, message, args, fields.pop("exc_info", None), extra=fields
    )
    written = dict(json.loads(PrivateJsonFormatter().format(record)))
    written.pop("time")
    return written


def test_line_of_ours_is_written_out() -> None:
    assert line("scheduling.tasks", "sent %d messages", 3) == {
        "level": "ERROR",
        "logger": "scheduling.tasks",
        "message": "sent 3 messages",
    }


def test_line_of_a_library_keeps_its_arguments_to_itself() -> None:
    assert line("django.request", "Internal Server Error: %s", "/v/secret-token/") == {
        "level": "ERROR",
        "logger": "django.request",
        "message": "Internal Server Error: %s",
    }


def test_line_drops_fields_that_nobody_allowed() -> None:
    written = line("django.request", "Not Found", status_code=404, request="GET /clients/?q=Anna")
    assert written == {
        "level": "ERROR",
        "logger": "django.request",
        "message": "Not Found",
        "status_code": 404,
    }


def test_line_of_an_exception_has_its_types_and_places_only() -> None:
    try:
        try:
            raise KeyError("anna@example.org")
        except KeyError as error:
            raise ValueError("Key (email)=(anna@example.org) already exists") from error
    except ValueError:
        written = line("celery.app.trace", "failed", exc_info=sys.exc_info())
    assert "example.org" not in json.dumps(written)
    outer, inner = written["exc_info"].split(" <- ")
    place = "test_line_of_an_exception_has_its_types_and_places_only"
    assert outer.startswith("ValueError at cryoclinic/test_logs.py:")
    assert outer.endswith(place)
    assert inner.startswith("KeyError at cryoclinic/test_logs.py:")


def test_plain_lines_are_for_development_alone() -> None:
    private, plain = config(private=True), config(private=False)
    assert private["handlers"]["stderr"]["formatter"] == "private"
    assert plain["handlers"]["stderr"]["formatter"] == "plain"


def test_request_is_logged_by_route_without_its_address(caplog: pytest.LogCaptureFixture) -> None:
    request = RequestFactory().get("/accounts/login/", {"q": "Anna"})
    request.user = AnonymousUser()

    def view(request: HttpRequest) -> HttpResponse:
        request.resolver_match = resolve(request.path)
        return HttpResponse(status=418)

    with caplog.at_level(logging.INFO, "cryoclinic.logs"):
        RequestLogMiddleware(view)(request)
    (record,) = caplog.records
    assert record.getMessage().startswith("GET account_login 418 ")
    fields = {key: getattr(record, key) for key in ("method", "route", "status", "user_id")}
    assert fields == {"method": "GET", "route": "account_login", "status": 418, "user_id": None}


@pytest.mark.parametrize(("visited", "logged"), [(True, 7), (False, None)])
def test_user_that_nobody_asked_for_is_not_looked_up(
    caplog: pytest.LogCaptureFixture, visited: bool, logged: int | None
) -> None:
    """The database may have gone away by then, and the answer says so already."""
    request = RequestFactory().get("/")
    request.resolver_match = None
    found: list[User] = []

    def look_up() -> User:
        found.append(User(pk=7))
        return found[0]

    request.user = SimpleLazyObject(look_up)  # type: ignore[assignment]  # as Django's own does

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.user.pk if visited else "")

    with caplog.at_level(logging.INFO, "cryoclinic.logs"):
        RequestLogMiddleware(view)(request)
    (record,) = caplog.records
    assert (vars(record)["user_id"], len(found)) == (logged, int(visited))


@pytest.mark.parametrize("private", [True, False])
@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/v/7.1.739785~{key}/", "/v/***/"),
        ("/v/7.1.739785~{key}/visits/3/move/", "/v/***/visits/3/move/"),
        ("/v/garbled?done=1", "/v/***?done=1"),
        ("/u/7.0.739785~{key}/", "/u/***/"),
        ("/elsewhere/7.0.739785~{key}", "/elsewhere/***"),
        ("/clients/7/", "/clients/7/"),
    ],
)
def test_no_line_has_the_token_of_a_link(address: str, shown: str, private: bool) -> None:
    """Ours and, for a developer, Django's “Not Found: …” alike."""
    key = "a_B-" * 10 + "xyz"
    name = "scheduling.views" if private else "django.request"
    record = logging.getLogger(name).makeRecord(
        name, logging.WARNING, __file__, 1, "Not Found: %s", (address.format(key=key),), None
    )
    settings = config(private=private)["formatters"]["private" if private else "plain"]
    made = configured(settings)
    assert f"Not Found: {shown}" in made.format(record)


def configured(settings: dict[str, Any]) -> logging.Formatter:
    """The formatter as ``logging.config`` makes it."""
    return DictConfigurator({"version": 1}).configure_formatter(dict(settings))
