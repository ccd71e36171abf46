"""An outage at the desk: shown before it is saved, planned together, accepted whole or singly."""

from datetime import time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cryoclinic.changes import event_model_of
from scheduling.models import Appointment, CourseCheck, CourseProposal, Unavailability
from scheduling.selectors.outages import HitCourse, HitSession
from scheduling.services.mending import mend_due
from scheduling.services.watch import look_again
from tests import factories
from tests.fixtures import Practice
from tests.scheduling.mending_clinic import MORNING, away, book, colleague, day, days
from tests.scheduling.outbox_clinic import worker

pytestmark = pytest.mark.django_db
NEW = reverse("scheduling:unavailability_new")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def absence(practice: Practice, first: int = 0, last: int = 60, **more: str) -> dict[str, str]:
    return {
        "what": f"specialist-{practice.specialist.pk}",
        "first_day": day(first).isoformat(),
        "last_day": day(last).isoformat(),
        **more,
    }


def enter(browser, practice: Practice, **more: str) -> Unavailability:
    browser.post(NEW, {**absence(practice), "save": "1", **more})
    return Unavailability.objects.latest("pk")


def url(name: str, entered: Unavailability) -> str:
    return reverse(f"scheduling:{name}", args=[entered.pk])


def now(hit: HitCourse) -> list[str]:
    return [session.now for session in hit.sessions]


def accept(browser, entered: Unavailability, *courses: int):
    """Press “Accept” of these courses, or “Accept all plans”, as the page shows them."""
    ready = browser.get(url("unavailability", entered)).context["ready"]
    seen = [each.proposal.pk for each in ready if not courses or each.pk in courses]
    return browser.post(url("accept_plans", entered), {"proposal": seen}, follow=True)


def test_what_it_hits_is_shown_before_anything_is_saved(browse, reception, practice: Practice):
    first, made = book(practice, [2, 4])
    made[0].confirmed_at = timezone.now()
    made[0].save()
    second, _made = book(practice, [3, 90], at=time(12))

    response = browse(reception).post(NEW, absence(practice))

    assert [(each.pk, now(each)) for each in response.context["courses"]] == [
        (second.pk, ["Thu 7 May, 12:00"]),
        (first.pk, ["Wed 6 May, 10:00", "Fri 8 May, 10:00"]),
    ]
    assert not Unavailability.objects.exists()
    assert not CourseProposal.objects.exists()


def test_part_of_a_day_hits_what_is_in_it(browse, reception, practice: Practice):
    book(practice, [2], at=time(10))
    late, _made = book(practice, [2], at=time(12))

    response = browse(reception).post(NEW, absence(practice, 2, 2, starts="11:00", ends="13:00"))

    assert [each.pk for each in response.context["courses"]] == [late.pk]


def test_the_hit_courses_are_planned_jointly_and_accepted_whole(
    browse, reception, practice: Practice
):
    courses = [book(practice, [2, 4], at=time(10 + n // 3, n % 3 * 20))[0] for n in range(5)]
    other = colleague(practice)
    browser = browse(reception)
    entered = enter(browser, practice)

    seen = []
    for _ in range(3):
        context = browser.get(url("unavailability", entered)).context
        seen.append((context["planned"], context["pending"], len(context["ready"])))
        browser.post(url("plan_hit_courses", entered))
    assert seen == [(0, 5, 0), (3, 2, 3), (5, 0, 5)]

    accept(browser, entered)

    assert set(Appointment.objects.values_list("specialist", flat=True)) == {other.pk}
    assert [days(course) for course in courses] == [[2, 4]] * 5
    assert browser.get(url("unavailability", entered)).context["courses"] == []


def test_one_course_can_be_accepted_alone(browse, reception, practice: Practice):
    first, _made = book(practice, [2, 4])
    second, _made = book(practice, [2, 4], at=time(12))
    colleague(practice)
    browser = browse(reception)
    entered = enter(browser, practice)
    browser.post(url("plan_hit_courses", entered))

    accept(browser, entered, second.pk)

    left = browser.get(url("unavailability", entered)).context["courses"]
    assert [each.pk for each in left] == [first.pk]


def test_a_plan_overtaken_meanwhile_is_refused_and_planned_anew(
    browse, reception, practice: Practice
):
    course, _made = book(practice, [2, 4])
    other = colleague(practice)
    browser = browse(reception)
    entered = enter(browser, practice)
    browser.post(url("plan_hit_courses", entered))
    away(practice, 2, 2, specialist=other)

    response = accept(browser, entered)

    assert "is not free" in response.content.decode()
    assert days(course) == [2, 4]
    assert response.context["pending"] == 1


def test_the_fragment_asks_for_more_until_all_is_planned(browse, reception, practice: Practice):
    for n in range(4):
        book(practice, [2], at=time(10 + n))
    colleague(practice)
    browser = browse(reception)
    entered = enter(browser, practice)
    htmx = {"HX-Request": "true"}

    first = browser.post(url("plan_hit_courses", entered), headers=htmx).content.decode()
    second = browser.post(url("plan_hit_courses", entered), headers=htmx).content.decode()

    assert ("hx-trigger" in first, "hx-trigger" in second) == (True, False)
    assert "3 of 4 courses planned" in first
    assert "<html" not in first


def test_an_end_before_the_beginning_is_refused(browse, reception, practice: Practice):
    response = browse(reception).post(NEW, absence(practice, 4, 2))

    assert response.status_code == 422
    assert "later than the beginning" in response.content.decode()


def test_the_whole_clinic_can_be_closed(browse, reception, practice: Practice):
    course, _made = book(practice, [2])
    browser = browse(reception)
    entered = enter(browser, practice, what="clinic-0")

    browser.post(url("plan_hit_courses", entered))

    (hit,) = browser.get(url("unavailability", entered)).context["courses"]
    assert (hit.pk, hit.sessions) == (
        course.pk,
        (HitSession(now="Wed 6 May, 10:00", then="Sat 4 July, 10:00", with_whom=""),),
    )


@pytest.mark.parametrize("kind", ["specialist", "room", "device", "clinic"])
def test_whatever_is_away_hits_what_needs_it(browse, reception, practice: Practice, kind: str):
    device = factories.DeviceFactory(
        clinic=practice.clinic, procedure_types=[practice.procedure_type]
    )
    course, made = book(practice, [2])
    Appointment.objects.filter(pk=made[0].pk).update(device=device)
    other = factories.CourseFactory(clinic=practice.clinic)
    factories.make_appointment(other, day=day(2), at=time(15))
    pk = {"specialist": practice.specialist.pk, "room": practice.room.pk, "device": device.pk}

    response = browse(reception).post(
        NEW, absence(practice, 2, 2, what=f"{kind}-{pk.get(kind, 0)}")
    )

    hit = {each.pk for each in response.context["courses"]}
    assert hit == ({course.pk, other.pk} if kind == "clinic" else {course.pk})


def test_where_it_goes_and_what_else_moves_is_shown(browse, reception, practice: Practice):
    book(practice, [2, 5, 8])
    browser = browse(reception)
    five = day(5).isoformat()
    entered = enter(browser, practice, first_day=five, last_day=five)

    browser.post(url("plan_hit_courses", entered))

    (hit,) = browser.get(url("unavailability", entered)).context["courses"]
    assert (hit.sessions, hit.more) == (
        (HitSession(now="Sat 9 May, 10:00", then="Fri 8 May, 10:00", with_whom=""),),
        1,
    )


def test_with_whom_a_session_is_instead_is_shown(browse, reception, practice: Practice):
    book(practice, [2])
    other = colleague(practice)
    browser = browse(reception)
    entered = enter(browser, practice)

    browser.post(url("plan_hit_courses", entered))

    (hit,) = browser.get(url("unavailability", entered)).context["courses"]
    (session,) = hit.sessions
    assert (session.then, session.with_whom) == ("Wed 6 May, 10:00", other.name)


def test_only_what_was_seen_is_accepted(browse, reception, practice: Practice):
    course, _made = book(practice, [2, 4])
    colleague(practice)
    browser = browse(reception)
    entered = enter(browser, practice)
    browser.post(url("plan_hit_courses", entered))
    seen = course.proposals.get()
    CourseProposal.objects.update(status="stale", decided_at=timezone.now())
    look_again([course.pk], at=timezone.now())
    mend_due(by=worker(), now=timezone.now())

    response = browser.post(url("accept_plans", entered), {"proposal": seen.pk}, follow=True)

    assert "This plan has been overtaken by another one." in response.content.decode()
    assert set(Appointment.objects.values_list("specialist", flat=True)) == {practice.specialist.pk}
    browser.post(url("plan_hit_courses", entered))
    accept(browser, entered)
    assert course.proposals.filter(status="accepted").count() == 1


def test_what_was_accepted_is_in_the_name_of_who_accepted_it(browse, reception, practice: Practice):
    _course, made = book(practice, [2])
    colleague(practice)
    browser = browse(reception)
    entered = enter(browser, practice)
    browser.post(url("plan_hit_courses", entered))

    accept(browser, entered)

    event = event_model_of(Appointment)._default_manager.filter(id=made[0].pk).latest("pgh_id")
    assert event.pgh_context["user"] == reception.pk


def test_an_absence_entered_by_mistake_is_removed(browse, reception, practice: Practice):
    course, _made = book(practice, [2, 4])
    browser = browse(reception)
    entered = enter(browser, practice)
    mend_due(by=worker(), now=timezone.now())
    assert course.proposals.get().status == "open"
    listed = browser.get(NEW).context["absences"]
    assert [(each[0], each[2]) for each in listed] == [
        (entered, "Mon 4 May, 00:00 – Sat 4 July, 00:00")
    ]

    browser.post(url("unavailability_remove", entered))
    mend_due(by=worker(), now=timezone.now())

    assert not Unavailability.objects.exists()
    assert course.proposals.get().status == "stale"


def test_the_pages_ask_the_database_no_more_for_thirty_courses(
    browse, reception, practice: Practice
):
    def ask() -> int:
        with CaptureQueriesContext(connection) as caught:
            browser.get(url("unavailability", entered))
        return len(caught)

    book(practice, [2])
    browser = browse(reception)
    entered = enter(browser, practice)
    ask()
    one = ask()
    for n in range(29):
        book(practice, [2 + n // 12], at=time(11 + n % 12 // 3, n % 3 * 20))

    assert (ask(), len(browser.get(url("unavailability", entered)).context["courses"])) == (one, 30)


def test_only_the_desk_and_managers_enter_absences(browse, cosmetologist, practice: Practice):
    assert browse(cosmetologist).get(NEW).status_code == 403


def test_another_clinics_absence_is_not_there(browse, practice: Practice):
    entered = away(practice, 0, 1)
    stranger = factories.UserFactory(role="receptionist")

    assert browse(stranger).get(url("unavailability", entered)).status_code == 404
    for name in ("accept_plans", "plan_hit_courses", "unavailability_remove"):
        assert browse(stranger).post(url(name, entered)).status_code == 404
    assert Unavailability.objects.count() == 1


def test_another_clinics_plan_is_not_accepted_with_ones_own_absence(browse, practice: Practice):
    course, _made = book(practice, [2, 6])
    look_again([course.pk], at=timezone.now())
    mend_due(by=worker(), now=timezone.now())
    stranger = factories.UserFactory(role="receptionist")
    own = factories.UnavailabilityFactory(
        clinic=stranger.clinic, period=(timezone.now(), timezone.now() + timedelta(days=1))
    )

    browse(stranger).post(url("accept_plans", own), {"proposal": course.proposals.get().pk})

    assert (course.proposals.get().status, days(course)) == ("open", [2, 6])


def test_an_absence_entered_in_the_back_office_has_its_courses_planned_too(
    browse, manager, practice: Practice
):
    course, _made = book(practice, [2])
    form = {
        "specialist": practice.specialist.pk,
        "period_0": f"{day(2)} 00:00",
        "period_1": f"{day(3)} 00:00",
    }

    browse(manager).post(reverse("admin:scheduling_unavailability_add"), form)

    assert Unavailability.objects.count() == 1
    assert CourseCheck.objects.get().course == course
