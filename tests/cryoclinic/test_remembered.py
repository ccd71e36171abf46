"""What is kept of the set-up in memory is never older than the asking."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from cryoclinic.models import Clinic, SetUpVersion, User, clinic_by_id
from cryoclinic.remembered import VERSION, remembered
from procedures.models import Indication, Price, ProcedureType, Protocol, Zone
from procedures.selectors import bookable_types, indications, prices_on, protocol_for
from scheduling.models import Device, Room, Specialist, WorkingHours
from scheduling.resources import resources_of
from tests import factories
from tests.fixtures import Practice

pytestmark = pytest.mark.django_db

Browse = Callable[[User | None], Browser]
LINKS = ["RoomProcedureType", "DeviceProcedureType", "SpecialistSkill"]
TABLES: list[type[models.Model]] = [
    *(Clinic, ProcedureType, Zone, Protocol, Price, Indication),
    *(Specialist, Room, Device, WorkingHours),
    *(apps.get_model("scheduling", name) for name in LINKS),
]


def version() -> object:
    return SetUpVersion.objects.values_list("version", flat=True).get()


def watched() -> dict[str, set[str]]:
    """Which operations on which table give the set-up a new version, as the database has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgtype::integer FROM pg_trigger t"
            "  JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname ~ '^pgtrigger_set_up_changed_' AND t.tgenabled = 'O'"
        )
        bits = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}
        return {
            table: {name for name, bit in bits.items() if kind & bit}
            for table, kind in cursor.fetchall()
        }


def tables_read(read: Callable[[], object]) -> set[str]:
    """The tables that the statements of a reader name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r'")
        known = {name for (name,) in cursor.fetchall()}
    found: set[str] = set()

    def note(execute, sql, params, many, context):
        found.update(name for name in known if f'"{name}"' in sql or f" {name} " in f"{sql} ")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        read()
    return found - {"cryoclinic_setupversion"}


def test_every_change_of_what_is_remembered_makes_a_new_version(practice: Practice) -> None:
    every = {"INSERT", "UPDATE", "DELETE", "TRUNCATE"}
    expected = {model._meta.db_table: every for model in TABLES}
    assert watched() == expected | {"cryoclinic_user": {"UPDATE"}}

    read = tables_read(
        lambda: (
            bookable_types(),
            indications(),
            prices_on(practice.clinic.today()),
            resources_of(practice.clinic),
            clinic_by_id(practice.clinic.pk),
        )
    )
    assert read == set(watched())


def test_nothing_is_read_twice_until_something_changes(
    practice: Practice, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    resources_of(practice.clinic)
    with django_assert_num_queries(1):
        before = resources_of(practice.clinic)
    room = factories.RoomFactory(clinic=practice.clinic, name="Blue")
    after = resources_of(practice.clinic)
    assert (room.pk in before.rooms, after.rooms[room.pk].name) == (False, "Blue")


@pytest.mark.parametrize(
    "change",
    [
        lambda p: WorkingHours.objects.filter(clinic=p.clinic).delete(),
        lambda p: p.specialist.skills.clear(),
        lambda p: Room.objects.filter(clinic=p.clinic).update(is_active=False),
        lambda p: User.objects.filter(pk=p.specialist.user_id).update(last_name="Otherwise"),
        lambda p: Clinic.objects.filter(pk=p.clinic.pk).update(name="Elsewhere"),
        lambda p: Price.objects.all().delete(),
        lambda p: Zone.objects.filter(pk=p.zone.pk).update(name_en="Nape"),
    ],
)
def test_changes_of_any_kind_are_seen_at_once(
    practice: Practice, change: Callable[[Practice], object]
) -> None:
    def all_of_it() -> str:
        has, day = resources_of(practice.clinic), practice.clinic.today()
        return repr(
            (
                clinic_by_id(practice.clinic.pk).name,
                [(s.name, s.is_active) for s in has.specialists.values()],
                [(r.name, r.is_active) for r in has.rooms.values()],
                (has.skilled, has.fitting_rooms, has.opening, has.working),
                sorted(prices_on(day)),
                protocol_for(practice.procedure_type, practice.zone).zone.name_en,
            )
        )

    before, old = all_of_it(), version()
    change(practice)
    assert version() != old
    assert all_of_it() != before


def test_what_was_undone_is_not_kept(practice: Practice) -> None:
    pk = practice.clinic.pk
    before = clinic_by_id(pk).name
    with transaction.atomic():
        Clinic.objects.filter(pk=pk).update(name="Never")
        assert clinic_by_id(pk).name == "Never"
        transaction.set_rollback(True)
    assert clinic_by_id(pk).name == before
    Clinic.objects.filter(pk=pk).update(name="At last")
    assert clinic_by_id(pk).name == "At last"


def test_signing_in_changes_nothing_of_the_set_up(practice: Practice, reception: User) -> None:
    old = version()
    reception.last_login = practice.clinic.midnight(practice.clinic.today())
    reception.save(update_fields=["last_login"])
    assert version() == old


def test_without_a_version_nothing_is_kept() -> None:
    SetUpVersion.objects.all().delete()
    times = []

    @remembered
    def read() -> int:
        times.append(1)
        return len(times)

    assert (read(), read()) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_a_request_asks_once_and_the_next_one_again(
    practice: Practice, reception: User, browse: Browse
) -> None:
    browser, path = browse(reception), f"/courses/new/?client={practice.person.pk}"
    factories.ScreeningFactory(client=practice.person, asked_by=reception)
    browser.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert practice.specialist.name in browser.get(path).text
    assert sum(VERSION in query["sql"] for query in captured) == 1

    User.objects.filter(pk=practice.specialist.user_id).update(last_name="Otherwise")
    assert "Otherwise" in browser.get(path).text
