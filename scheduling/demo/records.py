"""What treated sessions leave behind: visit checks, notes, payments, mails that went out."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from email.utils import format_datetime

from django.utils import timezone

from clients.models import Answer, Screening
from cryoclinic.audit import service
from cryoclinic.models import User
from procedures.models import Carrier, Contraindication, ContraindicationKind, Protocol
from procedures.selectors import protocol_for
from scheduling.demo.stories import NOTES
from scheduling.emails import compose
from scheduling.mail_facts import Facts, told_by
from scheduling.models import Appointment, Course, Exposure, Message, Payment, SessionNote
from scheduling.reminder_times import reminders_due
from scheduling.selectors.visits import Visit, visits_of
from scheduling.services import outbox

Status = Appointment.Status

# From due to sent, on a quiet day.
SENDING = timedelta(seconds=9)


def answered_no(screening: Screening, asked: Iterable[Contraindication]) -> list[Answer]:
    """Unsaved answers of the screening, a no to every question."""
    return [
        Answer(
            screening=screening,
            contraindication=entry,
            question=entry.question,
            kind=entry.kind,
            zone_bound=entry.zone_bound,
            present=False,
        )
        for entry in asked
    ]


@service
def ask_at_visits(*, by: User, appointments: Sequence[Appointment]) -> None:
    """Give each of the unsaved, treated appointments its repeat of the passing questions."""
    checks = Screening.objects.bulk_create(
        Screening(
            client_id=appointment.client_id,
            follows=appointment.screening,
            asked_by=by,
            asked_at=appointment.treatment.lower,
            asked_on=appointment.clinic.local(appointment.treatment.lower).date(),
            valid_until=appointment.clinic.local(appointment.treatment.lower).date(),
        )
        for appointment in appointments
    )
    asked = list(Contraindication.objects.active().filter(kind=ContraindicationKind.PASSING))
    Answer.objects.bulk_create(answer for check in checks for answer in answered_no(check, asked))
    for appointment, check in zip(appointments, checks, strict=True):
        appointment.visit_check = check


def write_records(courses: Sequence[Course], *, reception: User) -> None:
    """Notes by who treated; payments and mails of the courses."""
    chance = random.Random(7)  # noqa: S311 (the same notes on every machine, not a secret)
    treated = defaultdict(list)
    done = Appointment.objects.filter(course__in=courses, status=Status.COMPLETED)
    for appointment in done.select_related("specialist__user", "course").in_order():
        treated[appointment.specialist.user].append(appointment)
    protocols = {course: protocol_for(course.procedure_type, course.zone) for course in courses}
    for author, appointments in treated.items():
        _write_notes(by=author, appointments=appointments, protocols=protocols, chance=chance)
    for course in courses:
        _take_payments(by=reception, course=course)
        _pretend_sent(by=reception, course=course)


@service
def _write_notes(
    *,
    by: User,
    appointments: Sequence[Appointment],
    protocols: dict[Course, Protocol],
    chance: random.Random,
) -> None:
    """A closed note for each: open first, because a closed one takes no exposure any more."""
    carriers = _carriers()
    notes = SessionNote.objects.bulk_create(
        SessionNote(
            appointment=appointment,
            author=by,
            carrier=chance.choice(carriers[appointment.course.procedure_type_id]),
            reaction=chance.choice([SessionNote.Reaction.EXPECTED, SessionNote.Reaction.NONE]),
            text=chance.choice(NOTES),
        )
        for appointment in appointments
    )
    Exposure.objects.bulk_create(
        _exposure(note, protocols[note.appointment.course], chance) for note in notes
    )
    for note in notes:
        note.closed_at = note.written_at = note.appointment.treatment.upper
    SessionNote.objects.bulk_update(notes, ["closed_at", "written_at"])


def _carriers() -> dict[int, list[Carrier]]:
    of_type = defaultdict(list)
    for carrier in Carrier.objects.active():
        of_type[carrier.procedure_type_id].append(carrier)
    return of_type


def _exposure(note: SessionNote, protocol: Protocol, chance: random.Random) -> Exposure:
    """Within the protocol, in steps of ten seconds and two degrees."""
    shortest, longest = protocol.exposure_min_seconds, protocol.exposure_max_seconds
    coldest, warmest = protocol.temperature_min_c, protocol.temperature_max_c
    return Exposure(
        note=note,
        zone=protocol.zone,
        seconds=chance.randrange(shortest, longest + 1, 10),
        temperature_c=chance.randrange(coldest, (coldest + warmest) // 2, 2),
    )


@service
def _take_payments(*, by: User, course: Course) -> None:
    """Every third course was paid for in advance, the others session by session."""
    done = course.appointments.filter(status=Status.COMPLETED).in_order()
    if course.pk % 3 == 0:
        paid = [(course.price * course.sessions_planned, course.created_at)]
    else:
        paid = [(course.price, each.treatment.upper + timedelta(minutes=5)) for each in done]
    Payment.objects.bulk_create(
        Payment(
            course=course,
            amount=amount,
            currency=course.currency,
            received_at=received_at,
            received_by=by,
        )
        for amount, received_at in paid
    )


@service
def _pretend_sent(*, by: User, course: Course) -> None:
    """The mails that the worker would have sent by now; those still to come are due as usual."""
    if not course.client.may_be_mailed:
        return
    visits = visits_of(course)
    Message.objects.bulk_create(_sent(course, visits))
    outbox.schedule_reminders(course.appointments.upcoming(), now=timezone.now())


def _sent(course: Course, visits: Sequence[Visit]) -> Iterator[Message]:
    now, clinic = timezone.now(), course.clinic
    plan = Message(kind=Message.Kind.COURSE_BOOKED, due_at=course.created_at)
    yield _as_sent(plan, course, visits)
    appointments = course.appointments.in_bulk([visit.appointment for visit in visits])
    for visit in visits:
        due = reminders_due(
            visit.starts_at,
            lead_hours=clinic.reminder_lead_hours,
            day=outbox.day_of(clinic),
            now=course.created_at,
        )
        for lead, due_at in due:
            if due_at + SENDING > now:
                continue
            appointment = appointments[visit.appointment]
            message = Message(
                kind=Message.Kind.REMINDER,
                due_at=due_at,
                appointment=appointment,
                lead_hours=lead,
                version=appointment.schedule_version,
            )
            yield _as_sent(message, course, visits)


def _as_sent(message: Message, course: Course, visits: Sequence[Visit]) -> Message:
    message.clinic, message.course, message.client = course.clinic, course, course.client
    message.status, message.attempts = Message.Status.SENT, 1
    message.sent_at = message.due_at + SENDING
    message.sent_to = course.client.email
    facts = Facts(visits=tuple(visits))
    message.told = told_by(message, facts)
    mail = compose(message, facts, now=message.sent_at)
    mail.extra_headers["Date"] = format_datetime(message.sent_at)
    message.source = mail.source
    return message
