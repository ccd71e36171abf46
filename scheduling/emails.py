"""The e-mails to clients: one function each, over a subject, a text and an HTML template.

They speak the client's language and the clinic's clock, and say nothing about what is treated,
where or why: a mailbox is read by others too.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from email import encoders
from email.mime.base import MIMEBase
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.phones import spaced
from cryoclinic.models import Clinic
from scheduling.calendars import calendar_of, host
from scheduling.models import Message
from scheduling.selectors.visits import Visit
from scheduling.selectors.words import clock, full_day, short_day


class Mail(EmailMultiAlternatives):
    """Built once, so that what is kept of it is what was sent."""

    built: Any = None

    def message(self, **options: Any) -> Any:
        if self.built is None:
            self.built = super().message(**options)
        return self.built


def compose(message: Message, visits: Sequence[Visit], *, now: datetime) -> Mail:
    """The mail that the message stands for, from the course's live visits as they are now.

    The message's client, course, clinic and appointment are to be loaded.
    """
    write = {Message.Kind.COURSE_BOOKED: course_booked, Message.Kind.REMINDER: reminder}
    with translation.override(message.client.language):
        return write[Message.Kind(message.kind)](message, visits, now=now)


def course_booked(message: Message, visits: Sequence[Visit], *, now: datetime) -> Mail:
    """The whole plan: every visit still to come, with a calendar of them all."""
    coming = [visit for visit in visits if visit.starts_at > now]
    return _mail("course_booked", message, coming, now=now)


def reminder(message: Message, visits: Sequence[Visit], *, now: datetime) -> Mail:
    """One visit: when, where, what to avoid, with its calendar entry."""
    one = [visit for visit in visits if visit.appointment == message.appointment_id]
    return _mail("reminder", message, one, now=now)


def _mail(name: str, message: Message, visits: Sequence[Visit], *, now: datetime) -> Mail:
    clinic = message.course.clinic
    context = _context(message, visits, now)
    mail = Mail(
        subject=_one_line(render_to_string(f"emails/{name}.subject.txt", context)),
        body=render_to_string(f"emails/{name}.txt", context).strip() + "\n",
        from_email=formataddr((_one_line(clinic.name), _sender())),
        to=[message.client.email],
        reply_to=[clinic.email] if clinic.email else [],
        headers=_headers(message, clinic),
    )
    page = render_to_string(f"emails/{name}.html", context).strip()
    mail.attach_alternative(page, "text/html")
    calendar = calendar_of(
        visits,
        of=message.course.sessions_planned,
        clinic=clinic,
        organizer=clinic.email or _sender(),
        now=now,
    )
    mail.attach(_calendar_part(calendar))
    return mail


def _context(message: Message, visits: Sequence[Visit], now: datetime) -> dict[str, Any]:
    clinic = message.course.clinic
    today = clinic.local(now).date()
    return {
        "language": translation.get_language(),
        "clinic": clinic,
        "phone": spaced(clinic.phone),
        "name": message.client.name,
        "sessions": message.course.sessions_planned,
        "visits": [
            {
                "number": visit.number,
                "date": short_day(visit.starts_at.date()),
                "weekday": date_format(visit.starts_at, "l"),
                "full_date": date_format(visit.starts_at, "j E Y"),
                "day": full_day(visit.starts_at.date()),
                "when": _relative_day(visit.starts_at.date(), today),
                "from": clock(visit.starts_at),
                "until": clock(visit.ends_at),
            }
            for visit in visits
        ],
    }


def _relative_day(day: date, today: date) -> str:
    if day == today:
        return _("today")
    if day == today + timedelta(days=1):
        return _("tomorrow")
    return full_day(day)


def _headers(message: Message, clinic: Clinic) -> dict[str, str]:
    """The same Message-ID at every attempt, so that a mail sent twice can be told as one."""
    headers = {
        "Message-ID": f"<{message.message_id}@{host()}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if clinic.email:
        headers["List-Unsubscribe"] = f"<mailto:{clinic.email}?subject=unsubscribe>"
    return headers


def _calendar_part(content: bytes) -> MIMEBase:
    part = MIMEBase("text", "calendar", charset="utf-8", method="PUBLISH")
    part.set_payload(content)
    # Base64 keeps the line ends that calendars prescribe.
    encoders.encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename="visits.ics")
    return part


def _sender() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def _one_line(text: str) -> str:
    return " ".join(text.split())
