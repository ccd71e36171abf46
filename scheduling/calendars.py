"""Visits as calendar entries (RFC 5545, RFC 5546) that every calendar program takes in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.utils.translation import gettext as _

from clients.phones import spaced
from cryoclinic.models import Clinic
from scheduling.selectors.visits import Visit

PRODUCT = "-//CryoClinic//Visits//EN"
# How often a program that subscribes is to look; those that ask more often get a 304.
REFRESH = timedelta(hours=1)
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
    return _written(_calendar(method), events)


def feed_of(entries: Sequence[Entry], *, clinic: Clinic, name: str) -> bytes:
    """What a program that subscribes gets: a named calendar, with any number of entries."""
    calendar = _calendar(Method.PUBLISH)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", clinic.time_zone)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    return _written(calendar, [_event(entry, clinic, "", "") for entry in entries])


def _calendar(method: Method) -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.value)
    return calendar


def _written(calendar: icalendar.Calendar, events: Sequence[icalendar.Event]) -> bytes:
    """As ``to_ical`` would write it, but for the zones, which are not written anew each time."""
    starts: list[Any] = [event["DTSTART"] for event in events]
    years = [start.dt.year for start in starts]
    zones = [
        _zone(name, min(years), max(years) + 1)
        for name in sorted({start.params["TZID"] for start in starts if "TZID" in start.params})
    ]
    empty = calendar.to_ical().removesuffix(END)
    return b"".join([empty, *zones, *(event.to_ical() for event in events), END])


@cache
def _zone(name: str, first_year: int, last_year: int) -> bytes:
    """Its VTIMEZONE from the first day of the one year to the last of the other.

    Kept, as it takes longer to work out than all the rest of a mail.
    """
    zone = icalendar.Timezone.from_tzid(
        name, first_date=date(first_year, 1, 1), last_date=date(last_year, 12, 31)
    )
    return zone.to_ical()


def _event(entry: Entry, clinic: Clinic, organizer: str, attendee: str) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", visit_uid(entry.appointment))
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", entry.summary)
    if organizer:
        event.add("organizer", _address(organizer, CN=clinic.name))
    if attendee:
        # Nothing is to be answered: the visit is agreed, and is changed on the client's page.
        event.add(
            "attendee",
            _address(attendee, ROLE="REQ-PARTICIPANT", PARTSTAT="ACCEPTED", RSVP="FALSE"),
        )
    if clinic.address:
        event.add("location", clinic.address)
    if entry.description:
        event.add("description", entry.description)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.is_cancelled else "OPAQUE")
    return event


def _address(email: str, **parameters: str) -> icalendar.vCalAddress:
    address = icalendar.vCalAddress(f"mailto:{email}")
    for name, value in parameters.items():
        address.params[name] = value
    return address
