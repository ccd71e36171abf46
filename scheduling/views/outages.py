"""An outage at the desk: what it hits before it is saved, and one joint plan for all of it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cryoclinic.access import clinic_of
from cryoclinic.http import UNPROCESSABLE, StaffRequest, number, partial
from scheduling.forms.outages import OutageForm
from scheduling.models import CourseProposal, Unavailability
from scheduling.selectors.outages import (
    coming_absences,
    hit_courses,
    hit_words,
    span_words,
    who_or_what,
)
from scheduling.services import outages as services

PAGE, COURSES = "scheduling/outage/detail.html", "scheduling/outage/_courses.html"
MAY_PLAN = ["scheduling.book_course", "scheduling.move_appointment"]
# Plans made while one answer is waited for.
AT_ONCE = 3


@login_required
@permission_required("scheduling.add_unavailability", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def unavailability_new(request: StaffRequest) -> HttpResponse:
    """POST: what it would hit, writing nothing; with ``save`` it is saved."""
    form = OutageForm(request.POST or None, clinic=clinic_of(request.user))
    if not form.is_valid():
        status = UNPROCESSABLE if request.method == "POST" else 200
        return _form(request, form, status)
    now = timezone.now()
    if "save" in request.POST:
        saved = services.add_unavailability(by=request.user, unavailability=form.unavailability)
        messages.success(request, _("The absence is entered."))
        return redirect("scheduling:unavailability", saved.pk)
    courses = hit_courses(form.unavailability, now=now)
    return _form(request, form, courses=courses, summary=hit_words(courses), is_checked=True)


def _form(
    request: StaffRequest, form: OutageForm, status: int = 200, **checked: Any
) -> HttpResponse:
    """The form, above the absences that are entered already."""
    absences = coming_absences(form.clinic, now=timezone.now())
    context = {"form": form, "absences": absences, **checked}
    return render(request, "scheduling/outage/new.html", context, status=status)


@login_required
@permission_required("scheduling.view_unavailability", raise_exception=True)
@require_safe
def unavailability(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, _get(request, pk))


def _get(request: StaffRequest, pk: int) -> Unavailability:
    found = Unavailability.objects.select_related("clinic", "specialist__user", "room", "device")
    return get_object_or_404(found, pk=pk, clinic=clinic_of(request.user))


def _page(request: StaffRequest, away: Unavailability) -> HttpResponse:
    courses = hit_courses(away, now=timezone.now())
    pending = sum(each.is_pending for each in courses)
    context: dict[str, Any] = {
        "away": away,
        "what": who_or_what(away),
        "span": span_words(away, away.clinic),
        "courses": courses,
        "summary": hit_words(courses),
        "pending": pending,
        "planned": len(courses) - pending,
        "ready": [each for each in courses if each.is_ready],
    }
    return partial(request, PAGE, COURSES, context)


@login_required
@permission_required(MAY_PLAN, raise_exception=True)
@require_POST
def plan_hit_courses(request: StaffRequest, pk: int) -> HttpResponse:
    """Make the next few plans and show how far it is; htmx asks until all are there."""
    away = _get(request, pk)
    services.plan_next(by=request.user, unavailability=away, now=timezone.now(), limit=AT_ONCE)
    if request.headers.get("HX-Request") == "true":
        return _page(request, away)
    return redirect("scheduling:unavailability", pk)


@login_required
@permission_required(MAY_PLAN, raise_exception=True)
@require_POST
def accept_plans(request: StaffRequest, pk: int) -> HttpResponse:
    """POST ``proposal``, once or several times: book these plans, each in one transaction, just
    as they were seen.
    """
    away = _get(request, pk)
    ids = [number(text) for text in request.POST.getlist("proposal")]
    seen = CourseProposal.objects.of(away.clinic).filter(pk__in=[each for each in ids if each])
    proposals = list(seen.select_related("course__client").order_by("pk"))
    refused = services.accept_proposals(by=request.user, proposals=proposals, now=timezone.now())
    done = len(proposals) - len(refused)
    if done:
        text = ngettext("%(count)s course is mended.", "%(count)s courses are mended.", done)
        messages.success(request, text % {"count": done})
    for proposal, error in refused:
        messages.error(request, f"{proposal.course.client.name}: {error.message}")
    return redirect("scheduling:unavailability", pk)


@login_required
@permission_required("scheduling.delete_unavailability", raise_exception=True)
@require_POST
def unavailability_remove(request: StaffRequest, pk: int) -> HttpResponse:
    services.remove_unavailability(by=request.user, unavailability=_get(request, pk))
    messages.success(request, _("The absence is removed."))
    return redirect("scheduling:unavailability_new")
