"""Visits as calendar entries (RFC 5545, RFC 5546) that every calendar program takes in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache, lru_cache
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.utils.translation import gettext as _
from icalendar.parser import Contentline

from clients.phones import spaced
from cryoclinic.models import Clinic
from scheduling.selectors.visits import Visit

PRODUCT = "-//CryoClinic//Visits//EN"
# How often a program that subscribes is to look; those that ask more often get a 304.
REFRESH = "PT1H"
END = b"END:VCALENDAR\r\n"


class Method(StrEnum):
    """What the receiver is to do: take in a file, take in or change one visit, take one out."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Entry:
    """One visit as a calendar shows it, its times on the clinic's clock.

    ``version`` is that of its schedule; ``changed_at`` when any of this last changed.
    """

    appointment: int
    starts_at: datetime
    ends_at: datetime
    version: int
    summary: str
    changed_at: datetime
    description: str = ""
    is_cancelled: bool = False

    @property
    def sequence(self) -> int:
        """Rises with every move, cancellation and restoring, which starts a new version."""
        return 2 * (self.version - 1) + self.is_cancelled


def host() -> str:
    """The site's name, which makes ids of mails and calendar entries unique in the world."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def visit_uid(appointment: int) -> str:
    """The same for as long as the appointment exists: a moved visit moves in the calendar."""
    return f"visit-{appointment}@{host()}"


def entry_of(visit: Visit, *, of: int, clinic: Clinic, now: datetime) -> Entry:
    """The client's visit in the active language; nothing about its reason."""
    return Entry(
        appointment=visit.appointment,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        version=visit.version,
        summary=session_words(clinic, visit.number, of),
        changed_at=now,
        description=call_words(clinic),
    )


def call_words(clinic: Clinic) -> str:
    if not clinic.phone:
        return ""
    return _("To change the time, call %(phone)s.") % {"phone": spaced(clinic.phone)}


def session_words(clinic: Clinic, number: int, of: int) -> str:
    return _("%(clinic)s: session %(number)s of %(of)s") % {
        "clinic": clinic.name,
        "number": number,
        "of": of,
    }


def calendar_file(
    entries: Sequence[Entry],
    *,
    clinic: Clinic,
    organizer: str = "",
    method: Method = Method.PUBLISH,
    attendee: str = "",
) -> bytes:
    """A calendar of at least one entry; REQUEST and CANCEL are about exactly one (RFC 5546, 3.2).

    ``organizer`` and ``attendee`` are addresses. Times are the clinic's, with its VTIMEZONE.
    """
    if method != Method.PUBLISH and len(entries) != 1:
        raise ValueError(f"{method} is about one visit, not {len(entries)}")
    events = [_event(entry, clinic, organizer, attendee) for entry in entries]
    return b"".join([_opening(method), *_zones(entries), *events, END])


def feed_of(entries: Sequence[Entry], *, clinic: Clinic, name: str) -> bytes:
    """What a program that subscribes gets: a named calendar, with any number of entries."""
    about = [
        _text("name", name),
        _text("x-wr-calname", name),
        _plain(f"X-WR-TIMEZONE:{clinic.time_zone}"),
        _plain(f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}"),
        _plain(f"X-PUBLISHED-TTL:{REFRESH}"),
    ]
    events = [_event(entry, clinic, "", "") for entry in entries]
    return b"".join([_opening(Method.PUBLISH), *about, *_zones(entries), *events, END])


@cache
def _opening(method: Method) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.value)
    return calendar.to_ical().removesuffix(END)


def _zones(entries: Sequence[Entry]) -> list[bytes]:
    """The VTIMEZONEs of the clocks that the entries' times are on."""
    years = [entry.starts_at.year for entry in entries]
    names = {str(entry.starts_at.tzinfo) for entry in entries}
    return [_zone(name, min(years), max(years) + 1) for name in sorted(names)]


@cache
def _zone(name: str, first_year: int, last_year: int) -> bytes:
    """Its VTIMEZONE from the first day of the one year to the last of the other.

    Kept, as it takes longer to work out than all the rest of a mail.
    """
    zone = icalendar.Timezone.from_tzid(
        name, first_date=date(first_year, 1, 1), last_date=date(last_year, 12, 31)
    )
    return zone.to_ical()


def _event(entry: Entry, clinic: Clinic, organizer: str, attendee: str) -> bytes:
    lines = [
        _plain("BEGIN:VEVENT"),
        _text("summary", entry.summary),
        _plain(f"DTSTART{_local(entry.starts_at)}"),
        _plain(f"DTEND{_local(entry.ends_at)}"),
        _plain(f"DTSTAMP:{entry.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"),
        _plain(f"UID:{visit_uid(entry.appointment)}"),
        _plain(f"SEQUENCE:{entry.sequence}"),
    ]
    if attendee:
        # Nothing is to be answered: the visit is agreed, and is changed on the client's page.
        answer = "PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=FALSE"
        lines.append(_plain(f"ATTENDEE;{answer}:mailto:{attendee}"))
    if entry.description:
        lines.append(_text("description", entry.description))
    if clinic.address:
        lines.append(_text("location", clinic.address))
    if organizer:
        lines.append(_text("organizer", f"mailto:{organizer}", CN=clinic.name))
    lines.append(_plain(f"STATUS:{'CANCELLED' if entry.is_cancelled else 'CONFIRMED'}"))
    lines.append(_plain(f"TRANSP:{'TRANSPARENT' if entry.is_cancelled else 'OPAQUE'}"))
    lines.append(_plain("END:VEVENT"))
    return b"".join(lines)


def _local(moment: datetime) -> str:
    """Parameter and value of a property."""
    return f";TZID={moment.tzinfo}:{moment:%Y%m%dT%H%M%S}"


@lru_cache(maxsize=2000)
def _text(name: str, value: str, **parameters: str) -> bytes:
    """A property of words, as the library escapes and folds them; most come again and again."""
    event = icalendar.Event()
    event.add(name, value, parameters=parameters)
    _begin, line, *_end = event.content_lines()
    return line.to_ical() + b"\r\n"


def _plain(line: str) -> bytes:
    """A property in which nothing is to be escaped, folded to 75 octets (RFC 5545, 3.1)."""
    if not line.isascii():  # an address in another script
        return Contentline(line).to_ical() + b"\r\n"
    pieces = [line[start : start + 74] for start in range(0, len(line), 74)]
    return "\r\n ".join(pieces).encode() + b"\r\n"
