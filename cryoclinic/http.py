"""What views answer with: a whole page, the fragment of it that htmx asked for, or a refusal."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from cryoclinic.errors import Refused
from cryoclinic.models import User

CONFLICT, UNPROCESSABLE = 409, 422


class StaffRequest(HttpRequest):
    """A request behind ``login_required``."""

    user: User


def partial(
    request: HttpRequest,
    page: str,
    fragment: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Render ``fragment`` for htmx and ``page``, which includes it, for everybody else."""
    asked_by_htmx = request.headers.get("HX-Request") == "true"
    boosted = "HX-Boosted" in request.headers or "HX-History-Restore-Request" in request.headers
    template = fragment if asked_by_htmx and not boosted else page
    response = render(request, template, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def refusal(
    request: HttpRequest,
    error: Refused,
    template: str,
    context: Mapping[str, Any],
    *,
    fragment: str = "",
) -> HttpResponse:
    """The page, or its fragment, once more: ``refused`` in its context, the error's status."""
    told = {**context, "refused": error}
    return partial(request, template, fragment or template, told, status=error.status)


def next_path(request: HttpRequest, default: str) -> str:
    """The ``next`` of the form or address where it stays on this site, else ``default``."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and safe else default


def go_to(request: HttpRequest, path: str) -> HttpResponse:
    """Send the browser on after a change; htmx is told to leave the page, not to swap it in."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(path)
    return HttpResponseRedirect(path)


def number(text: str | None) -> int | None:
    """The positive number in an address or a button; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None
