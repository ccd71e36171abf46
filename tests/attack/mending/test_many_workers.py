"""Two beats and two workers as processes over broken courses: each is mended or proposed once."""

import re
from collections.abc import Sequence
from datetime import time, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from cryoclinic.changes import event_model_of
from cryoclinic.models import Clinic, User
from scheduling.models import Appointment, Course, CourseCheck, CourseProposal
from scheduling.services.watch import enrol_courses
from tests import factories
from tests.attack.messages.laboratory import Laboratory
from tests.scheduling.outbox_clinic import worker

DONE = re.compile(r".* Task scheduling\.tasks\.enforce_spacing\[\S+ succeeded in ")
# Courses that begin on one day, by their specialist; after six days the next ones begin.
PER_DAY, DAYS_APART = 24, 6


class Broken:
    """Courses of two booked sessions: every other one has lost its third, which can be added at
    the end; the others have a gap that only a move can close.
    """

    def __init__(self, clinic: Clinic, number: int) -> None:
        self.clinic = clinic
        self.protocol = factories.ProtocolFactory()
        types = [self.protocol.procedure_type]
        lanes = -(-number // (PER_DAY * 3))
        self.people = factories.SpecialistFactory.create_batch(lanes, clinic=clinic, skills=types)
        self.rooms = factories.RoomFactory.create_batch(lanes, clinic=clinic, procedure_types=types)
        self.asked_by = factories.UserFactory(clinic=clinic)
        with transaction.atomic():
            courses = [self._course(n) for n in range(number)]
        self.lost, self.far = courses[::2], courses[1::2]

    def _course(self, number: int) -> Course:
        lane, place = divmod(number, PER_DAY * 3)
        group, slot = divmod(place, PER_DAY)
        is_lost = number % 2 == 0
        course = factories.CourseFactory(
            clinic=self.clinic,
            protocol=self.protocol,
            procedure_type=self.protocol.procedure_type,
            sessions_planned=3 if is_lost else 2,
        )
        first = self.clinic.today() + timedelta(days=2 + group * DAYS_APART)
        screening = factories.ScreeningFactory(client=course.client, asked_by=self.asked_by)
        for days in (0, 2 if is_lost else 5):
            factories.make_appointment(
                course,
                day=first + timedelta(days=days),
                at=time(9 + slot // 3, slot % 3 * 20),
                specialist=self.people[lane],
                room=self.rooms[lane],
                screening=screening,
            )
        return course


def prove(workshop: Laboratory, clinic: Clinic, *, number: int, patience: int) -> None:
    broken = Broken(clinic, number)
    enrol_courses(by=worker(), now=timezone.now())
    workshop.start("worker-1", "worker-2", "beat-1", "beat-2")
    due = CourseCheck.objects.filter(due_at__lte=timezone.now() + timedelta(minutes=1))
    workshop.wait(lambda: not due.exists(), "every course to be looked at", patience=patience)
    done = looks(workshop)
    workshop.wait(lambda: looks(workshop) >= done + 4, "looks that find nothing", patience=patience)
    workshop.stop()

    by_worker = [("insert", User.objects.worker().pk)]
    assert events(Appointment, broken.lost) == {course.pk: by_worker for course in broken.lost}
    assert events(CourseProposal, broken.far) == {course.pk: by_worker for course in broken.far}
    assert (events(CourseProposal, broken.lost), events(Appointment, broken.far)) == ({}, {})
    assert {course.appointments.live().count() for course in broken.lost} == {3}


def looks(workshop: Laboratory) -> int:
    logs = [file.read_text() for file in workshop.folder.glob("worker*.log")]
    return sum(bool(DONE.match(line)) for log in logs for line in log.splitlines())


def events(model: type, courses: Sequence[Course]) -> dict[int, list[tuple[str, int]]]:
    """What anybody but the test did to the courses' rows, per course."""
    found: dict[int, list[tuple[str, int]]] = {}
    rows = event_model_of(model)._default_manager.filter(course_id__in=[c.pk for c in courses])
    for event in rows.exclude(pgh_context=None).order_by("pgh_id"):
        found.setdefault(event.course_id, []).append((event.pgh_label, event.pgh_context["user"]))
    return found


def test_two_workers_and_two_beats_mend_or_propose_each_course_once(
    workshop: Laboratory, clinic: Clinic
):
    prove(workshop, clinic, number=24, patience=600)


@pytest.mark.prove
def test_two_workers_and_two_beats_mend_or_propose_a_thousand_courses_once(
    workshop: Laboratory, clinic: Clinic
):
    prove(workshop, clinic, number=1000, patience=3600)
