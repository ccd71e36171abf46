"""What every page behind a client's link has in common: how it is opened, closed and kept private.

The link itself is the authority: no session, no cookie, no sign-in. Whoever has it may do what the
page does; whoever has not finds nothing to do it with.
"""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from csp.decorators import csp_replace
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt

from scheduling.link_access import LinkClosed
from scheduling.models import Course
from scheduling.selectors.client_page import Place

CLOSED = "scheduling/client_page/closed.html"
NOT_FOUND, GONE, TOO_MANY = 404, 410, 429
# A person mistypes a link a few times; a program tries thousands.
WRONG_LINKS = 20
WINDOW_SECONDS = 600
NETWORK_BITS = 64  # of an IPv6 address: what one household has

# Our own styles and pictures, forms to ourselves; no script at all, nothing from elsewhere.
POLICY: dict[str, list[str]] = {
    "default-src": ["'none'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that counts, and what it opens."""

    token: str
    course: Course

    def back(self, done: str = "") -> HttpResponse:
        """To the client's page, which says what was ``done``."""
        page = reverse("scheduling:client_page", args=[self.token])
        return redirect(f"{page}?done={done}" if done else page)


View = Callable[..., HttpResponse]


def by_link(open_link: Callable[[str], Any]) -> Callable[[View], View]:
    """Decorator: ``view(request, <what open_link(token) returned>, …)`` behind a link of ours.

    A link that opens nothing is answered in words; every answer is kept out of caches, indexes and
    referrers.
    """

    def decorate(view: View) -> View:
        # Forged requests live on what a browser adds by itself; here nothing of that is looked at,
        # and who knows the token needs no victim. Mail providers send RFC 8058's POST without any
        # cookie, and a page without referrers posts with “Origin: null”: Django's check would
        # refuse both.
        @csrf_exempt
        @csp_replace(POLICY)
        @wraps(view)
        def opened(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
            try:
                return _private(view(request, open_link(token), **kwargs))
            except LinkClosed as closed:
                return _private(_closed(request, closed))
            except Http404:
                return _private(_closed(request, LinkClosed(None, was_open=False)))

        return opened

    return decorate


def of_course(open_course: Callable[[str], Course]) -> Callable[[View], View]:
    """Decorator: ``view(request, link, …)`` with an ``OpenLink``, in the client's language."""

    def decorate(view: View) -> View:
        @wraps(view)
        def in_their_language(request: HttpRequest, link: OpenLink, **kwargs: Any) -> HttpResponse:
            language = link.course.client.language
            with translation.override(language):
                response = view(request, link, **kwargs)
            response["Content-Language"] = language
            return response

        return by_link(lambda token: OpenLink(token, open_course(token)))(in_their_language)

    return decorate


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _closed(request: HttpRequest, closed: LinkClosed) -> HttpResponse:
    """Never ours, or mistyped: 404, and counted; expired or withdrawn: 410."""
    status = GONE if closed.was_open else NOT_FOUND
    if not closed.was_open and _too_many(request):
        status = TOO_MANY
    place = Place.of(closed.clinic) if closed.clinic else None
    response = render(request, CLOSED, {"status": status, "place": place}, status=status)
    if status == TOO_MANY:
        response["Retry-After"] = str(WINDOW_SECONDS)
    return response


def _too_many(request: HttpRequest) -> bool:
    """Count one more wrong link of the address; True beyond the limit of the ten minutes.

    Only wrong ones are counted and refused: whoever has a link reaches their page from any network.
    """
    window = int(timezone.now().timestamp()) // WINDOW_SECONDS
    key = f"wrong-links:{_network(request)}:{window}"
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        return cache.incr(key) > WRONG_LINKS
    except ValueError:  # thrown out of the cache between the two
        return False


def _network(request: HttpRequest) -> str:
    address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, NETWORK_BITS), strict=False).network_address)
    return str(address)
