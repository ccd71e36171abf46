"""A made-up client's message of each kind, to show and to try out what a mail says."""

from copy import copy
from datetime import UTC, datetime, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import translation
from django.utils.translation import gettext as _

from clients.models import Client
from cryoclinic.models import Clinic
from scheduling.emails.kinds import compose
from scheduling.emails.wire import Mail
from scheduling.emails.words import Draft
from scheduling.mail_facts import Facts
from scheduling.models import Appointment, Course, Message
from scheduling.models.message import MessageKind
from scheduling.selectors.visits import Visit
from scheduling.told import Changes, ToldVisit

SESSIONS = 10
# What is told after the visit it is about.
AFTER = [MessageKind.MISSED, MessageKind.AFTERCARE, MessageKind.COURSE_FINISHED]
# Days from the first visit on, and the hour, of visits that nobody has.
DAYS = (0, 2, 5, 7, 9, 12, 14, 16, 19, 21)
HOUR, LENGTH = time(14, 5), timedelta(minutes=45)


def sample_mail(
    kind: MessageKind,
    clinic: Clinic,
    *,
    language: str,
    to: str,
    now: datetime,
    draft: Draft | None = None,
) -> Mail:
    """The mail as a made-up client would get it. Nothing in it exists, its links open nothing."""
    message = _message(kind, clinic, language, to, now)
    facts = _facts(kind, clinic, now)
    mail = compose(message, facts, now=now, draft=draft)
    mail.to = [to]
    return mail


def _message(kind: MessageKind, clinic: Clinic, language: str, to: str, now: datetime) -> Message:
    if kind == MessageKind.PROPOSALS_WAITING:
        return Message(kind=kind, clinic=_speaking(clinic, language))
    with translation.override(language):
        # Not saved, and of a number that no row has.
        client = Client(pk=0, name=_("Anna Winter"), email=to, language=language)
    course = Course(pk=0, clinic=clinic, client=client, sessions_planned=SESSIONS)
    first = _visits(kind, clinic, now)[0]
    span = DateTimeTZRange(first.starts_at.astimezone(UTC), first.ends_at.astimezone(UTC))
    appointment = Appointment(pk=first.appointment, visit=span, clinic=clinic)
    return Message(kind=kind, clinic=clinic, client=client, course=course, appointment=appointment)


def _speaking(clinic: Clinic, language: str) -> Clinic:
    """The same clinic in another language, not to be saved."""
    double = copy(clinic)
    double.language = language
    return double


def _facts(kind: MessageKind, clinic: Clinic, now: datetime) -> Facts:
    visits = _visits(kind, clinic, now)
    if kind == MessageKind.MOVED:
        earlier = _told(visits[1], shift=timedelta(days=1, hours=2))
        return Facts(visits=visits, changes=Changes(moved=((earlier, visits[1]),)))
    if kind == MessageKind.CANCELLED:
        return Facts(visits=visits[1:], changes=Changes(cancelled=(_told(visits[0]),)))
    return Facts(visits=visits, proposals=2)


def _visits(kind: MessageKind, clinic: Clinic, now: datetime) -> tuple[Visit, ...]:
    """From tomorrow on; or from yesterday, where the mail is about a visit that has been."""
    shift = -1 if kind in AFTER else 1
    first = clinic.local(now).date() + timedelta(days=shift)
    starts = [
        datetime.combine(first + timedelta(days=day), HOUR, tzinfo=clinic.zone) for day in DAYS
    ]
    return tuple(
        Visit(-number, number, start, start + LENGTH, 1) for number, start in enumerate(starts, 1)
    )


def _told(visit: Visit, *, shift: timedelta = timedelta(0)) -> ToldVisit:
    start, end = visit.starts_at - shift, visit.ends_at - shift
    return ToldVisit(visit.appointment, start.astimezone(UTC), end.astimezone(UTC), visit.version)
