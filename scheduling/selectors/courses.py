"""A course as the desk sees it: its sessions with their gaps, its money, what needs doing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from clients.models import Client
from cryoclinic.models import User
from scheduling.access import courses_of
from scheduling.models import (
    LIVE,
    Appointment,
    Course,
    CourseAlert,
    Message,
    Payment,
    PreVisitAnswer,
)
from scheduling.selectors import words
from scheduling.selectors.alert_text import alert_text
from scheduling.selectors.mending import proposal_words
from scheduling.selectors.offers import over_words

SHOWN_MESSAGES = 4
# The page counts the missing sessions itself, to the moment.
COUNTED_HERE = CourseAlert.Kind.SESSIONS_MISSING


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One appointment of the course. ``number`` counts the live ones by date, "" for the others."""

    url: str
    number: str
    iso: str
    day: str
    hours: str
    who: str
    gap: str
    over: str
    status: str
    status_word: str
    reason: str
    confirmed: bool
    rescreen_before: bool


@dataclass(frozen=True, slots=True)
class PaymentLine:
    day: str
    who: str
    comment: str
    amount: str


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One e-mail; ``when`` it was sent or is due, on the clinic's clock."""

    kind: str
    when: str
    status: str
    status_word: str


@dataclass(frozen=True, slots=True)
class Money:
    """``balance`` is what is still to be paid for the sessions planned; negative: paid too much."""

    price: str
    total: str
    paid: str
    balance: str
    is_paid: bool
    payments: tuple[PaymentLine, ...]


@dataclass(frozen=True, slots=True)
class CoursePage:
    sessions: tuple[SessionLine, ...]
    done: int
    missing: int
    span: str
    alerts: tuple[str, ...]
    to_review: tuple["SessionLine", ...]
    proposal: str
    needs_mending: bool
    money: Money | None
    messages: tuple[MessageLine, ...]
    more_messages: int
    indications: str


def course_page(course: Course, *, permissions: Collection[str]) -> CoursePage:
    """What the course page shows to somebody with these permissions; eight queries at most."""
    found = list(
        course.appointments.in_order().select_related("specialist__user", "room", "screening")
    )
    live = [appointment for appointment in found if appointment.is_live]
    done = sum(each.status == Appointment.Status.COMPLETED for each in live)
    proposal = course.proposals.open().first()
    alerts = list(course.alerts.open())
    missing = course.sessions_planned - len(live) if course.is_open else 0
    lines = tuple(_lines(course, found))
    to_review = set(
        PreVisitAnswer.objects.to_review()
        .filter(appointment__course=course, appointment__status=Appointment.Status.BOOKED)
        .values_list("appointment", flat=True)
    )
    messages = list(course.messages.all()) if "scheduling.view_message" in permissions else []
    return CoursePage(
        sessions=lines,
        done=done,
        missing=missing,
        span=words.span([each.day for each in live]),
        alerts=tuple(alert_text(alert) for alert in alerts if alert.kind != COUNTED_HERE),
        to_review=tuple(
            line for line, each in zip(lines, found, strict=True) if each.pk in to_review
        ),
        proposal=proposal_words(proposal) if proposal else "",
        needs_mending=bool(missing or proposal or alerts),
        money=_money(course) if "scheduling.view_payment" in permissions else None,
        messages=tuple(_message(course, each) for each in messages[:SHOWN_MESSAGES]),
        more_messages=max(0, len(messages) - SHOWN_MESSAGES),
        indications=", ".join(str(each) for each in course.indications.all()),
    )


def _lines(course: Course, appointments: Sequence[Appointment]) -> Iterable[SessionLine]:
    before: date | None = None
    number = 0
    covered = True
    for appointment in appointments:
        counts = appointment.is_live
        days = (appointment.day - before).days if counts and before else None
        due = (
            counts
            and appointment.status == Appointment.Status.BOOKED
            and appointment.needs_rescreening
        )
        number += counts
        yield _line(course, appointment, number if counts else 0, days, rescreen=due and covered)
        before = appointment.day if counts else before
        covered = covered and not due


def _line(
    course: Course, appointment: Appointment, number: int, gap: int | None, *, rescreen: bool
) -> SessionLine:
    clinic = course.clinic
    starts = clinic.local(appointment.treatment.lower)
    ends = clinic.local(appointment.visit.upper)
    return SessionLine(
        url=reverse("scheduling:appointment", args=[appointment.pk]),
        number=str(number) if number else "–",
        iso=f"{starts:%Y-%m-%dT%H:%M}",
        day=words.weekday_and_day(appointment.day),
        hours=f"{words.clock(starts)}–{words.clock(ends)}",
        who=f"{appointment.specialist.name} · {appointment.room.name}",
        gap=words.gap(gap) if number else "",
        over=over_words(max(0, gap - course.max_gap_days)) if gap else "",
        status=appointment.status,
        status_word=str(appointment.get_status_display()),
        reason=appointment.status_reason,
        confirmed=appointment.confirmed_at is not None
        and appointment.status == Appointment.Status.BOOKED,
        rescreen_before=rescreen,
    )


def _money(course: Course) -> Money:
    payments = tuple(course.payments.select_related("received_by"))
    paid = sum((payment.amount for payment in payments), Decimal(0))
    total = course.price * course.sessions_planned
    return Money(
        price=words.money(course.price, course.currency),
        total=words.money(total, course.currency),
        paid=words.money(paid, course.currency),
        balance=words.money(total - paid, course.currency),
        is_paid=paid >= total,
        payments=tuple(_payment(course, payment) for payment in payments),
    )


def _payment(course: Course, payment: Payment) -> PaymentLine:
    return PaymentLine(
        day=words.short_day(course.clinic.local(payment.received_at).date()),
        who=payment.received_by.display_name,
        comment=payment.comment,
        amount=words.money(payment.amount, payment.currency),
    )


def _message(course: Course, message: Message) -> MessageLine:
    moment = message.sent_at or message.due_at
    return MessageLine(
        kind=message.kind_words,
        when=words.visit(course.clinic.local(moment)),
        status=message.status,
        status_word=str(message.get_status_display()),
    )


def booked_words(course: Course) -> str:
    """What the desk says after booking: how many, from when to when, and who was told."""
    days = list(course.appointments.live().order_by("day").values_list("day", flat=True))
    booked = _("Booked: %(plan)s.") % {"plan": words.span(days)}
    client = course.client
    if client.may_be_mailed:
        told = _("Confirmation is sent to %(email)s.") % {"email": client.email}
    else:
        told = _("The client gets no e-mail: print the plan for them.")
    return f"{booked} {told}"


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A course in the list of a client's."""

    url: str
    what: str
    status: str
    status_word: str
    progress: str
    next_visit: str


def courses_of_client(user: User, client: Client) -> list[CourseLine]:
    """The client's courses at the user's clinic, the newest first, in two queries."""
    courses = (
        courses_of(user)
        .filter(client=client)
        .select_related("clinic", "procedure_type", "zone")
        .prefetch_related("appointments")
    )
    return [_course_line(course) for course in courses]


def _course_line(course: Course) -> CourseLine:
    appointments = sorted(course.appointments.all(), key=lambda each: each.treatment.lower)
    done = sum(each.status == Appointment.Status.COMPLETED for each in appointments)
    coming = [each for each in appointments if each.status in LIVE[:2]]
    return CourseLine(
        url=reverse("scheduling:course", args=[course.pk]),
        what=f"{course.procedure_type} · {course.zone}",
        status=course.status,
        status_word=str(course.get_status_display()),
        progress=_("%(done)s of %(planned)s done")
        % {"done": done, "planned": course.sessions_planned},
        next_visit=words.visit(course.clinic.local(coming[0].starts_at)) if coming else "",
    )
