"""Random histories with the worker at work: every course keeps its gaps or says why it does not."""

import itertools
from functools import partial

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from cryoclinic.errors import Refused
from scheduling.models import Course, CourseAlert, CourseCheck, CourseProposal
from scheduling.replanning import replan
from scheduling.selectors.mending import steps_of, taken_by_others
from scheduling.services.mending import mend_due
from scheduling.services.replanning import apply_replan, dismiss_proposal
from tests.attack import test_histories
from tests.attack.test_histories import NUMBERS, Clinic
from tests.scheduling.outbox_clinic import worker

pytestmark = pytest.mark.django_db(transaction=True)
mended = itertools.count()
steps = itertools.count()
desks = test_histories.desks


class MendedClinic(Clinic):
    """The clinic of random histories; now and then two workers look at what is due."""

    @initialize()
    def open(self) -> None:
        super().open()
        # The clinics of the examples before are of no interest to the worker any more.
        CourseCheck.objects.all().delete()

    @invariant()
    def no_rule_is_broken(self) -> None:
        super().no_rule_is_broken()
        next(steps)

    @rule(draw=NUMBERS)
    def workers_mend(self, draw: int) -> None:
        """Two workers at once; afterwards every course is right, or is before the desk."""
        # Histories in which nobody books come up too, and would show nothing here.
        if not Course.objects.active().filter(clinic=self.clinic).exists():
            self._act(0, draw)
        look = partial(mend_due, by=worker(), now=timezone.now())
        for done in [desk.submit(look) for desk in self.desks]:
            done.result()
        mend_due(by=worker(), now=timezone.now())
        for course in Course.objects.active().filter(clinic=self.clinic):
            self._is_right_or_says_why(course)
            next(mended)

    def _is_right_or_says_why(self, course: Course) -> None:
        if self._open(course) or CourseAlert.objects.open().filter(course=course).exists():
            return
        now = timezone.now()
        found = replan(course, now=now, taken=list(taken_by_others(course, now)))
        turned_down = course.proposals.filter(
            status="dismissed", fingerprint=found.fingerprint
        ).exists()
        assert turned_down or (found.unchanged and found.infeasible is None)

    def _open(self, course: Course) -> bool:
        return course.proposals.open().exists()

    @rule(draw=NUMBERS)
    def the_desk_decides(self, draw: int) -> None:
        """Plans are accepted or turned down; mended by a fresh one, a second look finds nothing."""
        proposals = list(CourseProposal.objects.open().of(self.clinic).order_by("pk"))
        if not proposals:
            return
        proposal = proposals[draw % len(proposals)]
        if draw % 5 == 0:
            dismiss_proposal(by=self.by, proposal=proposal)
            return
        try:
            apply_replan(
                by=self.by,
                course=proposal.course,
                steps=steps_of(proposal.steps),
                fingerprint=proposal.fingerprint,
            )
        except Refused as refusal:
            self.told.add(str(refusal))
            return
        course = Course.objects.get(pk=proposal.course_id)
        self._replan_twice(course)

    def _replan_twice(self, course: Course) -> None:
        """Mended by a fresh plan, a second look finds nothing."""
        found = replan(course, now=timezone.now())
        if found.unchanged:
            return
        try:
            apply_replan(
                by=self.by, course=course, steps=found.steps, fingerprint=found.fingerprint
            )
        except Refused as refusal:
            self.told.add(str(refusal))
            return
        assert replan(Course.objects.get(pk=course.pk), now=timezone.now()).unchanged


def run(desks, *, examples: int, length: int, part: int = 0) -> int:
    """So many histories of that length, others for each ``part``; the number of steps taken."""

    class Part(MendedClinic):
        pass

    Part.desks = desks
    before = next(steps)
    run_state_machine_as_test(
        seed(part)(Part),
        settings=settings(
            max_examples=examples,
            stateful_step_count=length,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )
    return next(steps) - before


def test_every_course_keeps_its_gaps_or_says_why(desks):
    run(desks, examples=4, length=25)
    assert next(mended) > 0


# 20,000 steps in all, in parts that several processes can share (``-n 4``).
@pytest.mark.prove
@pytest.mark.parametrize("part", range(1, 41))
def test_twenty_thousand_steps_leave_every_course_right_or_before_the_desk(desks, part):
    done = run(desks, examples=16, length=50, part=part)
    print(f"{done} steps")
    assert done >= 500
    assert next(mended) > 25
