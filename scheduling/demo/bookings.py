"""What is still to come, through the services, as at a real desk."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.utils import timezone

from clients.models import Client, Screening
from clients.services import AnswerGiven, ask_again, give_clearance, screen_client
from cryoclinic.models import Clinic, User
from procedures.models import (
    Contraindication,
    ContraindicationKind,
    Indication,
    ProcedureType,
    Zone,
)
from scheduling.demo import place
from scheduling.demo.history import PastCourse, demo_specialist, screen
from scheduling.demo.stories import (
    CLEARED_BECAUSE,
    COMING,
    DECOLLETE_IN_THE_EVENING,
    FACE_AT_NOON,
    HANDS_IN_THE_AFTERNOON,
    HELD_BECAUSE,
    PAST,
    Ending,
    Story,
)
from scheduling.proposals import propose
from scheduling.services.booking import book_course
from scheduling.services.courses import hold_course
from scheduling.wishes import Wishes


def book(clinic: Clinic, people: Sequence[Client], past: Sequence[PastCourse]) -> None:
    """Courses from tomorrow on, and clients with each of the verdicts."""
    reception = User.objects.get(username=place.RECEPTION)
    treats = User.objects.get(username=place.TREATS)
    waiting = iter(people[len(PAST) :])
    for story in COMING:
        client = next(waiting)
        screening = screen_client(
            by=reception, client=client, clinic=clinic, answers=list(answers())
        )
        _book(reception, clinic, story, screening)
    _hold(treats, clinic, past)
    _book_what_outlives_its_screening(reception, clinic, next(waiting))
    _book_hands_in_spite_of_the_face(reception, clinic, next(waiting))
    _book_what_a_clinician_cleared(reception, treats, clinic, next(waiting))
    for codes in (["cold_allergy"], ["fever"], []):
        # Refused, deferred, cleared; whoever is left has not been asked yet.
        screen_client(
            by=reception, client=next(waiting), clinic=clinic, answers=list(answers(*codes))
        )


def answers(*present: str, zones: tuple[int, ...] = ()) -> Iterator[AnswerGiven]:
    """A full questionnaire: yes to these codes, no to everything else."""
    for entry in Contraindication.objects.active():
        yield AnswerGiven(entry, present=entry.code in present, zones=zones)


def _book(by: User, clinic: Clinic, story: Story, screening: Screening) -> None:
    """Book what the planner proposes."""
    procedure_type = ProcedureType.objects.get(code=story.procedure)
    zone = Zone.objects.get(code=story.zone)
    wishes = Wishes(
        not_before=clinic.today() + timedelta(days=story.begins),
        around=story.around,
        specialist=demo_specialist(clinic).pk if story.with_demo_account else None,
    )
    proposal = propose(
        clinic=clinic,
        client=screening.client,
        procedure_type=procedure_type,
        zone=zone,
        sessions=story.sessions,
        wishes=wishes,
        screening=screening,
    )
    book_course(
        by=by,
        client=screening.client,
        clinic=clinic,
        procedure_type=procedure_type,
        zone=zone,
        indications=list(Indication.objects.filter(code__in=story.indications)),
        wishes=wishes,
        slots=[session.slot for session in proposal.sessions],
        screening=screening,
    )


def _hold(by: User, clinic: Clinic, past: Sequence[PastCourse]) -> None:
    """A yes at the visit: the course waits until it is resolved."""
    for each in past:
        if each.story.ending is not Ending.HELD:
            continue
        passing = [
            answer
            for answer in answers("herpes_acute")
            if answer.contraindication.kind == ContraindicationKind.PASSING
        ]
        ask_again(by=by, screening=each.screening, clinic=clinic, answers=passing)
        hold_course(by=by, course=each.course, reason=HELD_BECAUSE)


def _book_what_outlives_its_screening(by: User, clinic: Clinic, client: Client) -> None:
    """Screened nearly three weeks ago: a new screening is due in the middle of the course."""
    screening = screen(by=by, client=client, at=timezone.now() - timedelta(days=19), clinic=clinic)
    _book(by, clinic, FACE_AT_NOON, screening)


def _book_hands_in_spite_of_the_face(by: User, clinic: Clinic, client: Client) -> None:
    face = Zone.objects.get(code="face")
    given = list(answers("couperose", zones=(face.pk,)))
    screening = screen_client(by=by, client=client, clinic=clinic, answers=given)
    _book(by, clinic, HANDS_IN_THE_AFTERNOON, screening)


def _book_what_a_clinician_cleared(
    by: User, clinician: User, clinic: Clinic, client: Client
) -> None:
    given = list(answers("recent_aggressive_procedure"))
    screening = screen_client(by=by, client=client, clinic=clinic, answers=given)
    answer = screening.answers.present().get()
    give_clearance(
        by=clinician,
        answer=answer,
        valid_from=clinic.today(),
        expires_on=clinic.today() + timedelta(days=30),
        reason=CLEARED_BECAUSE,
    )
    _book(by, clinic, DECOLLETE_IN_THE_EVENING, screening)
