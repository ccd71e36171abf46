"""Visits as calendar entries (RFC 5545) that every calendar program takes in."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.utils.translation import gettext as _

from cryoclinic.models import Clinic
from scheduling.selectors.visits import Visit

PRODUCT = "-//CryoClinic//Visits//EN"


def host() -> str:
    """The site's name, which makes ids of mails and calendar entries unique in the world."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def visit_uid(appointment: int) -> str:
    """The same for as long as the appointment exists: a moved visit moves in the calendar."""
    return f"visit-{appointment}@{host()}"


def calendar_of(
    visits: Sequence[Visit], *, of: int, clinic: Clinic, organizer: str, now: datetime
) -> bytes:
    """The visits as one published calendar, in the active language; nothing about their reason.

    Times are the clinic's, with its VTIMEZONE; SEQUENCE rises with each change of the time.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for visit in visits:
        calendar.add_component(_event(visit, of, clinic, organizer, now))
    calendar.add_missing_timezones(
        first_date=min(visit.starts_at.date() for visit in visits),
        last_date=max(visit.ends_at.date() for visit in visits),
    )
    return calendar.to_ical()


def _event(visit: Visit, of: int, clinic: Clinic, organizer: str, now: datetime) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", visit_uid(visit.appointment))
    event.add("sequence", visit.version - 1)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", visit.starts_at)
    event.add("dtend", visit.ends_at)
    event.add(
        "summary",
        _("%(clinic)s: session %(number)s of %(of)s")
        % {"clinic": clinic.name, "number": visit.number, "of": of},
    )
    address = icalendar.vCalAddress(f"mailto:{organizer}")
    address.params["CN"] = clinic.name
    event.add("organizer", address)
    if clinic.address:
        event.add("location", clinic.address)
    if clinic.phone:
        event.add("description", _("To change the time, call %(phone)s.") % {"phone": clinic.phone})
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    return event
