"""Courses that have begun: written straight into the tables, as no service books the past."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from clients.models import Answer, Client, Screening
from cryoclinic.audit import service
from cryoclinic.models import Clinic, User
from procedures.models import Contraindication, Indication, ProcedureType, Protocol, Zone
from procedures.selectors import price_on, protocol_for
from scheduling import planner
from scheduling.availability import Question, read_availability
from scheduling.clock import cell_at
from scheduling.demo import place
from scheduling.demo.records import answered_no, ask_at_visits, write_records
from scheduling.demo.stories import CANCELLED_BY_CLIENT, PAST, STOPPED_BECAUSE, Ending, Story
from scheduling.models import Appointment, Course, Specialist
from scheduling.planner import CELL_MINUTES, Plan, PlanRequest, Slot
from scheduling.services.booking import new_appointment
from scheduling.wishes import Wishes

Status = Appointment.Status

# A stopped course was given up after so many sessions.
SESSIONS_BEFORE_STOP = 4


@dataclass(frozen=True)
class PastCourse:
    story: Story
    course: Course
    screening: Screening


def write(clinic: Clinic, people: Sequence[Client]) -> list[PastCourse]:
    """One course for each story of ``PAST``, for the first of the people."""
    reception = User.objects.get(username=place.RECEPTION)
    courses = [
        _write(reception, clinic, client, story)
        for client, story in zip(people, PAST, strict=False)
    ]
    _check_somebody_in(by=reception, clinic=clinic)
    write_records([past.course for past in courses], reception=reception)
    return courses


@service
def screen(*, by: User, client: Client, at: datetime, clinic: Clinic) -> Screening:
    """A full questionnaire at some time in the past, every answer a no."""
    screening = Screening.objects.create(
        client=client,
        asked_by=by,
        asked_at=at,
        asked_on=clinic.local(at).date(),
        valid_until=clinic.local(at).date() + timedelta(days=clinic.screening_valid_days - 1),
    )
    Answer.objects.bulk_create(answered_no(screening, Contraindication.objects.active()))
    return screening


def _write(by: User, clinic: Clinic, client: Client, story: Story) -> PastCourse:
    """The course with its appointments; each part attributed to who would have written it."""
    now = timezone.now()
    booked_at = clinic.midnight(clinic.today() + timedelta(days=story.begins)) - timedelta(hours=9)
    screening = screen(by=by, client=client, at=booked_at - timedelta(minutes=20), clinic=clinic)
    course = _open(by=by, screening=screening, clinic=clinic, story=story, booked_at=booked_at)
    protocol = protocol_for(course.procedure_type, course.zone)
    appointments = [
        new_appointment(course, slot, screening, protocol, number)
        for number, slot in enumerate(_slots(clinic, client, protocol, story), start=1)
    ]
    _tell(story, appointments, now)
    for specialist, treated in _by_specialist(appointments).items():
        ask_at_visits(by=specialist.user, appointments=treated)
    _book(by=by, appointments=appointments)
    return PastCourse(story, course, screening)


def _by_specialist(appointments: Sequence[Appointment]) -> dict[Specialist, list[Appointment]]:
    """Those that were treated."""
    groups: dict[Specialist, list[Appointment]] = {}
    for appointment in appointments:
        if appointment.status == Status.COMPLETED:
            groups.setdefault(appointment.specialist, []).append(appointment)
    return groups


@service
def _open(
    *, by: User, screening: Screening, clinic: Clinic, story: Story, booked_at: datetime
) -> Course:
    procedure_type = ProcedureType.objects.get(code=story.procedure)
    zone = Zone.objects.get(code=story.zone)
    price = price_on(procedure_type, zone, clinic.today())
    course = Course.objects.create(
        client=screening.client,
        clinic=clinic,
        procedure_type=procedure_type,
        zone=zone,
        sessions_planned=story.sessions,
        min_gap_days=procedure_type.min_gap_days,
        max_gap_days=procedure_type.max_gap_days,
        price=price.amount,
        currency=price.currency,
        status=_status_of(story),
        wishes=Wishes(around=story.around).to_json(),
    )
    course.indications.set(Indication.objects.filter(code__in=story.indications))
    course.created_at = booked_at  # not the moment of loading, which auto_now_add puts there
    course.save(update_fields=["created_at"])
    return course


@service
def _book(*, by: User, appointments: Sequence[Appointment]) -> None:
    Appointment.objects.bulk_create(appointments)


def _status_of(story: Story) -> str:
    """A course is put on hold by the service, once everything else is there."""
    return {
        Ending.COMPLETED: Course.Status.COMPLETED,
        Ending.STOPPED: Course.Status.STOPPED,
    }.get(story.ending, Course.Status.ACTIVE)


def _slots(clinic: Clinic, client: Client, protocol: Protocol, story: Story) -> Sequence[Slot]:
    """What the planner would have proposed on the day before the course began."""
    first_day = clinic.today() + timedelta(days=story.begins)
    free = read_availability(
        Question(
            clinic=clinic,
            client_id=client.pk,
            procedure_type=protocol.procedure_type,
            first_day=first_day,
            days=story.sessions * 3 + 7,
        ),
        now=clinic.midnight(first_day),
    )
    answer = planner.plan(
        PlanRequest(
            first_day=first_day,
            specialists=free.specialists,
            rooms=free.rooms,
            devices=free.devices,
            client=free.client,
            treatment_cells=protocol.occupied_minutes // CELL_MINUTES,
            visit_cells=protocol.visit_minutes // CELL_MINUTES,
            sessions=story.sessions,
            min_gap=protocol.procedure_type.min_gap_days,
            max_gap=protocol.procedure_type.max_gap_days,
            wished_cell=cell_at(story.around),
            only_specialist=demo_specialist(clinic).pk if story.with_demo_account else None,
        )
    )
    if not isinstance(answer, Plan):
        raise TypeError(f"the demo clinic has no room for {story}")
    return answer.slots


def demo_specialist(clinic: Clinic) -> Specialist:
    return Specialist.objects.get(clinic=clinic, user__username=place.TREATS)


def _tell(story: Story, appointments: Sequence[Appointment], now: datetime) -> None:
    """Give each appointment the status it has by now."""
    for appointment in appointments:
        if appointment.visit.upper <= now:
            appointment.status = Status.COMPLETED
        elif appointment.visit.lower <= now:
            appointment.status = Status.CHECKED_IN
    begun = [each for each in appointments if each.status != Status.BOOKED]
    to_come = [each for each in appointments if each.status == Status.BOOKED]
    if story.ending is Ending.STOPPED:
        for appointment in appointments[SESSIONS_BEFORE_STOP:]:
            appointment.status = Status.CANCELLED
            appointment.status_reason = STOPPED_BECAUSE
    elif story.ending is Ending.MISSED and begun:
        begun[-1].status = Status.MISSED
    elif story.ending is Ending.CANCELLED_NEXT and to_come:
        to_come[0].status = Status.CANCELLED
        to_come[0].status_reason = CANCELLED_BY_CLIENT
    for appointment in to_come[::2]:
        if appointment.status == Status.BOOKED and appointment.starts_at - now < timedelta(days=2):
            appointment.confirmed_at = now - timedelta(hours=3)


@service
def _check_somebody_in(*, by: User, clinic: Clinic) -> None:
    """The next client of today is already here, so that there is somebody to treat."""
    now = timezone.now()
    today = Appointment.objects.filter(clinic=clinic).on_day(clinic.today())
    if today.filter(status=Status.CHECKED_IN).exists():
        return
    mine = today.filter(status=Status.BOOKED, treatment__startswith__gt=now).order_by("treatment")
    preferred = mine.filter(specialist=demo_specialist(clinic)).first() or mine.first()
    if preferred is not None:
        preferred.status = Status.CHECKED_IN
        preferred.save(update_fields=["status"])
