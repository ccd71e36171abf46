"""The links that clients are given: signed, for one purpose each, expiring, revocable; not stored.

A token reads ``subject.version.expires~signature``: the primary key of what it is about, the
number that must still be the subject's when it is used (raising that number withdraws every link
made before), and the last day on which it counts. The signature's salt is the purpose, so that a
link for one thing opens no other. The decision is docs/decisions/0014-links-are-signed.md.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from clients.models import Client
from scheduling.models import Course

# How long the page stays open after the course's last visit, for looking something up.
DAYS_AFTER_LAST_VISIT = 30
# A mail is opened late; the link out of it should work then too.
UNSUBSCRIBE_DAYS = 365
# The longest token that can be ours: three numbers of at most 19 digits, and the signature.
LONGEST = 128


class Purpose(StrEnum):
    """What a link opens; a new purpose needs nothing but its name here."""

    VISIT = "visit"
    UNSUBSCRIBE = "unsubscribe"
    COURSE_FEED = "course-feed"
    SPECIALIST_FEED = "specialist-feed"


@dataclass(frozen=True, slots=True)
class Link:
    """What a genuine token says. ``version`` is to be compared with the subject's own now."""

    subject: int
    version: int
    expires_on: date | None

    def is_over(self, today: date) -> bool:
        return self.expires_on is not None and self.expires_on < today


class BadLink(Exception):
    """The token is not one of ours for this purpose."""


def make(purpose: Purpose, subject: int, *, version: int = 0, expires_on: date | None) -> str:
    """The token. ``expires_on`` is the last day (UTC) on which it counts; None: until withdrawn."""
    expires = expires_on.toordinal() if expires_on else 0
    return _signer(purpose).sign(f"{subject}.{version}.{expires}")


def read(purpose: Purpose, token: str) -> Link:
    """What the token says, genuine or ``BadLink``; whether it is over is for the caller to ask.

    Reads no database, so a guess costs nothing but the signature.
    """
    if len(token) > LONGEST:
        raise BadLink
    try:
        signed = _signer(purpose).unsign(token)
    except BadSignature:
        raise BadLink from None
    subject, version, expires = (int(part) for part in signed.split("."))
    return Link(subject, version, date.fromordinal(expires) if expires else None)


def page_url(course: Course, *, last_day: date | None = None) -> str:
    """The client's own page of the course; ``last_day``, if known, saves looking up its last visit.

    The link counts until 30 days after that visit, a new one (each mail has one) from then on.
    """
    token = page_token(course, last_day=last_day)
    return settings.SITE_URL + reverse("scheduling:client_page", args=[token])


def page_token(course: Course, *, last_day: date | None = None) -> str:
    if last_day is None:
        last_day = course.appointments.aggregate(last=Max("day"))["last"]
    today = timezone.now().date()
    expires_on = max(today, last_day or today) + timedelta(days=DAYS_AFTER_LAST_VISIT)
    return make(Purpose.VISIT, course.pk, version=course.link_version, expires_on=expires_on)


def unsubscribe_url(client: Client) -> str:
    """Where the client's optional mail ends: a button for people, one POST for mail providers."""
    expires_on = timezone.now().date() + timedelta(days=UNSUBSCRIBE_DAYS)
    token = make(Purpose.UNSUBSCRIBE, client.pk, expires_on=expires_on)
    return settings.SITE_URL + reverse("scheduling:unsubscribe", args=[token])


def unsubscribe_headers(client: Client) -> dict[str, str]:
    """The headers of RFC 8058, for a mail that the client may do without."""
    return {
        "List-Unsubscribe": f"<{unsubscribe_url(client)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _signer(purpose: Purpose) -> Signer:
    return Signer(sep="~", salt=f"scheduling.links.{purpose}")
