"""Answers before a visit, past the application: nobody is checked in over one, none is edited."""

from datetime import date

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from cryoclinic.models import Clinic, User
from scheduling.models import Appointment, PreVisitAnswer
from tests.scheduling.outbox_clinic import make_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(clinic: Clinic) -> Appointment:
    return make_course(clinic, [date(2026, 5, 14)])[1][0]


def answer(visit: Appointment, **said: object) -> PreVisitAnswer:
    values = {"changed": True, "present": [1], "answered_at": timezone.now(), **said}
    return PreVisitAnswer.objects.create(appointment=visit, schedule_version=1, **values)


def refused(statement: str, *values: int) -> str:
    """The constraint or message that refuses the statement."""
    with (
        pytest.raises((IntegrityError, InternalError)) as error,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)
    cause = error.value.__cause__
    return cause.diag.constraint_name or cause.diag.message_primary


CHECK_IN = "UPDATE scheduling_appointment SET status = 'checked_in' WHERE id = %s"


def test_over_an_answer_to_review_nobody_is_checked_in(visit: Appointment) -> None:
    answer(visit)
    assert refused(CHECK_IN, visit.pk) == "appointment_answer_reviewed"


@pytest.mark.parametrize("reviewed", [True, False])
def test_reviewed_or_with_nothing_changed_they_are(
    visit: Appointment, reception: User, reviewed: bool
) -> None:
    """Without this the test above would prove nothing."""
    if reviewed:
        given = answer(visit)
        given.reviewed_at, given.reviewed_by, given.outcome = timezone.now(), reception, "goes_on"
        given.save()
    else:
        answer(visit, changed=False, present=[])
    with connection.cursor() as cursor:
        cursor.execute(CHECK_IN, [visit.pk])
        assert cursor.rowcount == 1


def test_what_was_answered_stays_as_it_was(visit: Appointment) -> None:
    given = answer(visit)
    table = "scheduling_previsitanswer"
    for change in ("changed = false, present = '{}'", "present = '{2}'", "comment = 'no'"):
        told = refused(f"UPDATE {table} SET {change} WHERE id = %s", given.pk)
        assert told == f"pgtrigger: Cannot update rows from {table} table"
    told = refused(f"DELETE FROM {table} WHERE id = %s", given.pk)
    assert told == f"pgtrigger: Cannot delete rows from {table} table"


@pytest.mark.parametrize(
    ("said", "constraint"),
    [
        ({"changed": True, "present": []}, "pre_visit_answer_says_what_changed"),
        ({"changed": False, "present": [1]}, "pre_visit_answer_says_what_changed"),
        ({"outcome": "goes_on"}, "pre_visit_answer_reviewed_whole"),
    ],
)
def test_half_an_answer_is_none(
    visit: Appointment, said: dict[str, object], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        answer(visit, **said)


def test_two_answers_of_a_visit_do_not_wait_for_review_together(visit: Appointment) -> None:
    answer(visit)
    with (
        pytest.raises(IntegrityError, match="pre_visit_answer_one_to_review"),
        transaction.atomic(),
    ):
        answer(visit, present=[2])


def test_only_what_is_cancelled_can_be_undone(visit: Appointment) -> None:
    statement = "UPDATE scheduling_appointment SET undo_until = now() WHERE id = %s"
    assert refused(statement, visit.pk) == "appointment_undo_of_cancelled"
