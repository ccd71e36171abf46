"""The managers' back office: who gets in, what can be written there, and in whose name."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client as Browser
from django.urls import reverse

from cryoclinic.changes import event_model_of
from cryoclinic.models import User
from procedures.models import Contraindication, Price, ProcedureType, Zone
from scheduling.models import Unavailability, WorkingHours
from tests import factories

pytestmark = pytest.mark.django_db

Browse = Callable[[User | None], Browser]

READ_ONLY = ["appointment", "course", "coursealert", "message", "sessionnote"]


def lists() -> list[str]:
    """The address of every list that a manager may open."""
    return [
        f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        for model in admin.site._registry
        if model._meta.app_label in ("procedures", "scheduling", "cryoclinic")
    ]


def last_actor(model: type[models.Model], pk: int) -> int | None:
    event = event_model_of(model)._default_manager.filter(id=pk).latest("pgh_id")
    return (event.pgh_context or {}).get("user")


def test_nobody_is_sent_to_the_products_own_sign_in(browse: Browse) -> None:
    response = browse(None).get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("role", ["receptionist", "cosmetologist"])
def test_other_staff_is_kept_out(browse: Browse, role: str) -> None:
    browser = browse(factories.UserFactory(role=role))
    assert browser.get("/admin/", follow=True).status_code == 403
    assert browser.get("/admin/changes/", follow=True).status_code == 403


@pytest.mark.parametrize("name", lists())
def test_manager_opens_every_list(browse: Browse, manager: User, name: str) -> None:
    assert browse(manager).get(reverse(name)).status_code == 200


def test_catalogue_change_names_the_manager(browse: Browse, manager: User) -> None:
    fever = Contraindication.objects.get(code="fever")
    form = {
        "name_en": fever.name_en,
        "name_ru": fever.name_ru,
        "position": fever.position,
        "is_active": "on",
        "question_en": fever.question_en,
        "question_ru": fever.question_ru,
        "kind": "passing",
        "default_days": "10",
    }
    address = reverse("admin:procedures_contraindication_change", args=[fever.pk])
    assert browse(manager).post(address, form).status_code == 302
    fever.refresh_from_db()
    assert (fever.default_days, last_actor(Contraindication, fever.pk)) == (10, manager.pk)


def test_absolute_contraindication_with_days_is_refused_in_words(
    browse: Browse, manager: User
) -> None:
    oncology = Contraindication.objects.get(code="oncology")
    form = {
        "name_en": oncology.name_en,
        "name_ru": oncology.name_ru,
        "position": oncology.position,
        "is_active": "on",
        "question_en": oncology.question_en,
        "question_ru": oncology.question_ru,
        "kind": "absolute",
        "default_days": "10",
    }
    address = reverse("admin:procedures_contraindication_change", args=[oncology.pk])
    response = browse(manager).post(address, form)
    assert response.context["adminform"].errors == {
        "__all__": ["A passing contraindication needs its days; an absolute one has none."]
    }


def test_new_price_is_a_new_line(browse: Browse, manager: User) -> None:
    ice, face = ProcedureType.objects.get(code="ice"), Zone.objects.get(code="face")
    form = {
        "procedure_type": ice.pk,
        "zone": face.pk,
        "valid_from": "2027-01-01",
        "amount": "900",
        "currency": "RUB",
    }
    browse(manager).post(reverse("admin:procedures_price_add"), form)
    amounts = (
        Price.objects.filter(procedure_type=ice, zone=face)
        .order_by("valid_from")
        .values_list("amount", flat=True)
    )
    assert list(amounts) == [Decimal("700.00"), Decimal("900.00")]


def test_catalogue_line_is_never_deleted(browse: Browse, manager: User) -> None:
    manager.is_superuser = True
    manager.save()
    zone = Zone.objects.get(code="face")
    address = reverse("admin:procedures_zone_delete", args=[zone.pk])
    assert browse(manager).post(address, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", READ_ONLY)
def test_what_services_write_is_only_shown(browse: Browse, manager: User, model: str) -> None:
    manager.is_superuser = True
    manager.save()
    assert browse(manager).get(reverse(f"admin:scheduling_{model}_add")).status_code == 403


def test_time_away_is_read_on_the_clinics_clock(browse: Browse, manager: User) -> None:
    form = {"period_0": "2026-05-04T10:00", "period_1": "2026-05-04T12:30", "reason": "Inventory"}
    browse(manager).post(reverse("admin:scheduling_unavailability_add"), form)
    away = Unavailability.objects.get()
    zone = manager.clinic.zone
    assert (away.clinic, away.period.lower, away.period.upper) == (
        manager.clinic,
        datetime(2026, 5, 4, 10, 0, tzinfo=zone),
        datetime(2026, 5, 4, 12, 30, tzinfo=zone),
    )


def test_hours_of_a_specialist_are_hours_at_their_clinic(browse: Browse, manager: User) -> None:
    specialist = factories.SpecialistFactory(clinic=manager.clinic, hours=False)
    skill = ProcedureType.objects.get(code="ice")
    form = {
        "user": specialist.user.pk,
        "is_active": "on",
        "skills": skill.pk,
        "working_hours-TOTAL_FORMS": 1,
        "working_hours-INITIAL_FORMS": 0,
        "working_hours-0-weekday": 2,
        "working_hours-0-starts": "09:00",
        "working_hours-0-ends": "15:00",
    }
    address = reverse("admin:scheduling_specialist_change", args=[specialist.pk])
    assert browse(manager).post(address, form).status_code == 302
    hours = WorkingHours.objects.get(specialist=specialist)
    assert (hours.clinic, hours.weekday) == (manager.clinic, 2)


def test_manager_sees_only_their_clinics_people_and_rooms(browse: Browse, manager: User) -> None:
    ours, theirs = factories.RoomFactory(clinic=manager.clinic), factories.RoomFactory()
    browser = browse(manager)
    shown = browser.get(reverse("admin:scheduling_room_changelist")).context["cl"].queryset
    assert list(shown) == [ours]
    foreign = reverse("admin:scheduling_room_change", args=[theirs.pk])
    assert browser.get(foreign).status_code == 302
    stranger = factories.UserFactory()
    people = browser.get(reverse("admin:cryoclinic_user_changelist")).context["cl"].queryset
    assert manager in people
    assert stranger not in people


def test_manager_cannot_raise_anybody_above_a_role(browse: Browse, manager: User) -> None:
    desk = factories.UserFactory(clinic=manager.clinic, role="receptionist")
    root = factories.UserFactory(clinic=manager.clinic, is_superuser=True, is_staff=True)
    form = {
        "username": desk.username,
        "first_name": "Vera",
        "last_name": desk.last_name,
        "is_active": "on",
        "is_superuser": "on",
        "user_permissions": "1",
        "groups": desk.groups.get().pk,
    }
    browser = browse(manager)
    browser.post(reverse("admin:cryoclinic_user_change", args=[desk.pk]), form)
    desk.refresh_from_db()
    assert (desk.first_name, desk.is_superuser, desk.user_permissions.count()) == ("Vera", False, 0)
    password = reverse("admin:auth_user_password_change", args=[root.pk])
    browser.post(password, {"password1": "cold-and-exact-2", "password2": "cold-and-exact-2"})
    root.refresh_from_db()
    assert root.check_password(factories.PASSWORD)


def test_new_account_belongs_to_the_managers_clinic(browse: Browse, manager: User) -> None:
    form = {
        "username": "newcomer",
        "usable_password": "true",
        "password1": "cold-and-exact-2",
        "password2": "cold-and-exact-2",
    }
    response = browse(manager).post(reverse("admin:cryoclinic_user_add"), form)
    assert response.status_code == 302
    newcomer = User.objects.get(username="newcomer")
    assert (newcomer.clinic, newcomer.is_staff, last_actor(User, newcomer.pk)) == (
        manager.clinic,
        False,
        manager.pk,
    )


def test_history_is_the_record_of_changes(browse: Browse, manager: User) -> None:
    room = factories.RoomFactory(clinic=manager.clinic, name="Blue room")
    browser = browse(manager)
    form = {
        "name": "White room",
        "is_active": "on",
        "procedure_types": ProcedureType.objects.first().pk,
    }
    browser.post(reverse("admin:scheduling_room_change", args=[room.pk]), form)
    page = browser.get(reverse("admin:scheduling_room_history", args=[room.pk]))
    latest, first = page.context["changes"].changes
    assert (latest.who, latest.fields[0].before, latest.fields[0].after) == (
        manager,
        "Blue room",
        "White room",
    )
    assert (first.who, first.verb) == (None, "added")


def test_record_of_changes_is_asked_by_table_and_person(browse: Browse, manager: User) -> None:
    room = factories.RoomFactory(clinic=manager.clinic)
    browser = browse(manager)
    page = browser.get("/admin/changes/", {"table": "scheduling.room", "row": str(room.pk)})
    assert [change.row_id for change in page.context["changes"].changes] == [room.pk]
    page = browser.get("/admin/changes/", {"table": "scheduling.room", "user": str(manager.pk)})
    assert page.context["changes"].changes == []
    assert browser.get("/admin/changes/", {"table": "no.such"}).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/admin/", "/admin/changes/", "/admin/procedures/proceduretype/", "/admin/cryoclinic/user/"],
)
def test_pages_have_nothing_that_the_content_policy_forbids(
    browse: Browse, manager: User, address: str
) -> None:
    page = browse(manager).get(address)
    policy = page.headers["Content-Security-Policy"].split("; ")
    assert "default-src 'self'" in policy
    text = page.content.decode()
    assert "<script>" not in text
    assert " style=" not in text
    assert "<style" not in text
