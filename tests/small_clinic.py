"""A small clinic in which every business table has a row and every page has something to show."""

from datetime import UTC, datetime, timedelta

from clients.models import Clearance, Client
from cryoclinic.models import User
from scheduling.models import Appointment, Course, Payment
from scheduling.proposals import propose
from scheduling.services.appointments import cancel_appointment
from scheduling.services.booking import book_course
from scheduling.services.notes import add_addendum, close_note, start_session
from scheduling.services.sending import send_due
from scheduling.services.spacing import enforce_spacing
from scheduling.wishes import Wishes
from tests import factories
from tests.fixtures import Practice
from tests.scheduling.treatment_room import answered, draft, started

# Monday, 9:50 in Moscow.
MORNING = datetime(2026, 11, 23, 6, 50, tzinfo=UTC)
DAY = timedelta(days=1)


def populate(practice: Practice, *, reception: User, cosmetologist: User) -> None:
    """Fill the clinic through the services; the clock has to stand at ``MORNING``."""
    _treated_today(practice, cosmetologist)
    course = _booked(practice, reception)
    _past(practice, course.client)
    _stopped_and_cleared(course.client, cosmetologist)
    _around(practice, course, reception)
    enforce_spacing(by=User.objects.worker(), now=MORNING)
    send_due(by=User.objects.worker(), now=MORNING + DAY / 24)


def _treated_today(practice: Practice, cosmetologist: User) -> None:
    """A session with its closed note and an addendum, and one whose note is still open."""
    done = started(practice, cosmetologist)
    note = close_note(by=cosmetologist, note=draft(practice, cosmetologist, done))
    add_addendum(by=cosmetologist, note=note, text="Nothing to be seen an hour later.")

    other = factories.ClientFactory()
    screening = factories.ScreeningFactory(client=other, asked_by=cosmetologist)
    later = factories.make_appointment(
        factories.CourseFactory(clinic=practice.clinic, client=other, protocol=practice.protocol),
        day=practice.clinic.today(),
        screening=screening,
        specialist=practice.specialist,
        at=(MORNING + timedelta(hours=5)).time(),
        room=practice.room,
        status="checked_in",
    )
    start_session(by=cosmetologist, appointment=later, answers=answered())
    draft(practice, cosmetologist, Appointment.objects.get(pk=later.pk))


def _booked(practice: Practice, reception: User) -> Course:
    """Ten sessions from tomorrow on, one of them cancelled."""
    client = factories.ClientFactory()
    screening = factories.ScreeningFactory(client=client, asked_by=reception)
    wishes = Wishes(not_before=practice.clinic.today() + DAY)
    proposal = propose(
        clinic=practice.clinic,
        client=client,
        procedure_type=practice.procedure_type,
        zone=practice.zone,
        sessions=10,
        wishes=wishes,
        screening=screening,
    )
    course = book_course(
        by=reception,
        client=client,
        clinic=practice.clinic,
        procedure_type=practice.procedure_type,
        zone=practice.zone,
        indications=[practice.indication],
        wishes=wishes,
        slots=proposal.plan.slots,
        screening=screening,
    )
    cancel_appointment(by=reception, appointment=course.appointments.latest("day"), reason="ill")
    return course


def _past(practice: Practice, client: Client) -> None:
    course = factories.CourseFactory(
        clinic=practice.clinic, client=client, protocol=factories.ProtocolFactory()
    )
    factories.make_appointment(
        course, day=practice.clinic.today() - DAY, specialist=practice.specialist, status="missed"
    )


def _stopped_and_cleared(client: Client, clinician: User) -> None:
    screening = factories.ScreeningFactory(client=client, asked_by=clinician)
    answer = factories.AnswerFactory(
        screening=screening, present=True, stops_until=screening.asked_on + 14 * DAY
    )
    Clearance.objects.create(
        answer=answer,
        valid_from=screening.asked_on,
        expires_on=screening.asked_on,
        reason="Seen, healed.",
        given_by=clinician,
    )


def _around(practice: Practice, course: Course, reception: User) -> None:
    """What a desk has besides: money, a device, an absence."""
    Payment.objects.create(
        course=course,
        amount=course.price,
        currency=course.currency,
        received_at=MORNING,
        received_by=reception,
    )
    factories.DeviceFactory(clinic=practice.clinic, procedure_types=[practice.procedure_type])
    factories.UnavailabilityFactory(
        clinic=practice.clinic, room=practice.room, period=(MORNING + 30 * DAY, MORNING + 31 * DAY)
    )
