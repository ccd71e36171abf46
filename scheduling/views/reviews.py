"""What a client has answered before a visit, and what a clinician makes of it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cryoclinic.errors import Refused
from cryoclinic.http import UNPROCESSABLE, StaffRequest
from scheduling.access import get_appointment
from scheduling.forms.reviews import ReviewForm
from scheduling.models import PreVisitAnswer
from scheduling.selectors.appointments import appointment_page
from scheduling.selectors.reviews import answers_before
from scheduling.services.pre_visit import review_answer

PAGE = "scheduling/appointment/review.html"


@login_required
@permission_required(["scheduling.ask_again", "clients.view_answers"], raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: StaffRequest, pk: int) -> HttpResponse:
    """GET: the answers. POST ``answer``, ``outcome`` and ``comment``: the visit goes on, or not."""
    appointment = get_appointment(request.user, pk)
    form = ReviewForm(request.POST or None, appointment=appointment)
    told: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                review_answer(by=request.user, **form.cleaned_data)
            except Refused as error:
                told, status = told | {"refused": error}, error.status
            else:
                messages.success(request, _done(form.cleaned_data["outcome"]))
                return redirect("scheduling:appointment", pk)
    context = {
        "appointment": appointment,
        "page": appointment_page(appointment, ()),
        "answers": answers_before(appointment),
        **told,
    }
    return render(request, PAGE, context, status=status)


def _done(outcome: str) -> str:
    if outcome == PreVisitAnswer.Outcome.GOES_ON:
        return _("Reviewed: the visit goes on.")
    return _("Reviewed: the course is on hold.")
