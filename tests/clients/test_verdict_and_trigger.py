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

from clients.facts import screening_facts
from clients.models import Answer, Clearance, Screening
from clients.verdict import uncleared_days, verdict_on
from procedures.models import Contraindication
from scheduling.models import Course
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
    zones: tuple[str, ...]
    at_visit: bool
    clearances: tuple[tuple[int, int, bool], ...]


clearances = st.tuples(st.integers(0, 5), st.integers(0, 2), st.sampled_from([False, False, True]))
yeses = st.builds(
    Yes,
    until=st.integers(1, 12) | st.none(),
    zones=st.sampled_from([(), ("face",), ("hands",), ("face", "hands"), ("body",)]),
    at_visit=st.booleans(),
    clearances=st.lists(clearances, max_size=2).map(tuple),
)


def turning_days(given: list[Yes]) -> list[int]:
    """Every day on which something may begin or end, and the days around it."""
    days = {0, VALID_DAYS}
    for yes in given:
        days |= {yes.until} if yes.until else set()
        days |= {day for first, length, _ in yes.clearances for day in (first, first + length + 1)}
    return sorted(days | {day - 1 for day in days})


@dataclass(frozen=True)
class Stage:
    """One client with a course on each of three zones; everything else is made per example."""

    zones: Mapping[str, Any]
    courses: Mapping[str, Any]
    practice: Practice

    def database_lets_in(self, where: str, screening: Screening, day: date, status: str) -> bool:
        try:
            with transaction.atomic():
                factories.make_appointment(
                    self.courses[where],
                    day=day,
                    screening=screening,
                    status=status,
                    specialist=self.practice.specialist,
                    room=self.practice.room,
                    place=1,
                )
                transaction.set_rollback(True)
        except IntegrityError as error:
            name = error.__cause__.diag.constraint_name
            assert name in {"appointment_cleared_on_the_day", "appointment_screened_on_the_day"}
            return False
        return True

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
    return Stage(zones, courses, practice)


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


@pytest.mark.django_db
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(given=st.lists(yeses, max_size=2), where=st.sampled_from(["face", "body"]))
def test_verdict_and_trigger_agree(stage: Stage, given: list[Yes], where: str) -> None:
    with transaction.atomic():
        screening = ask(stage, given)
        facts = screening_facts(screening)
        for offset in turning_days(given):
            day, zone = ASKED + timedelta(days=offset), stage.zones[where]
            bookable = not uncleared_days(facts, zone=zone, first_day=day, last_day=day)
            cleared = verdict_on(facts, zone=zone, day=day).is_cleared
            assert (
                stage.database_lets_in(where, screening, day, "booked"),
                stage.database_lets_in(where, screening, day, "checked_in"),
            ) == (bookable, cleared), f"day {offset}"
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(given=st.lists(yeses.filter(lambda yes: yes.until), min_size=1, max_size=2))
def test_a_deferral_ends_on_the_first_day_the_database_lets_in(
    stage: Stage, given: list[Yes]
) -> None:
    with transaction.atomic():
        screening = ask(stage, given)
        zone = stage.zones["face"]
        until = verdict_on(screening_facts(screening), zone=zone, day=ASKED).until or ASKED
        let_in = [
            stage.database_lets_in("face", screening, ASKED + timedelta(days=offset), "booked")
            for offset in range((until - ASKED).days + 1)
        ]
        assert let_in == [False] * (len(let_in) - 1) + [True]
        transaction.set_rollback(True)
