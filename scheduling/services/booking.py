"""Booking a course: all of it or none of it."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, Screening
from cryoclinic.audit import service
from cryoclinic.models import Clinic, User
from procedures.models import Indication, ProcedureType, Protocol, Zone
from procedures.selectors import price_on
from scheduling import planner
from scheduling.collisions import require_free
from scheduling.errors import OutOfHours, SlotTaken, StalePlan
from scheduling.explain import refused
from scheduling.locks import conflicts_in_words, lock_client, lock_resources
from scheduling.models import Appointment, Course
from scheduling.planner import Slot
from scheduling.questions import REACH_DAYS, Treatment, plan_request
from scheduling.services import outbox
from scheduling.services.watch import look_again
from scheduling.spans import spans_of
from scheduling.wishes import Wishes


@conflicts_in_words()
@service
def book_course(
    *,
    by: User,
    client: Client,
    clinic: Clinic,
    procedure_type: ProcedureType,
    zone: Zone,
    indications: Sequence[Indication],
    wishes: Wishes,
    slots: Sequence[Slot],
    screening: Screening,
    booking_key: uuid.UUID | None = None,
    protocol: Protocol | None = None,
) -> Course:
    """Open the course and book a session in each slot; the client is told by e-mail.

    The same ``booking_key`` again returns the course that it booked. ``protocol`` spares the look
    for the one in use where it has just been read. Raises a ``Refused`` that
    names the rule: ``SlotTaken``, ``TooSoon``, ``NotCleared``, ``CourseAlreadyOpen``,
    ``OutOfHours``, ``StalePlan``, ``Busy``.
    """
    slots = sorted(slots, key=lambda slot: (slot.day, slot.cell))
    treatment = Treatment.new(
        clinic=clinic,
        client=client,
        procedure_type=procedure_type,
        zone=zone,
        sessions=len(slots),
        protocol=protocol,
    )
    booked = _claim(treatment, slots, booking_key)
    if booked is not None:
        return booked
    _check_number(procedure_type, slots, indications)
    _check_slots(treatment, screening, slots)
    course = _open(treatment, wishes, booking_key)
    course.indications.set(indications)
    appointments = Appointment.objects.bulk_create(
        _appointments(course, slots, screening, treatment.protocol)
    )
    outbox.announce_course(course, appointments, now=timezone.now())
    look_again([course.pk], at=timezone.now())
    return course


def _claim(
    treatment: Treatment, slots: Sequence[Slot], booking_key: uuid.UUID | None
) -> Course | None:
    """Lock the client and what the slots need, or return what the form has booked already.

    Looked at before any lock too: who comes too late queues for none. What is in the way may be
    the course of the same form, sent twice.
    """
    try:
        require_free(treatment, slots)
        lock_client(treatment.client.pk)
        booked = _booked_before(booking_key)
        if booked is None:
            lock_resources(slots)
    except SlotTaken:
        booked = _booked_before(booking_key)
        if booked is None:
            raise
    return booked


def _booked_before(booking_key: uuid.UUID | None) -> Course | None:
    if booking_key is None:
        return None
    return Course.objects.filter(booking_key=booking_key).first()


def _check_number(
    procedure_type: ProcedureType, slots: Sequence[Slot], indications: Sequence[Indication]
) -> None:
    fewest, most = procedure_type.sessions_min, procedure_type.sessions_max
    if not fewest <= len(slots) <= most:
        raise StalePlan(
            _("A course of %(procedure)s has %(fewest)d to %(most)d sessions, not %(number)d.")
            % {
                "procedure": procedure_type.name,
                "fewest": fewest,
                "most": most,
                "number": len(slots),
            }
        )
    if not indications:
        raise StalePlan(_("A course records at least one indication."))


def _check_slots(treatment: Treatment, screening: Screening, slots: Sequence[Slot]) -> None:
    """Ask the planner's rules of every slot, so that a refusal can be explained."""
    first, last = slots[0].day, slots[-1].day
    if last - first > timedelta(days=REACH_DAYS - 1):
        raise OutOfHours(
            _("The first and the last session are more than %(days)d days apart.")
            % {"days": REACH_DAYS},
            _("Choose days that are closer together."),
        )
    request = plan_request(
        treatment, screening=screening, first_day=first, days=(last - first).days + 1
    )
    days = [None, *(slot.day for slot in slots)]
    for before, slot in zip(days, slots, strict=False):
        refusal = planner.refuse(request, slot, before=before, after=None)
        if refusal is not None:
            require_free(treatment, slots)  # names all that are taken, not the first alone
            sessions = [each.day for each in slots]
            raise refused(request, refusal, slot=slot, treatment=treatment, sessions=sessions)


def _open(treatment: Treatment, wishes: Wishes, booking_key: uuid.UUID | None) -> Course:
    price = price_on(treatment.procedure_type, treatment.zone, treatment.clinic.today())
    return Course.objects.create(
        client=treatment.client,
        clinic=treatment.clinic,
        procedure_type=treatment.procedure_type,
        zone=treatment.zone,
        sessions_planned=treatment.sessions,
        min_gap_days=treatment.min_gap,
        max_gap_days=treatment.max_gap,
        price=price.amount,
        currency=price.currency,
        wishes=wishes.to_json(),
        booking_key=booking_key,
    )


def _appointments(
    course: Course, slots: Sequence[Slot], screening: Screening, protocol: Protocol
) -> list[Appointment]:
    return [
        new_appointment(course, slot, screening, protocol, place)
        for place, slot in enumerate(slots, start=1)
    ]


def new_appointment(
    course: Course, slot: Slot, screening: Screening, protocol: Protocol, place: int
) -> Appointment:
    """An unsaved appointment of the course in the slot, with the copies the constraints need."""
    treatment, visit = spans_of(course.clinic, slot, protocol)
    return Appointment(
        course=course,
        client_id=course.client_id,
        clinic=course.clinic,
        time_zone=course.clinic.time_zone,
        sessions_planned=course.sessions_planned,
        min_gap_days=course.min_gap_days,
        place=place,
        treatment=treatment,
        visit=visit,
        specialist_id=slot.specialist,
        room_id=slot.room,
        device_id=slot.device,
        screening=screening,
    )
