"""The calendars that people subscribe to: their addresses, and what stands in them."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from cryoclinic.changes import event_model_of
from cryoclinic.models import Clinic
from scheduling import links
from scheduling.calendars import Entry, call_words, feed_of, session_words
from scheduling.links import Purpose
from scheduling.models import Appointment, CalendarFeed, Course, Specialist
from scheduling.querysets import AppointmentQuerySet

# What a specialist's calendar holds: enough to look back at, and as far as anybody books.
BACK, AHEAD = timedelta(days=30), timedelta(days=180)
# Of a row that came about past the record of changes.
UNRECORDED = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Feed:
    """An .ics file, with what tells whether the reader has it already."""

    content: bytes
    changed_at: datetime

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'


class WithdrawnFeed(Exception):
    """The address was ours once."""


def course_feed_url(course: Course) -> str:
    """For the client; counts until it is withdrawn."""
    token = links.make(Purpose.COURSE_FEED, course.pk, version=_version_of(course), expires_on=None)
    return _url(token)


def specialist_feed_url(specialist: Specialist) -> str:
    """For the specialist; counts until it is withdrawn."""
    token = links.make(
        Purpose.SPECIALIST_FEED, specialist.pk, version=_version_of(specialist), expires_on=None
    )
    return _url(token)


def subscription_url(url: str) -> str:
    """The same address in the scheme with which telephones offer to subscribe."""
    return f"webcal://{url.partition('://')[2]}"


def read_feed(token: str) -> Feed:
    """What the address stands for; raises ``BadLink``, or ``WithdrawnFeed``.

    A token that was made up costs two signatures and no query.
    """
    try:
        link = links.read(Purpose.COURSE_FEED, token)
    except links.BadLink:
        link = links.read(Purpose.SPECIALIST_FEED, token)
        return _of_specialist(link)
    return _of_course(link)


def _of_course(link: links.Link) -> Feed:
    courses = Course.objects.select_related("clinic", "client", "feed")
    course = courses.filter(pk=link.subject).first()
    if course is None or _version_of(course) != link.version:
        raise WithdrawnFeed
    with translation.override(course.client.language):
        return _feed(course.clinic, _client_s(course), name=course.clinic.name)


def _of_specialist(link: links.Link) -> Feed:
    people = Specialist.objects.active().filter(user__is_active=True)
    people = people.select_related("clinic", "user", "feed")
    specialist = people.filter(pk=link.subject).first()
    if specialist is None or _version_of(specialist) != link.version:
        raise WithdrawnFeed
    with translation.override(specialist.user.language or specialist.clinic.language):
        name = _("%(clinic)s: my visits") % {"clinic": specialist.clinic.name}
        return _feed(specialist.clinic, _specialist_s(specialist), name=name)


def _client_s(course: Course) -> list[Entry]:
    """All visits of the course, cancelled ones as such; the others are numbered by date."""
    entries, number = [], 0
    for row in _rows(Appointment.objects.filter(course=course)):
        number += row.is_live
        summary = session_words(course.clinic, number, course.sessions_planned)
        entries.append(
            _entry(
                row,
                row.visit,
                course.clinic,
                summary=summary if row.is_live else course.clinic.name,
                description=call_words(course.clinic),
            )
        )
    return entries


def _specialist_s(specialist: Specialist) -> list[Entry]:
    """When the specialist is taken, and nothing else: others look at a telephone too."""
    today = specialist.clinic.today()
    rows = Appointment.objects.filter(specialist=specialist)
    rows = rows.between_days(today - BACK, today + AHEAD)
    return [
        _entry(row, row.treatment, specialist.clinic, summary=_("Visit")) for row in _rows(rows)
    ]


def _rows(appointments: AppointmentQuerySet) -> list[Any]:
    """The appointments, each with ``changed_at``, when it was last written; two queries."""
    rows: list[Any] = list(
        appointments.in_order().only("treatment", "visit", "schedule_version", "status")
    )
    events = event_model_of(Appointment).objects.filter(pgh_obj_id__in=[row.pk for row in rows])
    changed = dict(events.values_list("pgh_obj_id").annotate(Max("pgh_created_at")).order_by())
    for row in rows:
        row.changed_at = changed.get(row.pk, UNRECORDED)
    return rows


def _entry(row: Any, span: Any, clinic: Clinic, **words: str) -> Entry:
    return Entry(
        appointment=row.pk,
        starts_at=clinic.local(span.lower),
        ends_at=clinic.local(span.upper),
        version=row.schedule_version,
        changed_at=row.changed_at,
        is_cancelled=row.status == Appointment.Status.CANCELLED,
        **words,
    )


def _feed(clinic: Clinic, entries: list[Entry], *, name: str) -> Feed:
    """It changes with its visits, with the clinic's card, and with the day from which it counts."""
    events = event_model_of(Clinic).objects.filter(pgh_obj_id=clinic.pk)
    changes = [entry.changed_at for entry in entries]
    changes += [events.aggregate(last=Max("pgh_created_at"))["last"] or UNRECORDED]
    changes += [clinic.midnight(clinic.today())]
    return Feed(feed_of(entries, clinic=clinic, name=name), max(changes))


def _version_of(subject: Course | Specialist) -> int:
    feed: CalendarFeed | None = getattr(subject, "feed", None)
    return feed.version if feed else 0


def _url(token: str) -> str:
    return settings.SITE_URL + reverse("scheduling:feed", args=[token])
