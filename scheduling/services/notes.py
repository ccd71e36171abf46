"""The treatment room: asking again, the session note, closing it, adding to it.

Locks are taken in the order of ``scheduling.locks``, the appointment's row after its course's.
"""

from collections.abc import Mapping, Sequence

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.models import Screening
from clients.selectors import verdict_for
from clients.services import AnswerGiven, ask_again
from cryoclinic.audit import service
from cryoclinic.errors import Refused
from cryoclinic.models import User
from procedures.models import Carrier
from scheduling import note_rules as rules
from scheduling.errors import WrongState
from scheduling.locks import conflicts_in_words, lock_course
from scheduling.models import Addendum, Appointment, Course, Exposure, SessionNote
from scheduling.note_rules import ExposureGiven, NoteChanged
from scheduling.selectors.session_start import Stage, is_started, readiness
from scheduling.services.appointments import complete_appointment
from scheduling.services.courses import hold_course


@conflicts_in_words()
@service
def start_session(
    *, by: User, appointment: Appointment, answers: Sequence[AnswerGiven]
) -> Screening:
    """Keep what was answered when the passing contraindications were asked again.

    Where nothing stops the zone today, the session is started: the appointment's ``visit_check``
    is the screening returned. Where something does, there is none, and the course is on hold until
    it is resolved. Starting again with “nothing has changed” changes nothing; until an exposure is
    recorded, a later “yes” takes the start back. Raises ``Refused``.
    """
    appointment = _locked(appointment.pk)
    course, zone = appointment.course, appointment.course.zone
    again = is_started(appointment)
    if again and not any(answer.present for answer in answers):
        return _check_of(appointment)
    if again:
        _take_start_back(appointment)
    stage = readiness(appointment, today=appointment.clinic.today()).stage
    if stage is not Stage.READY and not (again and stage is Stage.HELD):
        raise rules.refusal_of(stage, appointment)
    check = ask_again(
        by=by, screening=appointment.screening, clinic=appointment.clinic, answers=answers
    )
    if verdict_for(appointment.screening, zone=zone, day=appointment.day).is_cleared:
        appointment.visit_check = check
        appointment.save(update_fields=["visit_check"])
    elif course.status == Course.Status.ACTIVE:
        hold_course(by=by, course=course, reason=_reason_to_hold(appointment))
    return check


@conflicts_in_words()
@service
def save_note(
    *,
    by: User,
    appointment: Appointment,
    exposures: Sequence[ExposureGiven],
    carrier: Carrier | None,
    reaction: str,
    text: str,
    out_of_protocol_reason: str,
    seen: str | None = None,
) -> SessionNote:
    """Write the draft of the session's note; sending the same again changes nothing.

    ``exposures`` replace those that were there, one per zone. ``seen`` is the ``version_of`` the
    note that the writer had before them: another one means that somebody else wrote meanwhile
    (``NoteChanged``). Raises ``OutOfProtocol`` and other ``Refused``.
    """
    appointment = _locked(appointment.pk)
    note = SessionNote.objects.filter(appointment=appointment).first()
    rules.refuse_a_closed(note)
    rules.refuse_unless_may_write(by, appointment)
    rules.refuse_what_can_not_be(appointment, exposures, carrier, reaction, text)
    reason = out_of_protocol_reason.strip()
    found = rules.out_of_protocol(appointment, exposures)
    if found and not reason:
        raise rules.OutOfProtocol(found)
    given = {
        "carrier": carrier,
        "reaction": reaction,
        "text": text.strip(),
        # Within the limits there is nothing to explain any more.
        "out_of_protocol_reason": reason if found or not exposures else "",
    }
    if note is not None and _says_already(note, given, exposures):
        return note
    if seen is not None and seen != version_of(note):
        raise NoteChanged(
            _("%(author)s has changed this note since you opened it.")
            % {"author": note.author.display_name if note else ""},
            _("Compare with what is stored, then save again to replace it."),
        )
    note = note or SessionNote(appointment=appointment)
    for field, value in given.items():
        setattr(note, field, value)
    note.author = by
    note.save()
    _write_exposures(note, exposures)
    return note


@conflicts_in_words()
@service
def close_note(*, by: User, note: SessionNote) -> SessionNote:
    """Close the note for good and complete its appointment; closing it again changes nothing.

    Who closes it is its author. Raises ``Refused``.
    """
    appointment = _locked(note.appointment_id)
    note = SessionNote.objects.get(pk=note.pk)
    if note.is_closed:
        return note
    rules.refuse_unless_may_write(by, appointment)
    rules.refuse_an_incomplete(note, appointment)
    note.author = by
    note.closed_at = timezone.now()
    note.save()
    complete_appointment(by=by, appointment=appointment)
    return note


@conflicts_in_words()
@service
def add_addendum(*, by: User, note: SessionNote, text: str) -> Addendum:
    """Add to a closed note; the same text sent twice is added once. Raises ``Refused``."""
    appointment = _locked(note.appointment_id)
    rules.refuse_unless_treats_here(by, appointment)
    note = SessionNote.objects.get(pk=note.pk)
    if not note.is_closed:
        raise WrongState(_("This note is still open: change the note itself."))
    text = text.strip()
    if not text:
        raise Refused(_("The addendum is empty."), _("Write what is to be added."), 422)
    same = note.addenda.filter(author=by, text=text).first()
    return same or Addendum.objects.create(note=note, author=by, text=text)


def version_of(note: SessionNote | None) -> str:
    """What changes whenever the note is written; empty while there is none."""
    return note.written_at.isoformat() if note else ""


def _locked(appointment_id: int) -> Appointment:
    """The appointment as it is now, its course's row and its own locked until the end."""
    lock_course(Appointment.objects.values_list("course_id", flat=True).get(pk=appointment_id))
    return (
        Appointment.objects.select_related(
            "client", "clinic", "course__procedure_type", "course__zone", "screening", "visit_check"
        )
        .select_for_update(no_key=True, of=("self",))
        .get(pk=appointment_id)
    )


def _check_of(appointment: Appointment) -> Screening:
    if appointment.visit_check is None:
        raise WrongState(_("The session has not been started."))
    return appointment.visit_check


def _take_start_back(appointment: Appointment) -> None:
    if Exposure.objects.filter(note__appointment=appointment).exists():
        raise Refused(
            _("The treatment is already recorded."),
            _("Finish the note, then put the course on hold."),
        )
    appointment.visit_check = None
    appointment.save(update_fields=["visit_check"])


def _reason_to_hold(appointment: Appointment) -> str:
    """Read at the desk too, so it names nothing of the client's health."""
    with translation.override(appointment.clinic.language):
        return _("An answer at the visit on %(day)s stops the treatment for now.") % {
            "day": date_format(appointment.day, "DATE_FORMAT")
        }


def _says_already(
    note: SessionNote, given: Mapping[str, object], exposures: Sequence[ExposureGiven]
) -> bool:
    stored = set(note.exposures.values_list("zone_id", "seconds", "temperature_c"))
    return all(getattr(note, field) == value for field, value in given.items()) and stored == {
        (exposure.zone.pk, exposure.seconds, exposure.temperature_c) for exposure in exposures
    }


def _write_exposures(note: SessionNote, exposures: Sequence[ExposureGiven]) -> None:
    note.exposures.exclude(zone__in=[given.zone for given in exposures]).delete()
    for given in exposures:
        Exposure.objects.update_or_create(
            note=note,
            zone=given.zone,
            defaults={"seconds": given.seconds, "temperature_c": given.temperature_c},
        )
