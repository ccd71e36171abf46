"""One appointment: its page, and what can be done with it at the desk."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.selectors import current_screening
from cryoclinic.errors import Refused
from cryoclinic.http import UNPROCESSABLE, StaffRequest, go_to, next_path
from scheduling.access import get_appointment
from scheduling.errors import SlotRefused, WrongState
from scheduling.forms.appointments import AskForm, ReasonForm, SlotForm
from scheduling.models import Appointment
from scheduling.planner import Slot
from scheduling.selectors.appointments import appointment_page
from scheduling.selectors.nearby import nearby_for_move
from scheduling.selectors.offers import asked_time, move_offers
from scheduling.services import appointments as services
from scheduling.services.courses import rescreen_course

PAGE, MOVE = "scheduling/appointment/detail.html", "scheduling/appointment/move.html"


@login_required
@permission_required("scheduling.view_appointment", raise_exception=True)
@require_safe
def appointment(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, get_appointment(request.user, pk))


def _page(
    request: StaffRequest, appointment: Appointment, status: int = 200, **told: Any
) -> HttpResponse:
    """The appointment's page; ``told`` is what else it shows: a refusal, an invalid form."""
    page = appointment_page(appointment, request.user.get_all_permissions())
    context = {"appointment": appointment, "page": page, "reason_form": ReasonForm(), **told}
    return render(request, PAGE, context, status=status)


def _act(
    request: StaffRequest, pk: int, service: Callable[..., object], done: str, **facts: Any
) -> HttpResponse:
    """Call the service and go back to where the button was; a refusal shows the appointment."""
    appointment = get_appointment(request.user, pk)
    try:
        service(by=request.user, appointment=appointment, **facts)
    except Refused as error:
        fresh = get_appointment(request.user, pk)
        return _page(request, fresh, status=error.status, refused=error)
    messages.success(request, f"{appointment.client.name}: {done}")
    return go_to(request, next_path(request, reverse("scheduling:appointment", args=[pk])))


@login_required
@permission_required("scheduling.check_in_appointment", raise_exception=True)
@require_POST
def check_in(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.check_in, _("checked in"))


@login_required
@permission_required("scheduling.check_in_appointment", raise_exception=True)
@require_POST
def undo_check_in(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.undo_check_in, _("not checked in any more"))


@login_required
@permission_required("scheduling.check_in_appointment", raise_exception=True)
@require_POST
def mark_missed(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.mark_missed, _("missed; book the session again"))


@login_required
@permission_required("scheduling.check_in_appointment", raise_exception=True)
@require_POST
def undo_missed(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.undo_missed, _("booked again"))


@login_required
@permission_required("scheduling.cancel_appointment", raise_exception=True)
@require_POST
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """POST ``reason``."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        appointment = get_appointment(request.user, pk)
        return _page(request, appointment, status=UNPROCESSABLE, reason_form=form)
    reason = form.cleaned_data["reason"]
    return _act(request, pk, services.cancel_appointment, _("visit cancelled"), reason=reason)


@login_required
@permission_required("scheduling.cancel_appointment", raise_exception=True)
@require_POST
def restore(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.restore_appointment, _("booked again"))


@login_required
@permission_required("scheduling.check_in_appointment", raise_exception=True)
@require_POST
def rescreen(request: StaffRequest, pk: int) -> HttpResponse:
    """Let the course's coming sessions rely on the client's newest full screening."""

    def use_newest(*, by: Any, appointment: Appointment) -> None:
        newest = current_screening(appointment.client)
        if newest is None or newest == appointment.screening:
            raise WrongState(_("There is no newer screening of this client."))
        rescreen_course(by=by, course=appointment.course, screening=newest)

    return _act(request, pk, use_newest, _("the new screening counts for the coming sessions"))


@login_required
@permission_required("scheduling.move_appointment", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: StaffRequest, pk: int) -> HttpResponse:
    """GET: the times that keep the gaps on both sides, with ``?all`` of every day; with
    ``?day=&at=&specialist=`` whether that one can be had. POST ``slot``: move it there.
    """
    appointment = get_appointment(request.user, pk)
    form = SlotForm(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            services.move_appointment(
                by=request.user, appointment=appointment, slot=form.cleaned_data["slot"]
            )
            return _moved(request, pk)
    except Refused as error:
        return _not_moved(request, pk, error, form.cleaned_data["slot"])
    status = UNPROCESSABLE if request.method == "POST" else 200
    return _offer(request, appointment, status, form=form)


def _not_moved(request: StaffRequest, pk: int, error: Refused, slot: Slot) -> HttpResponse:
    """Which rule said no, and the free times nearest to the slot."""
    appointment = get_appointment(request.user, pk)
    told: dict[str, Any] = {"refused": error}
    if isinstance(error, SlotRefused):
        told["nearby"] = nearby_for_move(appointment, slot)
    return _offer(request, appointment, error.status, **told)


def _moved(request: StaffRequest, pk: int) -> HttpResponse:
    appointment = get_appointment(request.user, pk)
    page = appointment_page(appointment, ())
    told = _("moved to %(day)s, %(hours)s") % {"day": page.when, "hours": page.hours}
    messages.success(request, f"{appointment.client.name}: {told}")
    return go_to(request, next_path(request, reverse("scheduling:appointment", args=[pk])))


def _offer(
    request: StaffRequest, appointment: Appointment, status: int, **told: Any
) -> HttpResponse:
    """The move page; without offers where none can be made, and it says why."""
    asking = AskForm(request.GET if "at" in request.GET else None, appointment=appointment)
    context = {
        "appointment": appointment,
        "page": appointment_page(appointment, ()),
        "asking": asking,
        **told,
    }
    if "nearby" in told:
        return render(request, MOVE, context, status=status)
    try:
        context["offered"] = move_offers(appointment, every_day="all" in request.GET)
        if asking.is_bound and asking.is_valid():
            context["asked"] = asked_time(appointment, **asking.cleaned_data)
    except Refused as error:
        context.setdefault("refused", error)
    return render(request, MOVE, context, status=status)
