"""The demo clinic: complete on whatever day it is loaded, once, and only where it is wanted."""

from collections import Counter
from datetime import UTC, datetime
from io import StringIO
from itertools import pairwise

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from pytest_django import Settings

from clients.models import Clearance, Client
from clients.selectors import current_screening, verdict_for
from cryoclinic.models import Clinic, User
from procedures.models import Zone
from scheduling.demo.place import MANAGES, PASSWORD, RECEPTION, TREATS
from scheduling.models import Appointment, Course, CourseAlert, Exposure, Message, SessionNote
from tests import factories

pytestmark = pytest.mark.django_db

# A Wednesday afternoon; a Sunday before opening; the evening before the clocks would have gone
# back elsewhere, after closing.
MOMENTS = [
    datetime(2026, 5, 6, 11, 0, tzinfo=UTC),
    datetime(2026, 11, 22, 2, 0, tzinfo=UTC),
    datetime(2026, 10, 24, 20, 30, tzinfo=UTC),
]


def seed(*options: str) -> str:
    out = StringIO()
    call_command("seed_demo", "--public-passwords", *options, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: f"{moment:%a-%H}")
def test_demo_is_complete_on_whatever_day_it_is_loaded(moment: datetime) -> None:
    with time_machine.travel(moment, tick=False):
        seed()
        demo = Clinic.objects.get(is_demo=True)
        _courses_are_told(demo)
        _gaps_are_kept()
        _past_is_done(moment)
        _accounts_have_their_roles()
        _clients_cover_every_verdict(demo)
        _mails_lead_nowhere()
        before = Client.objects.count(), Course.objects.count(), User.objects.count()
        assert seed() == "The demo clinic is already there.\n"
        assert (Client.objects.count(), Course.objects.count(), User.objects.count()) == before


def _courses_are_told(demo: Clinic) -> None:
    statuses = Counter(Course.objects.values_list("status", flat=True))
    assert statuses == {"active": 22, "completed": 5, "held": 1, "stopped": 1}
    assert Client.objects.count() == 40
    assert Appointment.objects.on_day(demo.today()).exists()


def _gaps_are_kept() -> None:
    """Only what the stories say is too long, a visit missed and one cancelled; the desk knows."""
    found = set()
    for course in Course.objects.exclude(status="stopped"):
        days = list(course.appointments.live().in_order().values_list("day", flat=True))
        gaps = {(later - day).days for day, later in pairwise(days)}
        assert min(gaps) >= 2
        if max(gaps) > 3:
            found.add(course.pk)
    alerts = CourseAlert.objects.open()
    for kind in ("gap_too_long", "sessions_missing"):
        assert set(alerts.filter(kind=kind).values_list("course", flat=True)) == found
    assert len(found) == 2


def _past_is_done(now: datetime) -> None:
    """Nothing booked lies in the past, and whatever was done has its closed note."""
    assert all(each.starts_at > now for each in Appointment.objects.filter(status="booked"))
    completed = Appointment.objects.filter(status="completed")
    assert completed.count() == SessionNote.objects.exclude(closed_at=None).count()
    assert completed.count() == Exposure.objects.count()
    assert not Message.objects.filter(status="sent", sent_at__gt=now).exists()


def _accounts_have_their_roles() -> None:
    roles = {}
    for username in (RECEPTION, TREATS, MANAGES):
        user = User.objects.get(username=username)
        assert user.check_password(PASSWORD)
        roles[username] = user.groups.get().name
    assert roles == {RECEPTION: "receptionist", TREATS: "cosmetologist", MANAGES: "manager"}
    others = User.objects.exclude(username__in=roles)
    assert not any(user.has_usable_password() for user in others)


def _clients_cover_every_verdict(demo: Clinic) -> None:
    face = Zone.objects.get(code="face")
    outcomes = set()
    for person in Client.objects.all():
        screening = current_screening(person)
        if screening is None:
            outcomes.add("not asked")
        else:
            outcomes.add(verdict_for(screening, zone=face, day=demo.today()).outcome.value)
    assert outcomes >= {"cleared", "deferred", "refused", "not asked"}
    assert Clearance.objects.count() == 1


def _mails_lead_nowhere() -> None:
    addresses = Client.objects.exclude(email="").values_list("email", flat=True)
    assert all(address.endswith("@example.com") for address in addresses)
    mailed = Client.objects.filter(messages__status="sent").distinct()
    assert mailed
    assert all(person.may_be_mailed for person in mailed)


def test_sign_in_page_names_the_accounts_of_the_demo_alone() -> None:
    assert PASSWORD not in Browser().get("/accounts/login/").content.decode()
    factories.ClinicFactory(is_demo=True)
    assert PASSWORD in Browser().get("/accounts/login/").content.decode()


def test_if_empty_leaves_a_clinic_alone(clinic: Clinic) -> None:
    assert seed("--if-empty") == "There is a clinic already: no demo data loaded.\n"
    assert list(Clinic.objects.all()) == [clinic]


def test_accounts_that_exist_are_not_taken_over() -> None:
    factories.UserFactory(username="reception")
    with pytest.raises(CommandError, match="These accounts exist already: reception"):
        seed()
    assert not Clinic.objects.filter(is_demo=True).exists()


def test_production_site_gets_no_public_passwords_unasked(settings: Settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="password is public"):
        call_command("seed_demo")
    assert not Clinic.objects.exists()
