"""The client's own page, ``/v/<token>/``: the course at a glance, what can be done with a visit.

GET shows and never acts. Each POST is one service; sent twice it ends the same way.
"""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cryoclinic.errors import Refused
from cryoclinic.models import User
from scheduling.client_rules import ChangedMeanwhile, TimeGone, unbooked
from scheduling.forms.client_page import BookForm, MoveForm, VersionForm
from scheduling.link_access import course_by_link
from scheduling.models import Appointment, Course
from scheduling.selectors.client_page import Place, client_page, latest_answers, visit_line
from scheduling.selectors.client_times import times_for, times_for_lost
from scheduling.selectors.client_words import DONE
from scheduling.selectors.feeds import course_feed_url, subscription_url
from scheduling.services import client_page as services
from scheduling.spans import slot_of
from scheduling.views.client_link import OpenLink, of_course

PAGE = "scheduling/client_page/page.html"
CANCEL, MOVE = "scheduling/client_page/cancel.html", "scheduling/client_page/move.html"
BOOK = "scheduling/client_page/book.html"


@of_course(course_by_link)
@require_safe
def page(request: HttpRequest, link: OpenLink) -> HttpResponse:
    """GET: all of it; ``?done=`` names what has just been done."""
    return _page(request, link, done=DONE.get(request.GET.get("done", "")))


def _page(request: HttpRequest, link: OpenLink, status: int = 200, **told: Any) -> HttpResponse:
    shown = client_page(link.course, now=timezone.now())
    context = {
        "token": link.token,
        "page": shown,
        "place": shown.place,
        "calendar_url": subscription_url(course_feed_url(link.course)),
        **told,
    }
    return render(request, PAGE, context, status=status)


def _act(request: HttpRequest, link: OpenLink, done: str, act: Callable[..., Any]) -> HttpResponse:
    """Call the service as the client; a refusal shows the page as it is now."""
    try:
        act(by=User.objects.client_by_link(), course=link.course)
    except Refused as error:
        fresh = OpenLink(link.token, course_by_link(link.token))
        return _page(request, fresh, status=error.status, refused=error)
    return link.back(done)


@of_course(course_by_link)
@require_POST
def confirm(request: HttpRequest, link: OpenLink, pk: int) -> HttpResponse:
    visit_of(link, pk)
    return _act(request, link, "confirmed", lambda **who: services.confirm_visit(visit=pk, **who))


@of_course(course_by_link)
@require_POST
def undo(request: HttpRequest, link: OpenLink, pk: int) -> HttpResponse:
    visit_of(link, pk)
    return _act(
        request, link, "restored", lambda **who: services.take_cancellation_back(visit=pk, **who)
    )


@of_course(course_by_link)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, link: OpenLink, pk: int) -> HttpResponse:
    """GET asks whether it is meant. POST ``version``: call the visit off."""
    visit = visit_of(link, pk)
    if request.method != "POST":
        return render(request, CANCEL, about_visit(link, visit))
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    return _act(
        request,
        link,
        "cancelled",
        lambda **who: services.cancel_visit(visit=pk, version=version, **who),
    )


@of_course(course_by_link)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, link: OpenLink, pk: int) -> HttpResponse:
    """GET: the times that the planner offers. POST ``slot`` and ``version``: move it there."""
    visit = visit_of(link, pk)
    form = MoveForm(request.POST or None)
    try:
        if request.method == "POST":
            _move(link, visit, form)
            return link.back("moved")
    except Refused as error:
        return _offer(request, link, visit_of(link, pk), status=error.status, refused=error)
    return _offer(request, link, visit)


def _move(link: OpenLink, visit: Appointment, form: MoveForm) -> None:
    """Raises ``Refused``; a time that was not offered is answered as one that is gone."""
    if not form.is_valid():
        raise ChangedMeanwhile()
    slot = form.cleaned_data["slot"]
    is_there = visit.status == Appointment.Status.BOOKED and slot_of(visit) == slot
    if not is_there and slot not in times_for(visit, now=timezone.now()).slots:
        raise TimeGone()
    services.move_visit(
        by=User.objects.client_by_link(),
        course=link.course,
        visit=visit.pk,
        slot=slot,
        version=form.cleaned_data["version"],
    )


def _offer(
    request: HttpRequest, link: OpenLink, visit: Appointment, status: int = 200, **told: Any
) -> HttpResponse:
    """The page of times; without them where it can't be moved, and it says why."""
    context = {**about_visit(link, visit), **told}
    if context["visit"].may_change:
        try:
            context["days"] = times_for(visit, now=timezone.now()).days
        except Refused:  # no day on which the client is cleared
            context["days"] = ()
    return render(request, MOVE, context, status=status)


@of_course(course_by_link)
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, link: OpenLink) -> HttpResponse:
    """GET: the times for a session that the course has lost. POST ``slot``: book it there."""
    try:
        if request.method == "POST":
            _book(link, BookForm(request.POST))
            return link.back("booked")
    except Refused as error:
        fresh = OpenLink(link.token, course_by_link(link.token))
        return _offer_lost(request, fresh, status=error.status, refused=error)
    return _offer_lost(request, link)


def _book(link: OpenLink, form: BookForm) -> None:
    """Raises ``Refused``; a time that was not offered is answered as one that is gone."""
    if not form.is_valid():
        raise TimeGone()
    slot, course = form.cleaned_data["slot"], link.course
    is_there = slot in [slot_of(each) for each in course.appointments.upcoming()]
    if not is_there and slot not in times_for_lost(course, now=timezone.now()).slots:
        raise TimeGone()
    services.book_visit(by=User.objects.client_by_link(), course=course, slot=slot)


def _offer_lost(
    request: HttpRequest, link: OpenLink, status: int = 200, **told: Any
) -> HttpResponse:
    """The page of times; without them where nothing is to be booked, and it says why."""
    course, now = link.course, timezone.now()
    context = {
        "token": link.token,
        "place": Place.of(course.clinic),
        "course_status": course.status,
        "missing": unbooked(course, course.appointments.all(), now),
        **told,
    }
    if context["missing"] and course.status == Course.Status.ACTIVE:
        context["days"] = times_for_lost(course, now=now).days
    return render(request, BOOK, context, status=status)


def about_visit(link: OpenLink, visit: Appointment) -> dict[str, Any]:
    answer = latest_answers([visit]).get(visit.pk)
    line = visit_line(link.course, visit, answer, timezone.now())
    return {"token": link.token, "visit": line, "place": Place.of(link.course.clinic)}


def visit_of(link: OpenLink, pk: int) -> Appointment:
    """The visit, if it is one of the link's course; as missing as any other if not."""
    visits = link.course.appointments.select_related("screening")
    visit = visits.filter(pk=pk).first()
    if visit is None:
        raise Http404
    visit.course, visit.clinic = link.course, link.course.clinic
    return visit
