"""Calendars that programs subscribe to: the address is the key, there is no signing in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cryoclinic.http import StaffRequest
from scheduling.access import get_course, specialist_of
from scheduling.links import BadLink
from scheduling.selectors.feeds import WithdrawnFeed, read_feed
from scheduling.services.feeds import renew_course_feed, renew_specialist_feed

GONE = 410


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """GET, HEAD: the .ics file, or 304; 410, at which programs stop asking, once withdrawn."""
    try:
        found = read_feed(token)
    except BadLink:
        raise Http404 from None
    except WithdrawnFeed:
        return _private(HttpResponse(status=GONE, content_type="text/plain"))
    changed_at = int(found.changed_at.timestamp())
    response = HttpResponse(found.content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="visits.ics"'
    response["ETag"], response["Last-Modified"] = found.etag, http_date(changed_at)
    answer = get_conditional_response(
        request, etag=found.etag, last_modified=changed_at, response=response
    )
    return _private(answer or response)


def _private(response: HttpResponse) -> HttpResponse:
    """For the one who has the address: kept by no proxy, found by no search engine.

    Not “no-store”: what is not stored can't be asked for again with its ETag.
    """
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


@login_required
@permission_required("scheduling.book_course", raise_exception=True)
@require_POST
def renew_for_client(request: StaffRequest, pk: int) -> HttpResponse:
    """Give the course's calendar a new address; the one so far ends."""
    renew_course_feed(by=request.user, course=get_course(request.user, pk))
    messages.success(request, _("The calendar has a new address; the old one has ended."))
    return redirect("scheduling:course", pk)


@login_required
@permission_required("scheduling.view_my_day", raise_exception=True)
@require_POST
def renew_for_specialist(request: StaffRequest) -> HttpResponse:
    """Give the user's own calendar a new address; the one so far ends."""
    specialist = specialist_of(request.user)
    if specialist is None:
        raise Http404
    renew_specialist_feed(by=request.user, specialist=specialist)
    messages.success(request, _("The calendar has a new address; the old one has ended."))
    return redirect("scheduling:my_day")
