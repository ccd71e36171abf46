"""An outage at the desk: shown before it is saved, planned together, accepted whole or singly."""

from datetime import time

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from scheduling.models import Appointment, CourseCheck, CourseProposal, Unavailability
from tests import factories
from tests.fixtures import Practice
from tests.scheduling.mending_clinic import MORNING, away, book, colleague, day, days

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
    return Unavailability.objects.get()


def url(name: str, entered: Unavailability) -> str:
    return reverse(f"scheduling:{name}", args=[entered.pk])


def test_what_it_hits_is_shown_before_anything_is_saved(browse, reception, practice: Practice):
    first, made = book(practice, [2, 4])
    made[0].confirmed_at = timezone.now()
    made[0].save()
    second, _made = book(practice, [3, 90], at=time(12))

    response = browse(reception).post(NEW, absence(practice))

    assert [(each.pk, each.sessions) for each in response.context["courses"]] == [
        (second.pk, ("Thu 7 May, 12:00",)),
        (first.pk, ("Wed 6 May, 10:00", "Fri 8 May, 10:00")),
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

    browser.post(url("accept_plans", entered))

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

    browser.post(url("accept_plans", entered), {"course": second.pk})

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

    response = browser.post(url("accept_plans", entered), follow=True)

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
    assert (hit.pk, hit.becomes) == (course.pk, ("Sat 4 July, 10:00",))


def test_only_the_desk_and_managers_enter_absences(browse, cosmetologist, practice: Practice):
    assert browse(cosmetologist).get(NEW).status_code == 403


def test_another_clinics_absence_is_not_there(browse, practice: Practice):
    entered = away(practice, 0, 1)
    stranger = factories.UserFactory(role="receptionist")

    assert browse(stranger).get(url("unavailability", entered)).status_code == 404
    assert browse(stranger).post(url("accept_plans", entered)).status_code == 404


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
