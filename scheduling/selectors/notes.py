"""The session note as it is read."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from scheduling.models import Appointment, SessionNote
from scheduling.protocol_check import breaches, degrees, sentences
from scheduling.selectors.session_start import protocols_by_zone


@dataclass(frozen=True, slots=True)
class ExposureRow:
    """What one zone got, and in ``beyond`` which limits of the protocol that broke."""

    zone: str
    seconds: str
    temperature: str
    beyond: str


def note_of(appointment: Appointment) -> SessionNote | None:
    """The appointment's note with all that is shown of it; four queries at most."""
    return (
        SessionNote.objects.select_related("author", "carrier", "appointment")
        .prefetch_related("exposures__zone", "addenda__author")
        .filter(appointment=appointment)
        .first()
    )


def exposure_rows(note: SessionNote | None, appointment: Appointment) -> list[ExposureRow]:
    """The exposures of a note that ``note_of`` has read, in the order of the zones."""
    if note is None:
        return []
    protocols = protocols_by_zone(appointment)
    return [
        ExposureRow(
            zone=exposure.zone.name,
            seconds=_("%(count)s s") % {"count": exposure.seconds},
            temperature=degrees(exposure.temperature_c),
            beyond=sentences(
                breaches(
                    exposure.zone.name,
                    seconds=exposure.seconds,
                    temperature_c=exposure.temperature_c,
                    limits=protocols.get(exposure.zone_id),
                )
            ),
        )
        for exposure in note.exposures.all()
    ]


def note_line(note: SessionNote) -> str:
    """A note in one line: its day, the cold of each zone, the reaction, the first words.

    Its appointment and its exposures' zones are to be loaded.
    """
    cold = ", ".join(
        f"{exposure.zone} {_('%(count)s s') % {'count': exposure.seconds}}"
        f" {degrees(exposure.temperature_c)}"
        for exposure in note.exposures.all()
    )
    reaction = {
        SessionNote.Reaction.NONE: "",
        SessionNote.Reaction.EXPECTED: _("expected reaction"),
        SessionNote.Reaction.UNUSUAL: _("unusual reaction"),
    }[SessionNote.Reaction(note.reaction)]
    words = Truncator(" ".join(note.text.split())).chars(80)
    parts = (date_format(note.appointment.day, "j E"), cold, reaction, words)
    return " · ".join(filter(None, parts))
