"""From the door to the treatment: check in, screen anew where that is due, ask again."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clients.words import tell_reason
from cryoclinic.errors import Refused
from cryoclinic.http import UNPROCESSABLE, StaffRequest, refusal
from procedures.models import Contraindication, Zone
from scheduling.access import get_appointment
from scheduling.forms.notes import VisitCheckForm
from scheduling.models import Appointment
from scheduling.note_rules import refusal_of
from scheduling.selectors.session_start import Stage, is_started, readiness
from scheduling.services.appointments import check_in
from scheduling.services.courses import rescreen_course
from scheduling.services.notes import start_session

PAGE = "scheduling/note/start.html"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("scheduling.ask_again", raise_exception=True)
def start(request: StaffRequest, pk: int) -> HttpResponse:
    """Those who ask at a visit: what is in the way of today's session, else the questions."""
    appointment = get_appointment(request.user, pk)
    form = _form(request, appointment)
    context = _context(request, appointment, form)
    if request.method != "POST":
        return render(request, PAGE, context)
    if not form.is_valid():
        return render(request, PAGE, context, status=UNPROCESSABLE)
    try:
        start_session(by=request.user, appointment=appointment, answers=form.answers())
    except Refused as error:
        return refusal(request, error, PAGE, context)
    if is_started(get_appointment(request.user, pk)):
        return redirect("scheduling:note", pk)
    messages.warning(request, _("Kept. Today's session is stopped and the course is on hold."))
    return redirect("scheduling:session_start", pk)


@require_POST
@login_required
@permission_required(
    ["scheduling.ask_again", "scheduling.check_in_appointment"], raise_exception=True
)
def admit(request: StaffRequest, pk: int) -> HttpResponse:
    """Check the client in; a later screening that counts today is taken over first."""
    appointment = get_appointment(request.user, pk)
    try:
        newer = readiness(appointment, today=appointment.clinic.today()).newer
        if newer is not None:
            rescreen_course(by=request.user, course=appointment.course, screening=newer)
        check_in(by=request.user, appointment=appointment)
    except Refused as error:
        appointment = get_appointment(request.user, pk)
        return refusal(
            request, error, PAGE, _context(request, appointment, _form(request, appointment))
        )
    return redirect("scheduling:session_start", pk)


def _form(request: StaffRequest, appointment: Appointment) -> VisitCheckForm:
    asks = request.method == "POST" and "changed" in request.POST
    return VisitCheckForm(
        request.POST if asks else None,
        questions=list(Contraindication.objects.active().filter(kind="passing")),
        zones=list(Zone.objects.active()),
        today=appointment.clinic.today(),
    )


def _context(
    request: StaffRequest, appointment: Appointment, form: VisitCheckForm
) -> dict[str, Any]:
    ready = readiness(appointment, today=appointment.clinic.today())
    stage = ready.stage
    stopped = stage in (Stage.HELD, Stage.STOPPED)
    return {
        "appointment": appointment,
        "stage": stage,
        "in_the_way": None if stage is Stage.READY else refusal_of(stage, appointment),
        "newer": ready.newer,
        "reasons": [
            (tell_reason(reason, detailed=True), reason.answer)
            for reason in (ready.verdict.reasons if stopped else ())
        ],
        "is_cleared": ready.verdict.is_cleared,
        "form": form,
    }
