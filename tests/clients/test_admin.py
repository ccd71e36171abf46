"""People in the admin: the card through its services, the rest only to look at."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.test import Client as Browser

from clients.models import Client
from cryoclinic.models import User
from tests import factories

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Browser]

CARD = {"name": "Анна  Петрова", "phone": "8 912 345-67-89", "language": "ru"}


def test_a_card_is_added_and_changed_through_the_services(browse: Browse, manager: User) -> None:
    browser = browse(manager)
    added = browser.post("/admin/clients/client/add/", CARD | {"email_consent": "on"})
    person = Client.objects.get()
    assert added.status_code == 302
    assert (person.name, person.phone, person.email_consent) == (
        "Анна Петрова",
        "+79123456789",
        True,
    )
    assert person.email_consent_at is not None
    changed = browser.post(f"/admin/clients/client/{person.pk}/change/", CARD | {"note": "x"})
    person.refresh_from_db()
    assert changed.status_code == 302
    assert person.note == "x"
    assert not person.email_consent
    events = apps.get_model("clients", "ClientEvent").objects.order_by("pgh_id")
    assert list(events.values_list("pgh_label", "pgh_context__user")) == [
        ("insert", manager.pk),
        ("update", manager.pk),
    ]


def test_the_search_of_the_admin_is_the_products_own(browse: Browse, manager: User) -> None:
    found = factories.ClientFactory(name="Алёна Петрова", phone="+79123456789")
    factories.ClientFactory(name="Иван Сидоров", phone="+79210000011")
    page = browse(manager).get("/admin/clients/client/", {"q": "алена 8 (912) 345"})
    assert list(page.context["cl"].result_list) == [found]


def test_nobody_is_deleted(browse: Browse, manager: User, client_person: Client) -> None:
    answer = browse(manager).post(f"/admin/clients/client/{client_person.pk}/delete/", {"post": 1})
    assert answer.status_code == 403


@pytest.mark.parametrize("model", ["screening", "answer", "clearance"])
def test_what_services_write_is_only_read(browse: Browse, manager: User, model: str) -> None:
    answer = factories.AnswerFactory()
    browser = browse(manager)
    assert browser.get(f"/admin/clients/{model}/").status_code == 200
    assert browser.get(f"/admin/clients/{model}/add/").status_code == 403
    pk = {"screening": answer.screening_id, "answer": answer.pk}.get(model)
    if pk:
        page = f"/admin/clients/{model}/{pk}/change/"
        assert browser.get(page).status_code == 200
        assert browser.post(page, {"present": "on"}).status_code == 403
        assert browser.post(f"/admin/clients/{model}/{pk}/delete/").status_code == 403


def test_answers_are_for_those_who_may_see_them(browse: Browse, reception: User) -> None:
    reception.is_staff = True
    reception.save()
    reception.user_permissions.add(Permission.objects.get(codename="view_answer"))
    factories.AnswerFactory()
    browser = browse(reception)
    assert browser.get("/admin/clients/screening/").status_code == 200
    assert browser.get("/admin/clients/answer/").status_code == 403
    assert browser.get("/admin/clients/clearance/").status_code == 403
