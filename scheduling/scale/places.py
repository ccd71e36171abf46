"""Clinics to load a history into: staff, rooms, hours, and what can be booked there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from django.contrib.auth.models import Group

from cryoclinic.models import Clinic, User
from cryoclinic.roles import COSMETOLOGIST, RECEPTIONIST
from procedures.models import Indication, ProcedureType, Protocol
from procedures.selectors import price_on
from scheduling.models import Room, Specialist, WorkingHours

SPECIALISTS, ROOMS = 6, 4
OPENS, CLOSES = time(9), time(20)
WORKDAYS = range(6)


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """A protocol with the price of one session."""

    protocol: Protocol
    price: Decimal


@dataclass(frozen=True, kw_only=True)
class Place:
    """A clinic with what its sessions need; specialists, rooms and indications by id."""

    clinic: Clinic
    desk: User
    specialists: Sequence[int]
    rooms: Sequence[int]
    treatments: Sequence[Treatment]
    indications: Sequence[int]


def open_clinic(number: int) -> Place:
    clinic = Clinic.objects.create(
        name=f"Clinic {number + 1}", address="1 Frost Street", phone="+74950000000"
    )
    treatments = _treatments(clinic)
    kinds = {treatment.protocol.procedure_type for treatment in treatments}
    specialists = [_specialist(clinic, kinds, n) for n in range(SPECIALISTS)]
    rooms = [Room.objects.create(clinic=clinic, name=f"Room {n + 1}") for n in range(ROOMS)]
    for room in rooms:
        room.procedure_types.set(kinds)
    WorkingHours.objects.bulk_create(
        WorkingHours(clinic=clinic, specialist=owner, weekday=weekday, starts=OPENS, ends=CLOSES)
        for owner in (None, *specialists)
        for weekday in WORKDAYS
    )
    desk = User.objects.create_user(f"scale-desk-{clinic.pk}", clinic=clinic)
    desk.groups.add(Group.objects.get(name=RECEPTIONIST))
    return Place(
        clinic=clinic,
        desk=desk,
        specialists=[specialist.pk for specialist in specialists],
        rooms=[room.pk for room in rooms],
        treatments=treatments,
        indications=list(Indication.objects.active().values_list("pk", flat=True)),
    )


def _specialist(clinic: Clinic, kinds: set[ProcedureType], number: int) -> Specialist:
    user = User.objects.create_user(
        f"scale-{clinic.pk}-{number}",
        first_name="Specialist",
        last_name=f"{number + 1}",
        clinic=clinic,
    )
    user.groups.add(Group.objects.get(name=COSMETOLOGIST))
    specialist = Specialist.objects.create(clinic=clinic, user=user)
    specialist.skills.set(kinds)
    return specialist


def _treatments(clinic: Clinic) -> list[Treatment]:
    """Those that need no device, of which a made-up clinic has none."""
    found = Protocol.objects.active().filter(procedure_type__needs_device=False)
    return [
        Treatment(
            protocol=protocol,
            price=price_on(protocol.procedure_type, protocol.zone, clinic.today()).amount,
        )
        for protocol in found.select_related("procedure_type", "zone").order_by("pk")
    ]
