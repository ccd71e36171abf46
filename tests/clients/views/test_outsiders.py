"""Who may open what about people; everything else is refused, whatever is asked."""

from collections.abc import Callable

import pytest
from django.test import Client as Browser

from clients.models import Answer, Clearance, Client, Screening
from cryoclinic.models import Clinic, User
from tests import factories

pytestmark = pytest.mark.django_db
Browse = Callable[[User | None], Browser]

PAGES = [
    "/clients/",
    "/clients/new/",
    "/clients/{client}/",
    "/clients/{client}/edit/",
    "/clients/{client}/screenings/new/",
    "/clients/screenings/{screening}/",
    "/clients/answers/{answer}/clear/",
    "/clients/clearances/{clearance}/revoke/",
]
FOR_RECEPTION = set(PAGES[:6])
FOR_CLINICIANS = set(PAGES) - {"/clients/new/", "/clients/{client}/edit/"}


@pytest.fixture
def ids(cosmetologist: User, client_person: Client) -> dict[str, int]:
    screening = factories.ScreeningFactory(client=client_person, asked_by=cosmetologist)
    answer = factories.AnswerFactory(
        screening=screening,
        present=True,
        stops_until=screening.valid_until,
    )
    clearance = Clearance.objects.create(
        answer=answer,
        valid_from=screening.asked_on,
        expires_on=screening.asked_on,
        reason="seen",
        given_by=cosmetologist,
    )
    return {
        "client": client_person.pk,
        "screening": screening.pk,
        "answer": answer.pk,
        "clearance": clearance.pk,
    }


def rows() -> tuple[int, ...]:
    counted = tuple(m.objects.count() for m in (Client, Screening, Answer, Clearance))
    return (*counted, Clearance.objects.standing().count())


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_is_sent_to_sign_in(
    browse: Browse, ids: dict[str, int], page: str, method: str
) -> None:
    before, url = rows(), page.format(**ids)
    answer = getattr(browse(None), method)(url)
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/login/")
    assert rows() == before


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_without_a_role_are_refused(
    browse: Browse, clinic: Clinic, ids: dict[str, int], page: str, method: str
) -> None:
    before = rows()
    answer = getattr(browse(factories.UserFactory(clinic=clinic)), method)(page.format(**ids))
    assert answer.status_code == 403
    assert rows() == before


@pytest.mark.parametrize("page", PAGES)
def test_each_role_opens_its_own_pages_alone(
    browse: Browse, reception: User, cosmetologist: User, ids: dict[str, int], page: str
) -> None:
    opened = 405 if page.endswith("/revoke/") else 200
    url = page.format(**ids)
    assert browse(reception).get(url).status_code == (opened if page in FOR_RECEPTION else 403)
    assert browse(cosmetologist).get(url).status_code == (opened if page in FOR_CLINICIANS else 403)


def test_reception_can_neither_clear_nor_revoke(
    browse: Browse, reception: User, ids: dict[str, int]
) -> None:
    before, browser = rows(), browse(reception)
    assert browser.post(f"/clients/answers/{ids['answer']}/clear/").status_code == 403
    assert browser.post(f"/clients/clearances/{ids['clearance']}/revoke/").status_code == 403
    assert rows() == before


def test_a_clinician_cannot_change_the_card(
    browse: Browse, cosmetologist: User, ids: dict[str, int]
) -> None:
    card = {"name": "Other", "phone": "+79123456789", "language": "en"}
    assert browse(cosmetologist).post(f"/clients/{ids['client']}/edit/", card).status_code == 403
    assert not Client.objects.filter(name="Other").exists()


def test_staff_without_a_clinic_are_told_so(browse: Browse, client_person: Client) -> None:
    stray = factories.UserFactory(clinic=None, role="receptionist")
    answer = browse(stray).get(f"/clients/{client_person.pk}/")
    assert answer.status_code == 403
    assert "Your account belongs to no clinic" in answer.text
