"""The desk's view of the outbox: what went out or will, to whom, when, and what came of it.

A message is sent again or withdrawn here too.
"""

from typing import Any

from csp.decorators import csp
from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from cryoclinic.access import clinic_of
from cryoclinic.errors import Refused
from cryoclinic.http import StaffRequest, number, partial
from scheduling.access import messages_of
from scheduling.models import Message
from scheduling.previews import Preview, preview
from scheduling.selectors.message_history import message_history
from scheduling.selectors.messages import line_of, message_page
from scheduling.selectors.wordings import broken_wordings
from scheduling.services import resending

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
    """GET: the outbox, ``?status=``, ``?kind=``, ``?client=`` (an id), ``?q=`` (a client),
    ``?after=``.
    """
    asked = request.GET
    status, kind = asked.get("status", ""), asked.get("kind", "")
    client = number(asked.get("client"))
    clinic = clinic_of(request.user)
    context = {
        "page": message_page(
            clinic,
            status=status if status in Message.Status else "",
            kind=kind if kind in Message.Kind else "",
            client=client,
            typed=asked.get("q", ""),
            after=asked.get("after", ""),
        ),
        "statuses": Message.Status.choices,
        "kinds": Message.Kind.choices,
        "status": status,
        "kind": kind,
        "typed": asked.get("q", ""),
        "client": client,
        "broken_wordings": broken_wordings(clinic),
        "is_first_page": "after" not in asked,
        "is_filtered": any(asked.get(name) for name in ("status", "kind", "client", "q")),
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
    return _page(request, _message(request, pk))


def _page(request: StaffRequest, found: Message, status: int = 200, **told: Any) -> HttpResponse:
    context = {
        "line": line_of(found, found.clinic),
        "message": found,
        "preview": preview(found, now=timezone.now()),
        "history": message_history(found),
        **told,
    }
    return render(request, "scheduling/messages/detail.html", context, status=status)


@login_required
@permission_required("scheduling.change_message", raise_exception=True)
@require_POST
def resend(request: StaffRequest, pk: int) -> HttpResponse:
    """Send it again, at once; one that was sent is repeated as a message of its own."""
    try:
        again = resending.resend_message(
            by=request.user, message=_message(request, pk), now=timezone.now()
        )
    except Refused as error:
        return _page(request, _message(request, pk), error.status, refused=error)
    notices.success(request, _("The message goes out within half a minute."))
    return redirect("scheduling:message", again.pk)


@login_required
@permission_required("scheduling.change_message", raise_exception=True)
@require_POST
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        resending.withdraw_message(by=request.user, message=_message(request, pk))
    except Refused as error:
        return _page(request, _message(request, pk), error.status, refused=error)
    notices.success(request, _("The message is withdrawn."))
    return redirect("scheduling:message", pk)


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
