"""Two definitions of "cleared on the day", in Python and in SQL, agree on random questionnaires."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.models import Answer, Clearance, Screening
from clients.selectors import screening_facts, uncleared_days
from clients.verdict import verdict_on
from procedures.models import Contraindication
from scheduling.models import Appointment, Course
from tests import factories
from tests.fixtures import Practice

ASKED = date(2031, 3, 1)
VALID_DAYS = 10
ZONES = ("face", "hands", "body")


@dataclass(frozen=True)
class Yes:
    """A yes: ``zones`` is empty unless zone-bound, ``until`` None for an absolute one, days are
    counted from the asking; of each clearance its first day, its length and whether it was revoked.
    """

    until: int | None
    zones: frozenset[str]
    at_visit: bool
    clearances: tuple[tuple[int, int, bool], ...]


clearances = st.tuples(st.integers(0, 12), st.integers(0, 4), st.booleans())
yeses = st.builds(
    Yes,
    until=st.none() | st.integers(1, 14),
    zones=st.frozensets(st.sampled_from(ZONES)),
    at_visit=st.booleans(),
    clearances=st.lists(clearances, max_size=2).map(tuple),
)


@dataclass(frozen=True)
class Stage:
    """One client with a course on each of three zones; everything else is made per example."""

    zones: Mapping[str, Any]
    courses: Mapping[str, Any]

    @property
    def any_course(self) -> Course:
        return next(iter(self.courses.values()))


@pytest.fixture
def stage(practice: Practice) -> Stage:
    zones = {
        name: factories.ZoneFactory(code=name + "-x", covers_all=name == "body") for name in ZONES
    }
    courses = {
        name: factories.CourseFactory(
            clinic=practice.clinic,
            client=practice.person,
            procedure_type=practice.procedure_type,
            zone=zone,
        )
        for name, zone in zones.items()
    }
    for zone in zones.values():
        factories.ProtocolFactory(procedure_type=practice.procedure_type, zone=zone)
    return Stage(zones, courses)


def ask(stage: Stage, given: list[Yes]) -> Screening:
    course = stage.any_course
    asked = {
        "client": course.client,
        "asked_by": factories.UserFactory(clinic=course.clinic),
        "asked_at": datetime.combine(ASKED, time(9), tzinfo=course.clinic.zone),
        "valid_until": ASKED + timedelta(days=VALID_DAYS - 1),
    }
    full = factories.ScreeningFactory(**asked)
    visit = factories.ScreeningFactory(**asked, follows=full)
    for number, yes in enumerate(given):
        answer = keep(stage, visit if yes.at_visit else full, yes, number)
        # What can't be cleared in the database is not cleared here either.
        for first, length, revoked in yes.clearances if yes.until is not None else ():
            clear(answer, first, length, revoked=revoked)
    return full


def keep(stage: Stage, screening: Screening, yes: Yes, number: int) -> Answer:
    kind = "absolute" if yes.until is None else "passing"
    entry = Contraindication.objects.create(
        code=f"random-{number}-{next(serial)}",
        kind=kind,
        zone_bound=bool(yes.zones),
        default_days=None if yes.until is None else 1,
    )
    return Answer.objects.create(
        screening=screening,
        contraindication=entry,
        question="?",
        kind=kind,
        zone_bound=bool(yes.zones),
        present=True,
        affected_zones=sorted(stage.zones[name].pk for name in yes.zones),
        stops_until=None if yes.until is None else ASKED + timedelta(days=yes.until),
    )


serial = count()


def clear(answer: Answer, first: int, length: int, *, revoked: bool) -> None:
    Clearance.objects.create(
        answer=answer,
        valid_from=ASKED + timedelta(days=first),
        expires_on=ASKED + timedelta(days=first + length),
        reason="seen",
        given_by=answer.screening.asked_by,
        revoked_at=timezone.now() if revoked else None,
    )


def database_lets_in(course: Course, screening: Screening, day: date, status: str) -> bool:
    try:
        with transaction.atomic():
            factories.make_appointment(course, day=day, screening=screening, status=status)
            transaction.set_rollback(True)
    except IntegrityError as error:
        name = error.__cause__.diag.constraint_name
        assert name in {"appointment_cleared_on_the_day", "appointment_screened_on_the_day"}
        return False
    return True


@pytest.mark.django_db
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    given=st.lists(yeses, max_size=3),
    where=st.sampled_from(ZONES),
    days=st.sets(st.integers(-1, 16), min_size=1, max_size=3),
)
def test_verdict_and_trigger_agree(
    stage: Stage, given: list[Yes], where: str, days: set[int]
) -> None:
    with transaction.atomic():
        screening = ask(stage, given)
        facts = screening_facts(screening)
        course, zone = stage.courses[where], stage.zones[where]
        for offset in days:
            day = ASKED + timedelta(days=offset)
            bookable = not uncleared_days(facts, zone=zone, first_day=day, last_day=day)
            cleared = verdict_on(facts, zone=zone, day=day).is_cleared
            assert (
                database_lets_in(course, screening, day, "booked"),
                database_lets_in(course, screening, day, "checked_in"),
            ) == (bookable, cleared)
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(given=st.lists(yeses.filter(lambda yes: yes.until), min_size=1, max_size=3))
def test_a_deferral_ends_on_the_first_day_the_database_lets_in(
    stage: Stage, given: list[Yes]
) -> None:
    with transaction.atomic():
        screening = ask(stage, given)
        course, zone = stage.courses["face"], stage.zones["face"]
        until = verdict_on(screening_facts(screening), zone=zone, day=ASKED).until or ASKED
        let_in = [
            database_lets_in(course, screening, ASKED + timedelta(days=offset), "booked")
            for offset in range((until - ASKED).days + 1)
        ]
        assert let_in == [False] * (len(let_in) - 1) + [True]
        transaction.set_rollback(True)
    assert Appointment.objects.count() == 0
