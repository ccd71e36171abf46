"""What a session and its note are refused for, each rule once; the services ask them in turn."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cryoclinic.errors import Refused
from cryoclinic.models import User
from procedures.models import Carrier, Zone
from scheduling.errors import NotCleared, WrongState
from scheduling.models import Appointment, SessionNote
from scheduling.protocol_check import Breach, breaches, sentences
from scheduling.selectors.session_start import (
    Stage,
    is_started,
    protocols_by_zone,
    treatable_zones,
    treating_specialist,
)


@dataclass(frozen=True, slots=True)
class ExposureGiven:
    """What one zone got: whole seconds, whole °C."""

    zone: Zone
    seconds: int
    temperature_c: int


class OutOfProtocol(Refused):
    """A value beyond the protocol, and no reason given."""

    def __init__(self, found: Sequence[Breach]) -> None:
        self.found = tuple(found)
        super().__init__(
            sentences(found), _("Correct the value, or write why it was out of protocol."), 422
        )


class NoteChanged(Refused):
    """Somebody else wrote the note since the writer last saw it."""


def refusal_of(stage: Stage, appointment: Appointment) -> Refused:
    """Why a session at that stage can't be started, and what to do."""
    if stage is Stage.STOPPED:
        return NotCleared()
    message, next_step = {
        Stage.GONE: (
            _("This appointment was cancelled or missed."),
            _("Restore it first, or book another session of the course."),
        ),
        Stage.DONE: (
            _("This session is completed."),
            _("Its note is closed; what is missing is added as an addendum."),
        ),
        Stage.STARTED: (_("This session has been started."), _("Write its note.")),
        Stage.OTHER_DAY: (
            _("This session is on %(day)s, and starts on its own day only.")
            % {"day": date_format(appointment.day, "DATE_FORMAT")},
            _("Move it to today if the client is treated now."),
        ),
        Stage.HELD: (
            _("The course is on hold or stopped, so nothing is done today."),
            _("Resume the course once the reason is gone."),
        ),
        Stage.IN_REVIEW: (
            _("The client has answered before the visit that something has changed."),
            _("Review the answer first."),
        ),
        Stage.LAPSED: (
            _("The screening was valid until %(day)s.")
            % {"day": date_format(appointment.screening.valid_until, "DATE_FORMAT")},
            _("Ask the whole questionnaire again before treating."),
        ),
        Stage.ARRIVING: (
            _("The client is not checked in."),
            _("Check the client in, then ask."),
        ),
    }[stage]
    return Refused(message, next_step)


def refuse_unless_treats_here(by: User, appointment: Appointment) -> None:
    if treating_specialist(by, appointment) is None:
        raise Refused(
            _("You are not among the clinic's specialists for: %(procedure)s.")
            % {"procedure": appointment.course.procedure_type.name},
            _("Ask a specialist with this skill, or a manager to add it to yours."),
            403,
        )


def refuse_unless_may_write(by: User, appointment: Appointment) -> None:
    refuse_unless_treats_here(by, appointment)
    if appointment.status == Appointment.Status.COMPLETED:
        raise WrongState(_("This session is completed."))
    if not is_started(appointment):
        raise Refused(
            _("Nothing is recorded before the client was asked what has changed."),
            _("Start the session: ask again, then write the note."),
        )


def refuse_a_closed(note: SessionNote | None) -> None:
    if note is not None and note.is_closed:
        raise WrongState(_("This note is closed and is not changed any more: add to it instead."))


def refuse_what_can_not_be(
    appointment: Appointment,
    exposures: Sequence[ExposureGiven],
    carrier: Carrier | None,
    reaction: str,
    text: str,
) -> None:
    allowed = set(treatable_zones(appointment))
    for given in exposures:
        if given.zone not in allowed:
            raise Refused(
                _("%(zone)s is not treated in this course.") % {"zone": given.zone.name},
                _("Record the zone of the course."),
                422,
            )
    if carrier is not None and carrier.procedure_type_id != appointment.course.procedure_type_id:
        raise Refused(
            _("%(carrier)s is not used in this procedure.") % {"carrier": carrier.name},
            _("Choose one of the procedure's own."),
            422,
        )
    if reaction == SessionNote.Reaction.UNUSUAL and not text.strip():
        raise Refused(
            _("An unusual reaction needs words."), _("Describe it in the text of the note."), 422
        )


def out_of_protocol(appointment: Appointment, exposures: Sequence[ExposureGiven]) -> list[Breach]:
    """Every limit that the exposures break."""
    protocols = protocols_by_zone(appointment)
    return [
        breach
        for given in exposures
        for breach in breaches(
            given.zone.name,
            seconds=given.seconds,
            temperature_c=given.temperature_c,
            limits=protocols.get(given.zone.pk),
        )
    ]


def refuse_an_incomplete(note: SessionNote, appointment: Appointment) -> None:
    if not note.exposures.exists():
        raise Refused(
            _("The note records no treated zone."),
            _("Enter seconds and temperature, and save."),
            422,
        )
    if note.carrier_id is None and appointment.course.procedure_type.carriers.active().exists():
        raise Refused(
            _("The note does not say what brought the cold."),
            _("Choose the carrier, and save."),
            422,
        )
