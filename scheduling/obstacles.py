"""Why a message must not go out (any more): looked at when it is about to be sent."""

from datetime import datetime, timedelta

from scheduling import problems
from scheduling.mail_facts import Facts
from scheduling.models import Appointment, Course, Message
from scheduling.models.message import CHANGES, OPTIONAL

Kind = Message.Kind
Status = Appointment.Status

# Advice for the hours after a session, and a question about a missed one, are of use so long.
AFTERCARE_FOR = timedelta(days=1)
MISSED_FOR = timedelta(days=7)


def obstacle(message: Message, facts: Facts, now: datetime) -> str:
    """A code of ``problems``; empty where the message may go."""
    if message.kind == Kind.PROPOSALS_WAITING:
        return "" if facts.proposals and message.clinic.email else problems.SETTLED
    client, course = message.client, message.course
    if client is None or course is None or not client.may_be_mailed:
        return problems.NO_CONSENT
    if message.kind in OPTIONAL and not client.optional_mail:
        return problems.NOT_WANTED
    return _of_any_course(message, course, facts, now)


def _of_any_course(message: Message, course: Course, facts: Facts, now: datetime) -> str:
    """Changes are told of a course on hold, or stopped, too; what is over is over in any case."""
    if message.kind in CHANGES:
        return "" if facts.changes else problems.UNCHANGED
    if message.kind == Kind.COURSE_FINISHED:
        return "" if course.status == Course.Status.COMPLETED else problems.SETTLED
    if message.kind == Kind.AFTERCARE:
        return _aftercare(message, now)
    return _course(course) or _of_running(message, facts, now)


def _course(course: Course) -> str:
    if course.status == Course.Status.HELD:
        return problems.HELD
    return "" if course.status == Course.Status.ACTIVE else problems.STOPPED


def _of_running(message: Message, facts: Facts, now: datetime) -> str:
    if message.kind == Kind.MISSED:
        return _missed(message, facts, now)
    if message.kind == Kind.RESCREENING_DUE:
        return "" if facts.outlived_screening == message.version else problems.SETTLED
    if message.appointment is not None:
        return _visit(message.appointment, message.version, facts, now)
    return "" if any(visit.starts_at > now for visit in facts.visits) else problems.CANCELLED


def _visit(appointment: Appointment, version: int, facts: Facts, now: datetime) -> str:
    if appointment.status in (Status.CANCELLED, Status.MISSED):
        return problems.CANCELLED
    if appointment.schedule_version != version:
        return problems.MOVED
    if appointment.status != Status.BOOKED or appointment.starts_at <= now:
        return problems.PAST
    # The facts, which the mail is made of, were read a moment after the appointment was.
    known = {visit.appointment: visit.version for visit in facts.visits}
    if appointment.pk not in known:
        return problems.CANCELLED
    if known[appointment.pk] != version:
        return problems.MOVED
    return problems.OVERTAKEN if facts.is_overtaken else ""


def _aftercare(message: Message, now: datetime) -> str:
    appointment = message.appointment
    if appointment is None or appointment.status != Status.COMPLETED:
        return problems.SETTLED
    return problems.PAST if now > appointment.visit.upper + AFTERCARE_FOR else ""


def _missed(message: Message, facts: Facts, now: datetime) -> str:
    appointment = message.appointment
    if appointment is None or appointment.status != Status.MISSED:
        return problems.SETTLED
    if message.course is None or len(facts.visits) >= message.course.sessions_planned:
        return problems.SETTLED
    return problems.PAST if now > appointment.starts_at + MISSED_FOR else ""
