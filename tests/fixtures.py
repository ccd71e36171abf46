"""The people and things that most tests need: one small clinic and one user of each role."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client as Browser

from clients.models import Client, Screening
from cryoclinic.models import Clinic, User
from procedures.models import Indication, ProcedureType, Protocol, Zone
from scheduling.models import Room, Specialist
from tests import factories


@pytest.fixture
def clinic(db: None) -> Clinic:
    """Open every day from 9 to 18, Moscow time."""
    clinic = factories.ClinicFactory()
    factories.open_daily(clinic)
    return clinic


@pytest.fixture
def reception(clinic: Clinic) -> User:
    return factories.UserFactory(clinic=clinic, username="reception-desk", role="receptionist")


@pytest.fixture
def cosmetologist(clinic: Clinic) -> User:
    return factories.UserFactory(clinic=clinic, username="cosmetologist-1", role="cosmetologist")


@pytest.fixture
def manager(clinic: Clinic) -> User:
    return factories.UserFactory(clinic=clinic, username="manager-1", role="manager")


@pytest.fixture
def client_person(db: None) -> Client:
    return factories.ClientFactory()


@dataclass(frozen=True, kw_only=True)
class Practice:
    """A clinic that can treat: a procedure on a zone, a specialist, a room, a screened client."""

    clinic: Clinic
    protocol: Protocol
    specialist: Specialist
    room: Room
    person: Client
    screening: Screening
    indication: Indication

    @property
    def procedure_type(self) -> ProcedureType:
        return self.protocol.procedure_type

    @property
    def zone(self) -> Zone:
        return self.protocol.zone


@pytest.fixture
def practice(clinic: Clinic, cosmetologist: User, client_person: Client) -> Practice:
    protocol = factories.ProtocolFactory()
    types = [protocol.procedure_type]
    return Practice(
        clinic=clinic,
        protocol=protocol,
        specialist=factories.SpecialistFactory(clinic=clinic, user=cosmetologist, skills=types),
        room=factories.RoomFactory(clinic=clinic, procedure_types=types),
        person=client_person,
        screening=factories.ScreeningFactory(client=client_person, asked_by=cosmetologist),
        indication=factories.IndicationFactory(),
    )


@pytest.fixture
def browse() -> Callable[[User | None], Browser]:
    """``browse(user)``: a test client signed in as the user, or as nobody."""

    def signed_in(user: User | None = None) -> Browser:
        browser = Browser()
        if user is not None:
            browser.force_login(user)
        return browser

    return signed_in
