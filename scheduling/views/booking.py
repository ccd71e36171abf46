"""Booking a course on one page: what and when, the plan that comes of it, and the booking."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import retarget

from clients.access import get_client
from clients.facts import screening_facts
from clients.models import Client, Screening
from clients.selectors import current_screening
from clients.verdict import ScreeningFacts, verdict_on
from cryoclinic.access import clinic_of
from cryoclinic.errors import Refused
from cryoclinic.http import CONFLICT, UNPROCESSABLE, StaffRequest, go_to, number, partial
from cryoclinic.models import Clinic
from scheduling.errors import Busy, CourseAlreadyOpen, SlotRefused, StalePlan
from scheduling.forms.booking import ChosenPlanForm, CourseForm, relaxed
from scheduling.forms.fields import read_choice
from scheduling.models import Course
from scheduling.planner import Slot
from scheduling.proposals import Proposal, choose, propose
from scheduling.questions import Treatment
from scheduling.selectors.courses import booked_words
from scheduling.selectors.nearby import refused_plan
from scheduling.selectors.plans import PlanPanel, plan_panel
from scheduling.selectors.verdicts import deferral_words, require_no_refusal, why_not_screened
from scheduling.services.booking import book_course

PAGE, WORKSPACE = "scheduling/booking/new.html", "scheduling/booking/_workspace.html"
ANSWER = "scheduling/booking/_answer.html"


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """Who books what for whom; the form is valid."""

    request: StaffRequest
    clinic: Clinic
    client: Client
    screening: Screening
    facts: ScreeningFacts
    form: CourseForm
    chosen: ChosenPlanForm


@login_required
@permission_required(["clients.view_client", "scheduling.book_course"], raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def course_new(request: StaffRequest) -> HttpResponse:
    """``?client=``. GET: the form. POST: find or change a plan, writing nothing, or book it."""
    pk = number(request.GET.get("client"))
    if pk is None:
        messages.info(request, _("Choose the client first, then “Book a course”."))
        return redirect("clients:list")
    client, clinic = get_client(request.user, pk), clinic_of(request.user)
    screening, today = current_screening(client), clinic.today()
    stop = why_not_screened(screening, today)
    if screening is None or stop:
        context = {"client": client, "why": stop}
        return render(request, "scheduling/booking/unscreened.html", context)
    data = relaxed(request.POST, request.POST.get("relax", "")) if request.POST else None
    form, chosen = CourseForm(data, clinic=clinic, day=today), ChosenPlanForm(data)
    valid = form.is_valid() and chosen.is_valid()
    context = {"client": client, "screening": screening, "form": form, "booking_key": chosen.key}
    if not valid:
        status = UNPROCESSABLE if request.method == "POST" else 200
        return retarget(partial(request, PAGE, WORKSPACE, context, status=status), "#booking")
    desk = _Desk(
        request=request,
        clinic=clinic,
        client=client,
        screening=screening,
        facts=screening_facts(screening),
        form=form,
        chosen=chosen,
    )
    return _answer(desk, context)


def _answer(desk: _Desk, context: dict[str, Any]) -> HttpResponse:
    """The plan asked for, or the booking, or why not and what is free instead.

    htmx gets the answer alone, and the form with it only where the form changed.
    """
    request, form = desk.request, desk.form
    named = request.user.has_perm("clients.view_answers")
    verdict = verdict_on(desk.facts, zone=form.zone, day=desk.clinic.today())
    context |= {"planned_for": form.fingerprint, "deferral": deferral_words(verdict, named=named)}
    whole = bool(request.POST.keys() & {"relax", "mended"})
    fragment, status = (WORKSPACE if whole else ANSWER), 200
    try:
        require_no_refusal(verdict, named=named)
        if "book" in request.POST:
            return _booked(desk)
        context["panel"] = _panel(desk)
    except Refused as error:
        context |= {"refused": error, **_instead(desk, error)}
        status = error.status
    response = partial(request, PAGE, fragment, context, status=status)
    return retarget(response, "#booking") if whole else response


def _instead(desk: _Desk, error: Refused) -> dict[str, Any]:
    """The plan that could not be booked with what is free near it; a fresh one where that was no
    plan of these wishes; nothing where the refusal is of the procedure itself.
    """
    raced = isinstance(error, SlotRefused | Busy) and error.status == CONFLICT
    if "book" in desk.request.POST and raced:
        treatment, slots = Treatment.new(**_asked(desk)), _slots_on_screen(desk)
        wishes, facts = desk.form.wishes, desk.facts
        kept = refused_plan(treatment, desk.screening, slots, error, wishes=wishes, facts=facts)
        return {"kept": kept}
    try:
        return {"panel": _shown(desk, _proposal(desk))}
    except Refused:
        return {}


def _booked(desk: _Desk) -> HttpResponse:
    """Book the plan on the screen, once, and go to the course."""
    course = book_course(
        by=desk.request.user,
        client=desk.client,
        clinic=desk.clinic,
        procedure_type=desk.form.procedure_type,
        zone=desk.form.zone,
        indications=list(desk.form.cleaned_data["indications"]),
        wishes=desk.form.wishes,
        slots=_slots_on_screen(desk),
        screening=desk.screening,
        booking_key=desk.chosen.key,
        protocol=desk.form.protocol,
    )
    messages.success(desk.request, booked_words(course))
    return go_to(desk.request, reverse("scheduling:course", args=[course.pk]))


def _panel(desk: _Desk) -> PlanPanel:
    """The planner's plan, or the one on the screen with one session opened or changed."""
    post, proposal = desk.request.POST, _proposal(desk)
    opened, choice = number(post.get("open")), read_choice(post.get("choose", ""))
    if opened is None and choice is None:
        return _shown(desk, proposal)
    slots = list(_slots_on_screen(desk))
    index = choice[0] if choice else opened or 0
    if index >= len(slots):
        raise StalePlan(_("The plan has no such session."))
    if choice is None:
        return _shown(desk, choose(proposal, slots), opened=index)
    slots[index] = choice[1]
    return _shown(desk, choose(proposal, slots), changed=index)


def _proposal(desk: _Desk) -> Proposal:
    """The planner's answer; raises ``CourseAlreadyOpen`` before anybody chooses times in vain."""
    form = desk.form
    same = Course.objects.filter(procedure_type=form.procedure_type, zone=form.zone)
    if same.open().filter(client=desk.client).exists():
        raise CourseAlreadyOpen()
    asked = _asked(desk)
    return propose(wishes=form.wishes, screening=desk.screening, facts=desk.facts, **asked)


def _asked(desk: _Desk) -> dict[str, Any]:
    """What is to be planned."""
    return {
        "clinic": desk.clinic,
        "client": desk.client,
        "procedure_type": desk.form.procedure_type,
        "zone": desk.form.zone,
        "sessions": desk.form.cleaned_data["sessions"],
        "protocol": desk.form.protocol,
    }


def _shown(desk: _Desk, proposal: Proposal, **marks: int) -> PlanPanel:
    return plan_panel(proposal, clinic=desk.clinic, price=desk.form.price, **marks)


def _slots_on_screen(desk: _Desk) -> tuple[Slot, ...]:
    """The slots of the plan that the form still asks for; raises ``StalePlan``."""
    values = desk.chosen.cleaned_data
    if not values["slot"] or values["planned_for"] != desk.form.fingerprint:
        raise StalePlan(_("The wishes were changed after these times were found."))
    return tuple(sorted(values["slot"], key=lambda slot: (slot.day, slot.cell)))
