"""Whatever the back office changes, and by whatever path: the courses it hits are looked at, and no
others. The tables' own clock counts here, so the days are real ones.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from clients.models import Clearance
from clients.services import give_clearance, revoke_clearance
from scheduling import replanning
from scheduling.models import (
    Course,
    CourseCheck,
    CourseProposal,
    Device,
    Room,
    Specialist,
    Unavailability,
    WorkingHours,
)
from scheduling.services.mending import mend_due
from scheduling.services.outages import remove_unavailability
from scheduling.services.watch import look_again
from tests import factories
from tests.fixtures import Practice
from tests.scheduling.outbox_clinic import worker

pytestmark = pytest.mark.django_db
FAR = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Clinic:
    """``hit`` has a session in three days with all that changes; ``other`` shares nothing with it
    but the clinic; ``waiting`` has no session and an open proposal.
    """

    practice: Practice
    device: Device
    hit: Course
    other: Course
    waiting: Course

    def away(self, **who: object) -> Unavailability:
        noon = self.noon(3)
        return factories.UnavailabilityFactory(
            clinic=self.practice.clinic,
            period=(noon - timedelta(hours=12), noon + timedelta(hours=12)),
            **who,
        )

    def noon(self, offset: int) -> datetime:
        day = self.practice.clinic.today() + timedelta(days=offset)
        return datetime.combine(day, time(12), tzinfo=self.practice.clinic.zone)

    @property
    def weekday(self) -> int:
        return self.noon(3).weekday()


@pytest.fixture
def place(practice: Practice) -> Clinic:
    device = factories.DeviceFactory(
        clinic=practice.clinic, procedure_types=[practice.procedure_type]
    )
    today = practice.clinic.today()
    hit = factories.CourseFactory(
        clinic=practice.clinic, client=practice.person, protocol=practice.protocol
    )
    factories.make_appointment(
        hit,
        day=today + timedelta(days=3),
        at=time(12),
        specialist=practice.specialist,
        room=practice.room,
        device=device,
        screening=practice.screening,
    )
    other = factories.CourseFactory(clinic=practice.clinic)
    factories.make_appointment(other, day=today + timedelta(days=4))
    waiting = factories.CourseFactory(clinic=practice.clinic)
    CourseProposal.objects.create(
        course=waiting, reason="gap_too_long", cells=4, fingerprint="x", created_at=timezone.now()
    )
    return Clinic(practice=practice, device=device, hit=hit, other=other, waiting=waiting)


def settle() -> None:
    """Every course has been looked at, and nothing is due for a long time."""
    look_again(Course.objects.values_list("pk", flat=True), at=FAR)
    CourseCheck.objects.update(due_at=FAR)


def due() -> set[int]:
    return set(CourseCheck.objects.filter(due_at__lte=timezone.now()).values_list("pk", flat=True))


Change = Callable[[Clinic], object]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda at: at.away(specialist=at.practice.specialist), id="absence"),
        pytest.param(lambda at: at.away(room=at.practice.room), id="room closed for a day"),
        pytest.param(lambda at: at.away(device=at.device), id="device gone for a day"),
        pytest.param(lambda at: at.away(), id="clinic closed"),
        pytest.param(
            lambda at: Specialist.objects.filter(pk=at.practice.specialist.pk).update(
                is_active=False
            ),
            id="specialist has left",
        ),
        pytest.param(
            lambda at: Room.objects.filter(pk=at.practice.room.pk).update(is_active=False),
            id="room closed",
        ),
        pytest.param(
            lambda at: Device.objects.filter(pk=at.device.pk).update(is_active=False),
            id="device gone",
        ),
        pytest.param(lambda at: at.practice.specialist.skills.clear(), id="skill lost"),
        pytest.param(lambda at: at.practice.room.procedure_types.clear(), id="room not for it"),
        pytest.param(lambda at: at.device.procedure_types.clear(), id="device not for it"),
        pytest.param(
            lambda at: WorkingHours.objects.filter(
                specialist=at.practice.specialist, weekday=at.weekday
            ).delete(),
            id="hours deleted",
        ),
        pytest.param(
            lambda at: WorkingHours.objects.filter(specialist=None, weekday=at.weekday).delete(),
            id="opening hours deleted",
        ),
    ],
)
def test_what_takes_something_away_has_the_courses_it_hits_looked_at(place: Clinic, change: Change):
    settle()

    change(place)

    assert due() == {place.hit.pk}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda at: WorkingHours.objects.create(
                clinic=at.practice.clinic, weekday=0, starts=time(18), ends=time(20)
            ),
            id="hours added",
        ),
        pytest.param(
            lambda at: factories.SpecialistFactory(
                clinic=at.practice.clinic, skills=[at.practice.procedure_type], hours=False
            ),
            id="skill gained",
        ),
        pytest.param(
            lambda at: factories.RoomFactory(
                clinic=at.practice.clinic, procedure_types=[at.practice.procedure_type]
            ),
            id="room for it",
        ),
    ],
)
def test_what_gives_more_time_has_the_courses_that_wait_looked_at(place: Clinic, change: Change):
    settle()

    change(place)

    assert due() == {place.waiting.pk}


@pytest.mark.parametrize("kind", [Specialist, Room, Device])
def test_what_is_in_use_again_has_the_courses_that_wait_looked_at(place: Clinic, kind):
    kind.objects.update(is_active=False)
    settle()

    kind.objects.update(is_active=True)

    assert due() == {place.waiting.pk}


def test_an_absence_changed_or_deleted_frees_what_it_took(place: Clinic, reception):
    away = place.away(specialist=place.practice.specialist)
    settle()

    away.period = (place.noon(30), place.noon(31))
    away.save()
    assert due() == {place.waiting.pk}

    settle()
    remove_unavailability(by=reception, unavailability=away)
    assert due() == {place.waiting.pk}


def test_hours_changed_hit_whom_the_old_ones_held_and_free_for_who_waits(place: Clinic):
    settle()
    hours = WorkingHours.objects.get(specialist=place.practice.specialist, weekday=place.weekday)
    hours.ends = time(11)
    hours.save()

    assert due() == {place.hit.pk, place.waiting.pk}


def test_hours_of_another_weekday_or_of_a_time_past_hit_nobody(place: Clinic):
    WorkingHours.objects.filter(weekday=place.weekday).update(
        valid_until=place.practice.clinic.today() - timedelta(days=1)
    )
    CourseProposal.objects.all().delete()
    settle()

    WorkingHours.objects.filter(specialist=place.practice.specialist).exclude(
        weekday=place.noon(4).weekday()
    ).delete()

    assert due() == set()


def test_a_clearance_given_or_revoked_has_the_clients_courses_looked_at(
    place: Clinic, cosmetologist
):
    today = place.practice.clinic.today()
    answer = factories.AnswerFactory(
        screening=place.practice.screening,
        kind="passing",
        present=True,
        stops_until=today + timedelta(days=10),
    )
    cosmetologist.user_permissions.add(Permission.objects.get(codename="add_clearance"))
    settle()
    clearance = give_clearance(
        by=cosmetologist,
        answer=answer,
        valid_from=today,
        expires_on=today + timedelta(days=9),
        reason="Healed.",
    )
    assert due() == {place.hit.pk}

    settle()
    revoke_clearance(by=cosmetologist, clearance=Clearance.objects.get(pk=clearance.pk))
    assert due() == {place.hit.pk}
    mend_due(by=worker(), now=timezone.now())
    assert list(place.hit.proposals.values_list("reason", "status")) == [("unavailable", "open")]


def test_confirmed_visits_are_looked_at_last(place: Clinic):
    early = factories.CourseFactory(clinic=place.practice.clinic, protocol=place.practice.protocol)
    factories.make_appointment(
        early,
        day=place.practice.clinic.today() + timedelta(days=3),
        at=time(15),
        specialist=place.practice.specialist,
        room=place.practice.room,
    )
    place.hit.appointments.update(confirmed_at=timezone.now())
    settle()

    place.away(specialist=place.practice.specialist)

    checks = CourseCheck.objects.filter(due_at__lte=timezone.now()).order_by("due_at")
    assert [check.pk for check in checks] == [early.pk, place.hit.pk]


def test_a_course_that_is_held_or_over_is_left_alone(place: Clinic):
    Course.objects.filter(pk=place.hit.pk).update(status="held", held_reason="waits")
    settle()

    place.away()

    assert due() == set()


def test_what_changes_while_the_worker_looks_is_looked_at_again(place: Clinic, monkeypatch):
    settle()
    look_again([place.hit.pk], at=timezone.now())
    found_before = replanning.replan

    def changed_meanwhile(*args, **kwargs):
        monkeypatch.setattr("scheduling.services.mending.replan", found_before)
        found = found_before(*args, **kwargs)
        place.away(specialist=place.practice.specialist)
        return found

    monkeypatch.setattr("scheduling.services.mending.replan", changed_meanwhile)

    assert mend_due(by=worker(), now=timezone.now()) == 2
    assert place.hit.proposals.filter(status="open", reason="unavailable").exists()


def test_the_back_offices_forms_are_no_exception(browse, manager, place: Clinic):
    away = place.away(specialist=place.practice.specialist)
    browser = browse(manager)
    settle()
    browser.post(reverse("admin:scheduling_unavailability_delete", args=[away.pk]), {"post": "yes"})
    assert (Unavailability.objects.count(), due()) == (0, {place.waiting.pk})

    settle()
    hours = WorkingHours.objects.get(specialist=place.practice.specialist, weekday=place.weekday)
    browser.post(
        reverse("admin:scheduling_workinghours_change", args=[hours.pk]),
        {
            "specialist": place.practice.specialist.pk,
            "weekday": hours.weekday,
            "starts": "15:00",
            "ends": "18:00",
        },
    )
    assert due() == {place.hit.pk, place.waiting.pk}
