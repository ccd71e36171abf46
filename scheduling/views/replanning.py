"""Mending a course at the desk: before and after side by side, accepted in one click."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cryoclinic.errors import Refused
from cryoclinic.http import UNPROCESSABLE, StaffRequest, number
from scheduling.access import get_course
from scheduling.errors import StalePlan
from scheduling.forms.replanning import AcceptForm, WishesForm, wishes_initial
from scheduling.models import Course
from scheduling.replanning import replan
from scheduling.selectors.mending import replan_page, taken_by_others
from scheduling.services.replanning import apply_replan, dismiss_proposal
from scheduling.wishes import Wishes

MAY = ["scheduling.book_course", "scheduling.move_appointment"]


@login_required
@permission_required(MAY, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def replan_course(request: StaffRequest, pk: int) -> HttpResponse:
    """The wishes are in the address (``?wished=1``), the course's own without. GET: before and
    after. POST ``step``, ``fingerprint``: book the plan; a stale one is shown anew.
    """
    course = get_course(request.user, pk)
    form = _wishes_form(request, course)
    if form.is_bound and not form.is_valid():
        return _page(request, course, form, UNPROCESSABLE)
    if request.method != "POST":
        return _page(request, course, form)
    accepted = AcceptForm(request.POST)
    try:
        if not accepted.is_valid():
            raise StalePlan(_("The plan could not be read. Ask for times again."))
        apply_replan(
            by=request.user,
            course=course,
            steps=accepted.cleaned_data["step"],
            fingerprint=accepted.cleaned_data["fingerprint"],
            wishes=form.wishes if form.is_bound else None,
        )
    except Refused as error:
        return _page(request, get_course(request.user, pk), form, error.status, refused=error)
    messages.success(request, _("The course is mended."))
    return redirect("scheduling:course", pk)


def _wishes_form(request: StaffRequest, course: Course) -> WishesForm:
    return WishesForm(
        request.GET if "wished" in request.GET else None,
        clinic=course.clinic,
        initial=wishes_initial(Wishes.from_json(course.wishes)),
    )


def _page(
    request: StaffRequest, course: Course, form: WishesForm, status: int = 200, **told: Any
) -> HttpResponse:
    context = {
        "course": course,
        "form": form,
        "proposal": course.proposals.open().first(),
        **told,
    }
    try:
        if not form.is_bound or form.is_valid():
            now = timezone.now()
            found = replan(
                course,
                wishes=form.wishes if form.is_bound else None,
                now=now,
                taken=list(taken_by_others(course, now)),
            )
            context["page"] = replan_page(found)
    except Refused as error:
        context.setdefault("refused", error)
    return render(request, "scheduling/course/replan.html", context, status=status)


@login_required
@permission_required(MAY, raise_exception=True)
@require_POST
def dismiss(request: StaffRequest, pk: int) -> HttpResponse:
    """POST ``proposal``: leave the course as it is; just this plan is not proposed again."""
    course = get_course(request.user, pk)
    pk_seen = number(request.POST.get("proposal")) or 0
    seen = course.proposals.open().filter(pk=pk_seen).first()
    if seen is None:
        messages.info(request, _("That plan has been overtaken: this is the present one."))
        return redirect("scheduling:replan", pk)
    dismiss_proposal(by=request.user, proposal=seen)
    messages.success(request, _("The course stays as it is."))
    return redirect("scheduling:course", pk)
