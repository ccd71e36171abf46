"""A course as its client sees it: times and places, never what is treated, where or why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from clients.phones import spaced
from cryoclinic.models import Clinic
from scheduling import client_rules as rules
from scheduling.models import Appointment, Course, PreVisitAnswer
from scheduling.selectors import words

Status = Appointment.Status


@dataclass(frozen=True, slots=True)
class Place:
    """How the clinic is found and reached; ``tel`` is what a telephone dials."""

    name: str
    address: str
    map_url: str
    tel: str
    phone: str
    email: str

    @classmethod
    def of(cls, clinic: Clinic) -> "Place":
        phone = spaced(clinic.phone)
        return cls(clinic.name, clinic.address, clinic.map_url, clinic.phone, phone, clinic.email)


class Question(StrEnum):
    """How “has anything changed?” stands for a visit."""

    OPEN = "open"
    ANSWERED = "answered"
    IN_REVIEW = "in_review"
    CLOSED = "closed"  # nothing to ask: the visit has begun, or the course is not under way


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One visit. ``number`` is "" for one that does not count; ``iso`` is its start.

    ``state`` is ``to_come``, ``confirmed``, ``now``, ``past`` (nobody has said yet what came of
    it), ``done``, ``missed`` or ``cancelled``. ``change_until`` is empty where there is nothing to
    change any more.
    """

    pk: int
    version: int
    number: str
    iso: str
    day: str
    short_day: str
    when: str
    hours: str
    state: str
    may_confirm: bool
    may_change: bool
    may_undo: bool
    change_until: str
    undo_until: str
    question: Question


@dataclass(frozen=True, slots=True)
class ClientPage:
    """``coming`` is the next visit, or the one that is on now; ``missing``: sessions not booked,
    which the client may book where the course is under way.
    """

    place: Place
    status: str
    done: int
    planned: int
    missing: int
    coming: VisitLine | None
    visits: tuple[VisitLine, ...]
    undoable: tuple[VisitLine, ...]


def client_page(course: Course, *, now: datetime) -> ClientPage:
    """The page of the course; three queries, whatever the number of visits."""
    appointments = list(course.appointments.in_order())
    answers = latest_answers(appointments)
    lines, number = [], 0
    for appointment in appointments:
        number += appointment.is_live
        answer = answers.get(appointment.pk)
        lines.append(_line(course, appointment, number, answer, now))
    shown = [line for line in lines if line.state != "cancelled" or line.may_undo]
    return ClientPage(
        place=Place.of(course.clinic),
        status=course.status,
        done=sum(appointment.status == Status.COMPLETED for appointment in appointments),
        planned=course.sessions_planned,
        missing=rules.unbooked(course, appointments, now),
        coming=next(
            (line for line in lines if line.state in ("now", "to_come", "confirmed")), None
        ),
        visits=tuple(shown),
        undoable=tuple(line for line in lines if line.may_undo),
    )


def latest_answers(appointments: Sequence[Appointment]) -> dict[int, PreVisitAnswer]:
    """The newest answer of each of the appointments, by the appointment's id."""
    answers = PreVisitAnswer.objects.filter(appointment__in=appointments)
    return {answer.appointment_id: answer for answer in answers.order_by("answered_at", "id")}


def visit_line(
    course: Course, appointment: Appointment, answer: PreVisitAnswer | None, now: datetime
) -> VisitLine:
    """One visit alone, numbered among the course's; one query."""
    number = course.appointments.live().filter(day__lte=appointment.day).count()
    return _line(course, appointment, number, answer, now)


def _line(
    course: Course,
    appointment: Appointment,
    number: int,
    answer: PreVisitAnswer | None,
    now: datetime,
) -> VisitLine:
    clinic = course.clinic
    starts, ends = clinic.local(appointment.starts_at), clinic.local(appointment.visit.upper)
    until = rules.change_until(appointment, clinic)
    to_come = appointment.status == Status.BOOKED and appointment.starts_at > now
    under_way = course.status == Course.Status.ACTIVE
    undo_until = appointment.undo_until
    return VisitLine(
        pk=appointment.pk,
        version=appointment.schedule_version,
        number=str(number) if appointment.is_live else "",
        iso=starts.isoformat(),
        day=words.full_day(starts.date()),
        short_day=words.weekday_and_day(starts.date()),
        when=_relative(starts.date(), clinic.local(now).date()),
        hours=f"{words.clock(starts)}–{words.clock(ends)}",
        state=_state(appointment, now),
        may_confirm=to_come and under_way and appointment.confirmed_at is None,
        may_change=to_come and under_way and now < until,
        may_undo=under_way and undo_until is not None and now < undo_until,
        change_until=words.visit(clinic.local(until)) if to_come and under_way else "",
        undo_until=words.clock(clinic.local(undo_until)) if undo_until else "",
        question=_question(appointment, answer, asks=to_come and under_way),
    )


def _state(appointment: Appointment, now: datetime) -> str:
    match appointment.status:
        case Status.COMPLETED:
            return "done"
        case Status.CHECKED_IN:
            return "now"
        case Status.BOOKED if appointment.starts_at > now:
            return "confirmed" if appointment.confirmed_at else "to_come"
        case Status.BOOKED:  # begun; past its end the desk has not said yet what came of it
            return "now" if appointment.visit.upper > now else "past"
    return str(appointment.status)


def _question(appointment: Appointment, answer: PreVisitAnswer | None, *, asks: bool) -> Question:
    if answer is not None and answer.awaits_review:
        return Question.IN_REVIEW
    if not asks:
        return Question.CLOSED
    answered = answer is not None and answer.schedule_version == appointment.schedule_version
    return Question.ANSWERED if answered else Question.OPEN


def _relative(day: date, today: date) -> str:
    if day == today:
        return _("today")
    if day == today + timedelta(days=1):
        return _("tomorrow")
    return ""
