"""A history made in bulk is one that the services could have made, and the same every time."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from clients.models import Answer, Screening
from cryoclinic.models import Clinic
from scheduling import scale
from scheduling.bulk import CatalogueChanged, catalogue, rebuilt_afterwards
from scheduling.models import Appointment, Course, CourseCheck, Message, Payment
from scheduling.scale import TABLES, rows
from tests import factories
from tests.attack.rules_in_sql import broken_rules

pytestmark = pytest.mark.django_db

NOW = datetime(2031, 3, 26, 11, tzinfo=UTC)  # a Wednesday, 14:00 in Moscow
NUMBER = 4000


def silent(doing: str) -> None:
    pass


def load(number: int = 50, clinics: int = 1, *, seed: int = 1) -> list[Clinic]:
    return scale.load(appointments=number, clinics=clinics, seed=seed, now=NOW)


def statuses(**when: datetime) -> Counter[str]:
    return Counter(Appointment.objects.filter(**when).values_list("status", flat=True))


def test_as_many_appointments_and_clinics_as_asked_for():
    clinics = load(101, 3)
    numbers = [Appointment.objects.filter(clinic=clinic).count() for clinic in clinics]
    assert numbers == [33, 34, 34]


def test_the_history_is_one_that_the_rules_allow():
    """Rule 4 is a trigger's, which does not fire while the rows come in: so it is asked again."""
    clinics = load(NUMBER, 2)
    assert [broken_rules(clinic.pk) for clinic in clinics] == [[], []]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE scheduling_appointment SET treatment = treatment")
        assert cursor.rowcount == NUMBER


def test_the_history_is_that_of_a_clinic_at_work():
    load(NUMBER)
    over, to_come = statuses(visit__endswith__lte=NOW), statuses(visit__endswith__gt=NOW)
    assert set(over) == {"completed", "missed", "cancelled"}
    assert set(to_come) == {"booked", "cancelled"}
    assert over["completed"] > sum(over.values()) * 0.85
    assert to_come["booked"] > sum(to_come.values()) * 0.85

    courses = Course.objects.count()
    assert set(Course.objects.values_list("status", flat=True)) == {"active", "completed"}
    assert Course.objects.filter(indications=None).count() == 0
    assert Payment.objects.count() == courses
    assert CourseCheck.objects.count() == Course.objects.filter(status="active").count()
    assert Course.objects.values("client").distinct().count() < courses

    assert set(Message.objects.values_list("kind", "status").order_by().distinct()) == {
        ("course_booked", "sent"),
        ("reminder", "sent"),
        ("reminder", "due"),
        ("reminder", "withdrawn"),
    }
    recent = Screening.objects.filter(asked_at__gt=NOW - timedelta(days=30))
    assert not recent.filter(answers=None).exists()
    assert not Answer.objects.filter(present=True).exists()


def test_bookings_lie_on_disk_in_the_order_in_which_they_were_made():
    load(600)
    booked = list(Course.objects.order_by("pk").values_list("created_at", flat=True))
    assert booked == sorted(booked)
    days = list(Appointment.objects.order_by("pk").values_list("day", flat=True))
    assert days != sorted(days)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM scheduling_appointment ORDER BY ctid")
        ids = [pk for (pk,) in cursor.fetchall()]
    assert ids == sorted(ids)


def history_of(seed: int) -> list[object]:
    """What a load gives apart from ids, taken back again."""
    with transaction.atomic():
        load(300, 2, seed=seed)
        found: list[object] = list(
            Appointment.objects.order_by("pk").values_list(
                "clinic__name", "visit", "status", "place", "screening__asked_on",
                "course__created_at", "course__status", "room__name", "specialist__user__last_name",
            )
        )  # fmt: skip
        transaction.set_rollback(True)
    return found


def test_the_same_seed_gives_the_same_history_and_another_one_another():
    first = history_of(1)
    assert history_of(1) == first
    assert history_of(2) != first


def test_indexes_constraints_and_triggers_are_what_they_were():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE scheduling_course DISABLE TRIGGER pgtrigger_keep_course_41aed")
    before = catalogue(TABLES)
    load()
    assert catalogue(TABLES) == before
    kinds = Counter(kind for kind, *_rest in before)
    assert kinds["constraint"] > 50
    assert kinds["index"] > 60
    assert kinds["trigger"] > 30
    assert [row[4] for row in before if row[2] == "pgtrigger_keep_course_41aed"] == ["D"]


def test_new_rows_follow_on_the_ids_that_were_given_out():
    [clinic] = load()
    course = factories.CourseFactory(clinic=clinic)
    factories.make_appointment(course, day=NOW.date() + timedelta(days=200))
    assert Appointment.objects.count() == 51


def test_a_load_that_fails_leaves_nothing_behind(monkeypatch):
    def fail(**_facts: object) -> None:
        raise RuntimeError("out of paper")

    before = catalogue(TABLES)
    monkeypatch.setattr(rows, "write", fail)
    with pytest.raises(RuntimeError, match="out of paper"):
        load()
    assert catalogue(TABLES) == before
    assert not Clinic.objects.exists()


def put_on_top_of_each_other() -> None:
    """Two visits at the same time with the same specialist, while nothing stops it."""
    with transaction.atomic(), rebuilt_afterwards(["scheduling_appointment"], silent):
        first, second = Appointment.objects.filter(status="booked").order_by("pk")[:2]
        Appointment.objects.filter(pk=second.pk).update(
            treatment=first.treatment, visit=first.visit, specialist=first.specialist
        )


def test_rows_that_break_a_constraint_are_refused_afterwards():
    load()
    with pytest.raises(IntegrityError, match="appointment_specialist_free"):
        put_on_top_of_each_other()


def index_meanwhile() -> None:
    with (
        transaction.atomic(),
        rebuilt_afterwards(["scheduling_course"], silent),
        connection.cursor() as cursor,
    ):
        cursor.execute("CREATE INDEX of_somebody_else ON scheduling_course (price)")


def test_a_catalogue_that_changed_meanwhile_is_a_failure():
    with pytest.raises(CatalogueChanged):
        index_meanwhile()
