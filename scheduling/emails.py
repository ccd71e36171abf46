"""The e-mails to clients: one function each, over a subject, a text and an HTML template.

They speak the client's language and the clinic's clock, and say nothing about what is treated,
where or why: a mailbox is read by others too.
"""

from collections.abc import Callable, Sequence
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
from scheduling.mail_facts import Facts
from scheduling.models import Message
from scheduling.models.message import CHANGES, MessageKind
from scheduling.selectors.visits import Visit
from scheduling.selectors.words import clock, full_day, short_day
from scheduling.told import ToldVisit


class Mail(EmailMultiAlternatives):
    """Built once, so that what is kept of it is what was sent."""

    built: Any = None

    def message(self, **options: Any) -> Any:
        if self.built is None:
            self.built = super().message(**options)
        return self.built


def compose(message: Message, facts: Facts, *, now: datetime) -> Mail:
    """The mail that the message stands for, from what holds now.

    The message's client, course, clinic and appointment are to be loaded.
    """
    recipient = message.client or message.clinic
    with translation.override(recipient.language):
        return _WRITE[kind_of(message, facts)](message, facts, now=now)


def kind_of(message: Message, facts: Facts) -> MessageKind:
    """What the message is about by now: a change may have turned into a cancellation, or back."""
    if message.kind not in CHANGES:
        return MessageKind(message.kind)
    return MessageKind.CANCELLED if facts.changes.only_cancelled else MessageKind.MOVED


def course_booked(message: Message, facts: Facts, *, now: datetime) -> Mail:
    """The whole plan: every visit still to come, with a calendar of them all."""
    coming = _coming(facts, now)
    return _with_calendar(_mail("course_booked", message, coming, now=now), message, coming, now)


def reminder(message: Message, facts: Facts, *, now: datetime) -> Mail:
    """One visit: when, where, what to avoid, with its calendar entry."""
    one = [visit for visit in facts.visits if visit.appointment == message.appointment_id]
    return _with_calendar(_mail("reminder", message, one, now=now), message, one, now)


def moved(message: Message, facts: Facts, *, now: datetime) -> Mail:
    """What has changed since the client was last told, and the visits as they are now."""
    coming, clinic, changes = _coming(facts, now), message.clinic, facts.changes
    today = clinic.local(now).date()
    context = {
        "changes": [
            {"was": _told(was, clinic, today), "now": _visit(visit, today)}
            for was, visit in changes.moved
        ],
        "added": [_visit(visit, today) for visit in changes.added],
        "cancelled": [_told(visit, clinic, today) for visit in changes.cancelled],
        "count": len(changes.moved) + len(changes.added) + len(changes.cancelled),
    }
    mail = _mail("moved", message, coming, now=now, **context)
    return _with_calendar(mail, message, coming, now)


def cancelled(message: Message, facts: Facts, *, now: datetime) -> Mail:
    """Which visits are called off, and those that stay."""
    coming, clinic = _coming(facts, now), message.clinic
    today = clinic.local(now).date()
    gone = [_told(visit, clinic, today) for visit in facts.changes.cancelled]
    mail = _mail("cancelled", message, coming, now=now, cancelled=gone, count=len(gone))
    return _with_calendar(mail, message, coming, now)


def missed(message: Message, facts: Facts, *, now: datetime) -> Mail:
    """The client did not come: an invitation to find another time."""
    coming = _coming(facts, now)
    mail = _mail("missed", message, coming, now=now, missed=_own_visit(message, now))
    return _with_calendar(mail, message, coming, now)


def rescreening_due(message: Message, facts: Facts, *, now: datetime) -> Mail:
    """A few questions are to be answered again before the next visits."""
    return _mail("rescreening_due", message, _coming(facts, now), now=now)


def aftercare(message: Message, facts: Facts, *, now: datetime) -> Mail:
    """What to mind after the session that was given, and the visit that comes next."""
    coming = _coming(facts, now)
    return _mail("aftercare", message, coming, now=now, given=_own_visit(message, now))


def course_finished(message: Message, facts: Facts, *, now: datetime) -> Mail:
    """Thanks after the last session."""
    return _mail("course_finished", message, facts.visits, now=now)


def proposals_waiting(message: Message, facts: Facts, *, now: datetime) -> Mail:
    """To the desk: how many proposals wait; no names, as a mailbox is read by others too."""
    return _mail(
        "proposals_waiting", message, (), now=now, count=facts.proposals, address=settings.SITE_URL
    )


_WRITE: dict[MessageKind, Callable[..., Mail]] = {
    MessageKind.COURSE_BOOKED: course_booked,
    MessageKind.REMINDER: reminder,
    MessageKind.MOVED: moved,
    MessageKind.CANCELLED: cancelled,
    MessageKind.MISSED: missed,
    MessageKind.RESCREENING_DUE: rescreening_due,
    MessageKind.AFTERCARE: aftercare,
    MessageKind.COURSE_FINISHED: course_finished,
    MessageKind.PROPOSALS_WAITING: proposals_waiting,
}


def _coming(facts: Facts, now: datetime) -> list[Visit]:
    return [visit for visit in facts.visits if visit.starts_at > now]


def _mail(
    name: str, message: Message, visits: Sequence[Visit], *, now: datetime, **more: object
) -> Mail:
    clinic = message.clinic
    context = _context(message, visits, now) | more
    mail = Mail(
        subject=_one_line(render_to_string(f"emails/{name}.subject.txt", context)),
        body=render_to_string(f"emails/{name}.txt", context).strip() + "\n",
        from_email=formataddr((_one_line(clinic.name), _sender())),
        to=[(message.client or clinic).email],
        reply_to=[clinic.email] if clinic.email else [],
        headers=_headers(message, clinic),
    )
    page = render_to_string(f"emails/{name}.html", context).strip()
    mail.attach_alternative(page, "text/html")
    return mail


def _with_calendar(mail: Mail, message: Message, visits: Sequence[Visit], now: datetime) -> Mail:
    """The mail with the visits as a calendar, if there are any."""
    if visits and message.course is not None:
        calendar = calendar_of(
            visits,
            of=message.course.sessions_planned,
            clinic=message.clinic,
            organizer=message.clinic.email or _sender(),
            now=now,
        )
        mail.attach(_calendar_part(calendar))
    return mail


def _context(message: Message, visits: Sequence[Visit], now: datetime) -> dict[str, Any]:
    clinic = message.clinic
    today = clinic.local(now).date()
    return {
        "language": translation.get_language(),
        "clinic": clinic,
        "phone": spaced(clinic.phone),
        "name": message.client.name if message.client else "",
        "sessions": message.course.sessions_planned if message.course else 0,
        "visits": [_visit(visit, today) for visit in visits],
    }


def _visit(visit: Visit, today: date) -> dict[str, Any]:
    return _times(visit.starts_at, visit.ends_at, today) | {"number": visit.number}


def _told(visit: ToldVisit, clinic: Clinic, today: date) -> dict[str, Any]:
    return _times(clinic.local(visit.starts_at), clinic.local(visit.ends_at), today)


def _own_visit(message: Message, now: datetime) -> dict[str, Any]:
    """The visit that the message is about, live or not."""
    clinic, appointment = message.clinic, message.appointment
    if appointment is None:
        return {}
    starts_at, ends_at = (
        clinic.local(appointment.visit.lower),
        clinic.local(appointment.visit.upper),
    )
    return _times(starts_at, ends_at, clinic.local(now).date())


def _times(starts_at: datetime, ends_at: datetime, today: date) -> dict[str, Any]:
    """Both on the clinic's clock."""
    return {
        "date": short_day(starts_at.date()),
        "weekday": date_format(starts_at, "l"),
        "full_date": date_format(starts_at, "j E Y"),
        "day": full_day(starts_at.date()),
        "when": _relative_day(starts_at.date(), today),
        "from": clock(starts_at),
        "until": clock(ends_at),
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
