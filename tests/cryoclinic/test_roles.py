"""The table of roles is what the database holds, and keeps apart what it is to keep apart."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from cryoclinic.models import User
from cryoclinic.roles import COSMETOLOGIST, MANAGER, PERMISSIONS, RECEPTIONIST, home_of, sync_roles
from tests import factories

pytestmark = pytest.mark.django_db


def held_by(role: str) -> set[str]:
    permissions = Permission.objects.filter(group__name=role)
    pairs = permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in pairs}


def user_with(role: str) -> User:
    user = factories.UserFactory(role=role)
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("role", [RECEPTIONIST, COSMETOLOGIST, MANAGER])
def test_group_holds_exactly_what_the_table_says(role: str) -> None:
    """So every label of the table is a permission that exists."""
    assert held_by(role) == PERMISSIONS[role]


def test_syncing_repairs_a_group_that_was_edited() -> None:
    receptionist = Group.objects.get(name=RECEPTIONIST)
    receptionist.permissions.set(Permission.objects.filter(codename="view_answers"))
    sync_roles()
    assert held_by(RECEPTIONIST) == PERMISSIONS[RECEPTIONIST]


def test_roles_are_complete_after_the_first_migration() -> None:
    Group.objects.all().delete()
    Permission.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert {role: held_by(role) for role in PERMISSIONS} == PERMISSIONS


@pytest.mark.parametrize(
    "label",
    [
        "clients.view_answers",
        "clients.add_clearance",
        "scheduling.view_sessionnote",
        "scheduling.record_session",
        "procedures.change_price",
        "cryoclinic.change_user",
        "pghistory.view_events",
    ],
)
def test_receptionist_may_not(label: str) -> None:
    assert not user_with(RECEPTIONIST).has_perm(label)


@pytest.mark.parametrize(
    "label",
    ["scheduling.book_course", "scheduling.add_payment", "procedures.change_protocol"],
)
def test_cosmetologist_may_not(label: str) -> None:
    assert not user_with(COSMETOLOGIST).has_perm(label)


def test_manager_sees_and_clears_but_does_not_record() -> None:
    manager = user_with(MANAGER)
    may = {
        label: manager.has_perm(label)
        for label in (
            "clients.view_answers",
            "clients.add_clearance",
            "scheduling.view_sessionnote",
            "scheduling.record_session",
            "pghistory.view_events",
        )
    }
    assert may == {
        "clients.view_answers": True,
        "clients.add_clearance": True,
        "scheduling.view_sessionnote": True,
        "scheduling.record_session": False,
        "pghistory.view_events": True,
    }


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (RECEPTIONIST, "scheduling:board"),
        (COSMETOLOGIST, "scheduling:my_day"),
        (MANAGER, "scheduling:board"),
    ],
)
def test_work_begins_at_the_roles_own_page(role: str, home: str) -> None:
    assert home_of(user_with(role)) == home
