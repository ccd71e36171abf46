"""A course: its page, its hold and its end, its money, and the session that it has lost."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.access import get_client
from cryoclinic.errors import Refused
from cryoclinic.http import UNPROCESSABLE, StaffRequest, partial
from scheduling.access import get_course
from scheduling.errors import SlotRefused
from scheduling.forms.appointments import SlotForm
from scheduling.forms.courses import CourseReasonForm, PaymentForm
from scheduling.links import page_url
from scheduling.models import Course
from scheduling.selectors.courses import course_page, courses_of_client
from scheduling.selectors.feeds import course_feed_url
from scheduling.selectors.history import course_history
from scheduling.selectors.nearby import nearby_for_session
from scheduling.selectors.offers import missing_sessions, session_offers
from scheduling.services import courses as services

PAGE, ADD = "scheduling/course/detail.html", "scheduling/course/add_session.html"
COURSES = "scheduling/course/client_courses.html"


@login_required
@permission_required("scheduling.view_course", raise_exception=True)
@require_safe
def course(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, get_course(request.user, pk))


def _page(request: StaffRequest, course: Course, status: int = 200, **told: Any) -> HttpResponse:
    """The course's page; ``told`` is what else it shows: a refusal, an invalid form."""
    permissions = request.user.get_all_permissions()
    sees_history = "pghistory.view_events" in permissions
    context = {
        "course": course,
        "page": course_page(course, permissions=permissions),
        "client_link": page_url(course) if "scheduling.book_course" in permissions else "",
        "history": course_history(course) if sees_history else None,
        "feed_url": course_feed_url(course) if "scheduling.book_course" in permissions else "",
        "reason_form": CourseReasonForm(),
        "payment_form": PaymentForm(),
        **told,
    }
    return render(request, PAGE, context, status=status)


@login_required
@permission_required("scheduling.hold_course", raise_exception=True)
@require_POST
def hold(request: StaffRequest, pk: int) -> HttpResponse:
    """POST ``reason``."""
    return _with_reason(request, pk, services.hold_course, _("The course is on hold."))


@login_required
@permission_required("scheduling.hold_course", raise_exception=True)
@require_POST
def stop(request: StaffRequest, pk: int) -> HttpResponse:
    """POST ``reason``."""
    done = _("The course is stopped, and its coming sessions are cancelled.")
    return _with_reason(request, pk, services.stop_course, done)


def _with_reason(request: StaffRequest, pk: int, service: Any, done: str) -> HttpResponse:
    form = CourseReasonForm(request.POST)
    if not form.is_valid():
        course = get_course(request.user, pk)
        return _page(request, course, status=UNPROCESSABLE, reason_form=form)
    return _act(request, pk, service, done, reason=form.cleaned_data["reason"])


def _act(request: StaffRequest, pk: int, service: Any, done: str, **facts: Any) -> HttpResponse:
    course = get_course(request.user, pk)
    try:
        service(by=request.user, course=course, **facts)
    except Refused as error:
        return _page(request, get_course(request.user, pk), status=error.status, refused=error)
    messages.success(request, done)
    return redirect("scheduling:course", pk)


@login_required
@permission_required("scheduling.hold_course", raise_exception=True)
@require_POST
def resume(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.resume_course, _("The course goes on."))


@login_required
@permission_required("scheduling.add_payment", raise_exception=True)
@require_POST
def pay(request: StaffRequest, pk: int) -> HttpResponse:
    """POST ``amount`` and ``comment``."""
    form = PaymentForm(request.POST)
    if not form.is_valid():
        course = get_course(request.user, pk)
        return _page(request, course, status=UNPROCESSABLE, payment_form=form)
    return _act(
        request, pk, services.record_payment, _("The payment is recorded."), **form.cleaned_data
    )


@login_required
@permission_required("scheduling.book_course", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def add_session(request: StaffRequest, pk: int) -> HttpResponse:
    """GET: the times at which a lost session could be. POST ``slot``: book it there."""
    course = get_course(request.user, pk)
    form = SlotForm(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            services.add_session(by=request.user, course=course, slot=form.cleaned_data["slot"])
            messages.success(request, _("The session is booked."))
            return redirect("scheduling:course", pk)
    except Refused as error:
        fresh = get_course(request.user, pk)
        told: dict[str, Any] = {"refused": error}
        if isinstance(error, SlotRefused):
            told["nearby"] = nearby_for_session(fresh, form.cleaned_data["slot"])
        return _offer(request, fresh, error.status, **told)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return _offer(request, course, status, form=form)


def _offer(request: StaffRequest, course: Course, status: int, **told: Any) -> HttpResponse:
    context = {"course": course, "missing": missing_sessions(course), **told}
    if not context["missing"] or "nearby" in told:
        return render(request, ADD, context, status=status)
    try:
        context["offered"] = session_offers(course, every_day="all" in request.GET)
    except Refused as error:
        context.setdefault("refused", error)
    return render(request, ADD, context, status=status)


@login_required
@permission_required("scheduling.view_course", raise_exception=True)
@require_safe
def client_courses(request: StaffRequest, pk: int) -> HttpResponse:
    """The client's courses: for the client's page as a fragment, else a page of their own."""
    client = get_client(request.user, pk)
    context = {"client": client, "courses": courses_of_client(request.user, client)}
    return partial(request, COURSES, "scheduling/course/_client_courses.html", context)
