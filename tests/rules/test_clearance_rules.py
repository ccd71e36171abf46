"""Rule 4: no appointment on a day on which the client is not cleared, at the database itself."""

from datetime import date, datetime, time, timedelta

import pytest

from scheduling.models import Appointment, Course
from tests import factories
from tests.factories import make_appointment

pytestmark = pytest.mark.django_db

ASKED = date(2031, 3, 1)
LAST_VALID = ASKED + timedelta(days=29)


@pytest.fixture
def course(clinic) -> Course:
    return factories.CourseFactory(clinic=clinic)


@pytest.fixture
def screening(course, reception):
    return factories.ScreeningFactory(
        client=course.client,
        asked_by=reception,
        asked_at=datetime.combine(ASKED, time(9), tzinfo=course.clinic.zone),
    )


def visit_check(screening):
    return factories.ScreeningFactory(
        client=screening.client,
        asked_by=screening.asked_by,
        asked_at=screening.asked_at,
        follows=screening,
    )


def test_an_appointment_needs_a_screening_of_its_client(course, reception, broken):
    other = factories.ScreeningFactory(asked_by=reception)
    with broken() as names:
        make_appointment(course, day=other.asked_on, screening=other)
    assert names == ["appointment_screening_of_client"]


def test_an_appointment_before_the_screening_is_refused(course, screening, broken):
    with broken() as names:
        make_appointment(course, day=ASKED - timedelta(days=1), screening=screening)
    assert names == ["appointment_screened_on_the_day"]


def test_an_absolute_contraindication_refuses_every_day(course, screening, broken):
    absolute = factories.ContraindicationFactory(kind="absolute", default_days=None)
    factories.AnswerFactory(screening=screening, contraindication=absolute, present=True)
    for days in (0, 29, 300):
        with broken() as names:
            make_appointment(course, day=ASKED + timedelta(days=days), screening=screening)
        assert names == ["appointment_cleared_on_the_day"]


def test_a_passing_contraindication_defers_until_its_day(course, screening, broken):
    factories.AnswerFactory(
        screening=screening, present=True, stops_until=ASKED + timedelta(days=14)
    )
    with broken() as names:
        make_appointment(course, day=ASKED + timedelta(days=13), screening=screening)
    assert names == ["appointment_cleared_on_the_day"]
    make_appointment(course, day=ASKED + timedelta(days=14), screening=screening)


def test_a_zone_bound_contraindication_stops_only_zones_that_overlap(course, screening, broken):
    bound = factories.ContraindicationFactory(zone_bound=True)
    elsewhere = factories.ZoneFactory()
    everywhere = factories.ZoneFactory(covers_all=True)

    def say(*zones):
        fresh = factories.ScreeningFactory(
            client=course.client, asked_by=screening.asked_by, asked_at=screening.asked_at
        )
        factories.AnswerFactory(
            screening=fresh,
            contraindication=bound,
            present=True,
            stops_until=ASKED + timedelta(days=14),
            affected_zones=[zone.pk for zone in zones],
        )
        return fresh

    for stopping in (say(course.zone), say(elsewhere, everywhere)):
        with broken() as names:
            make_appointment(course, day=ASKED, screening=stopping)
        assert names == ["appointment_cleared_on_the_day"]
    make_appointment(course, day=ASKED, screening=say(elsewhere))


def test_moving_onto_a_day_that_is_not_cleared_is_refused(course, screening, broken):
    factories.AnswerFactory(
        screening=screening, present=True, stops_until=ASKED + timedelta(days=14)
    )
    appointment = make_appointment(course, day=ASKED + timedelta(days=14), screening=screening)
    earlier = timedelta(days=-1)
    span = appointment.treatment
    with broken() as names:
        Appointment.objects.filter(pk=appointment.pk).update(
            treatment=(span.lower + earlier, span.upper + earlier),
            visit=(appointment.visit.lower + earlier, appointment.visit.upper + earlier),
        )
    assert names == ["appointment_cleared_on_the_day"]


def test_a_clearance_lets_a_passing_one_pass_on_its_days_alone(course, screening, broken):
    answer = factories.AnswerFactory(
        screening=screening, present=True, stops_until=ASKED + timedelta(days=14)
    )
    answer.clearances.create(
        valid_from=ASKED + timedelta(days=3),
        expires_on=ASKED + timedelta(days=5),
        reason="healed",
        given_by=screening.asked_by,
    )
    for days in (2, 6):
        with broken() as names:
            make_appointment(course, day=ASKED + timedelta(days=days), screening=screening)
        assert names == ["appointment_cleared_on_the_day"]
    for days in (3, 5):
        make_appointment(course, day=ASKED + timedelta(days=days), screening=screening)


def test_nobody_clears_an_absolute_contraindication(screening, broken):
    absolute = factories.ContraindicationFactory(kind="absolute", default_days=None)
    answer = factories.AnswerFactory(screening=screening, contraindication=absolute, present=True)
    facts = {
        "valid_from": ASKED,
        "expires_on": ASKED,
        "reason": "please",
        "given_by": screening.asked_by,
    }
    with broken() as names:
        answer.clearances.create(kind="passing", **facts)
    assert names == ["clearance_of_a_passing_answer"]
    with broken() as names:
        answer.clearances.create(kind="absolute", **facts)
    assert names == ["clearance_passing_only"]


def test_an_answer_is_kept_as_it_was_given(screening, broken):
    answer = factories.AnswerFactory(screening=screening)
    with broken() as names:
        type(answer).objects.filter(pk=answer.pk).update(comment="never said")
    assert names == ["pgtrigger: Cannot update or delete rows from clients_answer table"]


def test_a_session_after_the_screening_s_last_day_is_booked_but_not_attended(
    course, screening, broken
):
    appointment = make_appointment(course, day=LAST_VALID + timedelta(days=1), screening=screening)
    assert appointment.needs_rescreening
    with broken() as names:
        Appointment.objects.filter(pk=appointment.pk).update(status="checked_in")
    assert names == ["appointment_screened_on_the_day"]


def test_a_session_is_not_completed_without_asking_again(course, screening, broken):
    appointment = make_appointment(course, day=ASKED, screening=screening)
    rows = Appointment.objects.filter(pk=appointment.pk)
    rows.update(status="checked_in")
    with broken() as names:
        rows.update(status="completed")
    assert names == ["appointment_checked_before_completed"]
    rows.update(status="completed", visit_check=visit_check(screening))
    assert rows.get().status == "completed"


def test_asking_on_another_day_does_not_count(course, screening, broken):
    appointment = make_appointment(course, day=ASKED + timedelta(days=2), screening=screening)
    rows = Appointment.objects.filter(pk=appointment.pk)
    rows.update(status="checked_in")
    with broken() as names:
        rows.update(status="completed", visit_check=visit_check(screening))
    assert names == ["appointment_asked_again_on_the_day"]


def test_a_yes_at_the_visit_stops_the_session(course, screening, broken):
    appointment = make_appointment(course, day=ASKED, screening=screening)
    rows = Appointment.objects.filter(pk=appointment.pk)
    rows.update(status="checked_in")
    asked_again = visit_check(screening)
    factories.AnswerFactory(
        screening=asked_again, present=True, stops_until=ASKED + timedelta(days=14)
    )
    with broken() as names:
        rows.update(status="completed", visit_check=asked_again)
    assert names == ["appointment_cleared_on_the_day"]


def test_a_completed_session_stays_completed(course, screening, broken):
    appointment = make_appointment(course, day=ASKED, screening=screening)
    rows = Appointment.objects.filter(pk=appointment.pk)
    rows.update(status="checked_in")
    rows.update(status="completed", visit_check=visit_check(screening))
    for status in ("booked", "cancelled", "missed"):
        with broken() as names:
            rows.update(status=status)
        assert names != []
