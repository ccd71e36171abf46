"""The desk's view of the outbox: what went out or will, to whom, when, and what came of it."""

from typing import Any

from csp.decorators import csp
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from cryoclinic.access import clinic_of
from cryoclinic.http import StaffRequest, partial
from scheduling.access import messages_of
from scheduling.models import Message
from scheduling.previews import Preview, preview
from scheduling.selectors.messages import line_of, message_page

# A mail has its styles in its elements; nothing else of it is let in, and nothing runs.
MAIL_POLICY: dict[str, Any] = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "frame-ancestors": ["'self'"],
    "sandbox": True,
}


@login_required
@permission_required("scheduling.view_message", raise_exception=True)
@require_safe
def messages(request: StaffRequest) -> HttpResponse:
    """GET: the outbox, ``?status=``, ``?client=`` (an id), ``?q=`` (a client), ``?after=``."""
    asked = request.GET
    status = asked.get("status", "")
    client = asked.get("client", "")
    context = {
        "page": message_page(
            clinic_of(request.user),
            status=status if status in Message.Status else "",
            client=int(client) if client.isdecimal() else None,
            typed=asked.get("q", ""),
            after=asked.get("after", ""),
        ),
        "statuses": Message.Status.choices,
        "status": status,
        "typed": asked.get("q", ""),
        "client": client,
        "is_first_page": "after" not in asked,
        "is_filtered": any(asked.get(name) for name in ("status", "client", "q")),
    }
    return partial(
        request, "scheduling/messages/list.html", "scheduling/messages/_list.html", context
    )


@login_required
@permission_required("scheduling.view_message", raise_exception=True)
@never_cache
@require_safe
def message(request: StaffRequest, pk: int) -> HttpResponse:
    """GET: one message, with the mail as the client gets it."""
    found = _message(request, pk)
    line = line_of(found, found.clinic)
    context = {"line": line, "message": found, "preview": preview(found, now=timezone.now())}
    return render(request, "scheduling/messages/detail.html", context)


@login_required
@permission_required("scheduling.view_message", raise_exception=True)
@never_cache
@xframe_options_sameorigin
@csp(MAIL_POLICY)
@require_safe
def message_html(request: StaffRequest, pk: int) -> HttpResponse:
    """GET: the mail's HTML alone, to be shown in a frame."""
    return HttpResponse(_preview(request, pk).html)


@login_required
@permission_required("scheduling.view_message", raise_exception=True)
@never_cache
@require_safe
def message_calendar(request: StaffRequest, pk: int) -> HttpResponse:
    """GET: the mail's calendar, as a file."""
    response = HttpResponse(_preview(request, pk).calendar, content_type="text/calendar")
    response["Content-Disposition"] = 'attachment; filename="visits.ics"'
    return response


def _message(request: StaffRequest, pk: int) -> Message:
    known = messages_of(request.user).select_related(
        "clinic", "client", "course__clinic", "appointment"
    )
    return get_object_or_404(known, pk=pk)


def _preview(request: StaffRequest, pk: int) -> Preview:
    shown = preview(_message(request, pk), now=timezone.now())
    if shown is None:
        raise Http404
    return shown
