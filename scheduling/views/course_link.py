"""The desk and the link to a client's page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cryoclinic.http import StaffRequest
from scheduling.access import get_course
from scheduling.services.course_link import withdraw_links


@login_required
@permission_required("scheduling.book_course", raise_exception=True)
@require_POST
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """End every link to the course's page given out so far. POST ``send``: mail a new one."""
    send = "send" in request.POST
    course = withdraw_links(by=request.user, course=get_course(request.user, pk), send=send)
    told = send and course.client.may_be_mailed
    messages.success(
        request,
        _("The link is withdrawn; the plan goes out again with a new one.")
        if told
        else _("The link is withdrawn."),
    )
    return redirect("scheduling:course", pk)
