"""How far today's session is: what has to happen before the cold, and whether it has."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from clients.models import Screening
from clients.selectors import current_screening, verdict_for
from clients.verdict import Verdict
from cryoclinic.models import User
from procedures.models import Carrier, Protocol, Zone
from scheduling.models import Appointment, Specialist


class Stage(StrEnum):
    """The first thing in the way of treating, or that there is none."""

    GONE = "gone"  # cancelled or missed
    DONE = "done"
    STARTED = "started"  # asked again today, nothing stops it
    OTHER_DAY = "other_day"
    HELD = "held"  # the course is on hold or stopped
    IN_REVIEW = "in_review"  # answered before the visit: something has changed
    LAPSED = "lapsed"  # the full screening does not count today
    STOPPED = "stopped"  # an answer stops it today
    ARRIVING = "arriving"  # not checked in
    READY = "ready"  # to be asked again now


@dataclass(frozen=True, slots=True)
class Readiness:
    """``verdict`` is today's for the course's zone; ``newer`` a later full screening that counts
    today, where the appointment's own does not.
    """

    stage: Stage
    verdict: Verdict
    newer: Screening | None = None


def is_started(appointment: Appointment) -> bool:
    """True where the passing contraindications were asked again on the appointment's own day.

    A check of another day, from before the appointment was moved, does not count.
    """
    check = appointment.visit_check
    return (
        appointment.status == Appointment.Status.CHECKED_IN
        and check is not None
        and check.asked_on == appointment.day
    )


def readiness(appointment: Appointment, *, today: date) -> Readiness:
    """The stage of the appointment's session; a fixed number of queries."""
    zone = appointment.course.zone
    verdict = verdict_for(appointment.screening, zone=zone, day=appointment.day)
    stage = _stage(appointment, verdict, today)
    if stage is not Stage.LAPSED:
        return Readiness(stage, verdict)
    newest = current_screening(appointment.client)
    counts = newest is not None and newest.asked_on <= appointment.day <= newest.valid_until
    return Readiness(stage, verdict, newer=newest if counts else None)


def _stage(appointment: Appointment, verdict: Verdict, today: date) -> Stage:
    status = appointment.status
    in_the_way = (
        (Stage.GONE, status in (Appointment.Status.CANCELLED, Appointment.Status.MISSED)),
        (Stage.DONE, status == Appointment.Status.COMPLETED),
        (Stage.STARTED, is_started(appointment)),
        (Stage.OTHER_DAY, appointment.day != today),
        (Stage.HELD, appointment.course.status != "active"),
        (Stage.IN_REVIEW, appointment.pre_visit_answers.to_review().exists()),
        (Stage.LAPSED, not _screened_on(appointment.screening, appointment.day)),
        (Stage.STOPPED, not verdict.is_cleared),
        (Stage.ARRIVING, status == Appointment.Status.BOOKED),
    )
    return next((stage for stage, holds in in_the_way if holds), Stage.READY)


def _screened_on(screening: Screening, day: date) -> bool:
    return screening.asked_on <= day <= screening.valid_until


def treating_specialist(user: User, appointment: Appointment) -> Specialist | None:
    """The user as one who may treat here: of the clinic, in use, with the skill.

    Not only the one it is booked with: a colleague may take over, and is the note's author then.
    """
    return (
        Specialist.objects.active()
        .of(appointment.clinic)
        .filter(user=user, skills=appointment.course.procedure_type)
        .first()
    )


def treatable_zones(appointment: Appointment) -> list[Zone]:
    """The zones that the note may record: the course's; for the whole body its parts as well."""
    zone = appointment.course.zone
    if not zone.covers_all:
        return [zone]
    protocols = Protocol.objects.active().filter(procedure_type=appointment.course.procedure_type)
    parts = Zone.objects.filter(protocols__in=protocols).exclude(pk=zone.pk)
    return [zone, *parts.order_by("position", "code")]


def protocols_by_zone(appointment: Appointment) -> dict[int, Protocol]:
    """The limits of the course's procedure type on each zone, by the zone's id.

    One that is no longer in use still says what was safe when the course was booked.
    """
    protocols = Protocol.objects.filter(procedure_type=appointment.course.procedure_type)
    return {protocol.zone_id: protocol for protocol in protocols}


def carriers_of(appointment: Appointment) -> list[Carrier]:
    """What can bring the cold in this procedure."""
    return list(appointment.course.procedure_type.carriers.active())
