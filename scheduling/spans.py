"""Between a slot and the two time ranges of an appointment."""

from datetime import timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from cryoclinic.models import Clinic
from procedures.models import Protocol
from scheduling.clock import instant, place_of
from scheduling.models import Appointment
from scheduling.planner import Slot


def spans_of(
    clinic: Clinic, slot: Slot, protocol: Protocol
) -> tuple[DateTimeTZRange, DateTimeTZRange]:
    """The treatment and the visit in the slot: half-open, in UTC, beginning together."""
    start = instant(clinic.zone, slot.day, slot.cell)
    return (
        DateTimeTZRange(start, start + timedelta(minutes=protocol.occupied_minutes)),
        DateTimeTZRange(start, start + timedelta(minutes=protocol.visit_minutes)),
    )


def slot_of(appointment: Appointment) -> Slot:
    """Where the appointment is, in the planner's terms."""
    day, cell = place_of(appointment.clinic.zone, appointment.treatment.lower)
    return Slot(
        day=day,
        cell=cell,
        specialist=appointment.specialist_id,
        room=appointment.room_id,
        device=appointment.device_id,
    )
