"""Rule 7: every change of every business table names who made it, and nobody edits that record."""

import pytest
from django.apps import apps
from django.db import InternalError, connection, models, transaction
from pytest_django import DjangoAssertNumQueries

from clients.models import Client
from clients.services import add_client, change_client
from cryoclinic.changes import FieldChange, changes_in, changes_of, event_model_of, recorded_models
from cryoclinic.models import Clinic, Heartbeat, SetUpVersion, User
from procedures.models import ProcedureType, Zone
from scheduling.models import CourseCheck, ReminderRewrite, SendingPace
from tests import factories

pytestmark = pytest.mark.django_db

OURS = ("cryoclinic", "procedures", "clients", "scheduling")
# A sign of life every few seconds, what follows a change of the set-up, the worker's note of what
# to look at next: nobody's doing.
NOT_BUSINESS = {Heartbeat, SetUpVersion, CourseCheck, ReminderRewrite, SendingPace}


def business_tables() -> set[str]:
    """The tables of our models and of their many-to-many links, without the events' own."""
    tables = set()
    for label in OURS:
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            if model not in NOT_BUSINESS and not hasattr(model, "pgh_tracked_model"):
                tables.add(model._meta.db_table)
    return tables


def event_tables() -> list[str]:
    return [event_model_of(model)._meta.db_table for model in recorded_models().values()]


def recorded_by_triggers() -> dict[str, set[str]]:
    """Which operations of which table a trigger writes an event for, as the database has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT event_object_table, event_manipulation"
            "  FROM information_schema.triggers"
            " WHERE trigger_name ~ '^pgtrigger_(insert_insert|update_update|delete_delete)_'"
        )
        found: dict[str, set[str]] = {}
        for table, operation in cursor.fetchall():
            found.setdefault(table, set()).add(operation)
    return found


def events_of(row: models.Model) -> list[tuple[str, int | None]]:
    events = event_model_of(type(row))._default_manager.filter(id=row.pk).order_by("pgh_id")
    return [(each.pgh_label, (each.pgh_context or {}).get("user")) for each in events]


def test_every_business_table_records_every_kind_of_change() -> None:
    everything = {"INSERT", "UPDATE", "DELETE"}
    assert recorded_by_triggers() == dict.fromkeys(business_tables(), everything)


def test_service_names_who_acted(reception: User, manager: User) -> None:
    person = add_client(by=reception, name="Anna Test", phone="+7 912 345-67-89")
    change_client(by=manager, client=person, name="Anna Trial", phone="+7 912 345-67-89")
    assert events_of(person) == [("insert", reception.pk), ("update", manager.pk)]


def test_raw_sql_names_the_database_role_and_nobody() -> None:
    zone = Zone.objects.get(code="face")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procedures_zone SET name_en = 'Visage' WHERE code = 'face'")
        cursor.execute("SELECT session_user")
        (role,) = cursor.fetchone()
    event = event_model_of(Zone)._default_manager.filter(id=zone.pk).latest("pgh_id")
    assert (event.pgh_label, event.pgh_context, event.pgh_role, event.name_en) == (
        "update",
        None,
        role,
        "Visage",
    )


def test_bulk_updates_and_deletes_are_recorded() -> None:
    zones = [factories.ZoneFactory(), factories.ZoneFactory()]
    before = {zone.pk: len(events_of(zone)) for zone in zones}
    Zone.objects.filter(pk__in=before).update(position=9)
    Zone.objects.filter(pk__in=before).delete()
    for zone, pk in zip(zones, before, strict=True):
        zone.pk = pk
        assert [label for label, _user in events_of(zone)][before[pk] :] == ["update", "delete"]


def test_links_are_recorded(clinic: Clinic) -> None:
    specialist = factories.SpecialistFactory(clinic=clinic)
    ice = ProcedureType.objects.get(code="ice")
    specialist.skills.add(ice)
    specialist.skills.remove(ice)
    events = event_model_of(apps.get_model("scheduling", "SpecialistSkill"))._default_manager
    mine = events.filter(specialist=specialist, proceduretype=ice).order_by("pgh_id")
    assert list(mine.values_list("pgh_label", flat=True)) == ["insert", "delete"]


def test_every_event_table_refuses_updates_and_deletes() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event_object_table, array_agg(event_manipulation::text"
            "                                     ORDER BY event_manipulation::text)"
            "  FROM information_schema.triggers"
            " WHERE trigger_name ~ '^pgtrigger_append_only_' AND action_timing = 'BEFORE'"
            " GROUP BY event_object_table"
        )
        guarded = dict(cursor.fetchall())
    assert guarded == {table: ["DELETE", "UPDATE"] for table in event_tables()}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE procedures_zoneevent SET name_en = 'forged'",
        "UPDATE procedures_zoneevent SET pgh_context = '{}'",
        "DELETE FROM procedures_zoneevent",
    ],
)
def test_event_cannot_be_forged(statement: str) -> None:
    before = list(event_model_of(Zone)._default_manager.values())
    with (
        pytest.raises(InternalError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert list(event_model_of(Zone)._default_manager.values()) == before


def test_record_reads_as_who_did_what(reception: User, manager: User) -> None:
    person = add_client(by=reception, name="Anna Test", phone="+7 912 345-67-89", language="en")
    change_client(by=manager, client=person, name="Anna Trial", phone="+7 912 345-67-89")
    latest, first = changes_of(person).changes
    assert (latest.who, latest.verb, latest.fields) == (
        manager,
        "changed",
        (
            FieldChange("Name", "Anna Test", "Anna Trial"),
            FieldChange("Language", "English", "Русский"),
        ),
    )
    assert (first.who, first.verb) == (reception, "added")
    assert FieldChange("Name", "", "Anna Test") in first.fields


def test_record_of_a_table_is_narrowed_to_a_person(reception: User, manager: User) -> None:
    for user in (reception, manager, reception):
        add_client(by=user, name=f"By {user.username}", phone="+7 912 345-67-89")
    found = changes_in(Client, user=reception)
    assert [change.who for change in found.changes] == [reception, reception]


def test_record_takes_as_many_queries_for_a_page_as_for_a_row(
    reception: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(30):
        add_client(by=reception, name="Anna Test", phone="+7 912 345-67-89")
    with django_assert_max_num_queries(4):
        assert len(changes_in(Client).changes) == 30
