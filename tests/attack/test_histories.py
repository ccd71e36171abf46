"""Random histories of a small, crowded clinic, two desks at work: no rule is ever broken."""

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from cryoclinic.errors import Refused
from scheduling.models import Appointment, Course, CourseProposal, SessionNote, Unavailability
from scheduling.note_rules import ExposureGiven
from scheduling.planner import Slot
from scheduling.proposals import propose
from scheduling.services import appointments as visits
from scheduling.services.booking import book_course
from scheduling.services.courses import add_session, hold_course, resume_course
from scheduling.services.mending import mend_due
from scheduling.services.notes import close_note, save_note, start_session
from scheduling.services.outages import accept_proposals, add_unavailability
from scheduling.spans import slot_of
from scheduling.wishes import Wishes
from tests import factories
from tests.attack.rules_in_sql import broken_rules
from tests.scheduling.outbox_clinic import worker
from tests.scheduling.treatment_room import answered

pytestmark = pytest.mark.django_db(transaction=True)

BEGIN = datetime(2031, 3, 27, 5, tzinfo=UTC)  # days before a change of the clock in Berlin
NUMBERS = st.integers(0, 10**6)
ACTS = 10
WHICH = st.integers(0, ACTS - 1)
# What can be done to one appointment, by the number that a step draws.
DONE_TO_A_VISIT = (
    visits.cancel_appointment,
    visits.restore_appointment,
    visits.check_in,
    visits.undo_check_in,
    visits.mark_missed,
    visits.undo_missed,
    visits.confirm_appointment,
)
steps = itertools.count(1)


class Clinic(RuleBasedStateMachine):
    """Two specialists, two rooms, a few clients; every step is one act or two at once."""

    desks: list[ThreadPoolExecutor]

    @initialize()
    def open(self) -> None:
        self.clock = time_machine.travel(BEGIN, tick=False)
        self.travel = self.clock.start()
        self.clinic = factories.ClinicFactory(time_zone="Europe/Berlin")
        factories.open_daily(self.clinic)
        self.by = factories.UserFactory(clinic=self.clinic)
        self.protocol = factories.ProtocolFactory(procedure_type__sessions_min=1)
        types = [self.protocol.procedure_type]
        self.specialists = [
            factories.SpecialistFactory(clinic=self.clinic, skills=types) for _n in range(2)
        ]
        self.rooms = [
            factories.RoomFactory(clinic=self.clinic, procedure_types=types) for _n in range(2)
        ]
        self.indication = factories.IndicationFactory()
        self.told: set[str] = set()

    def teardown(self) -> None:
        self.clock.stop()

    # --- what a desk can do -------------------------------------------------------------

    def _book(self, draw: int) -> None:
        person = factories.ClientFactory()
        screening = factories.ScreeningFactory(client=person, asked_by=self.by)
        if draw % 3 == 0:
            factories.AnswerFactory(
                screening=screening,
                present=True,
                stops_until=screening.asked_on + timedelta(days=draw % 7 + 1),
            )
        facts = {
            "clinic": self.clinic,
            "client": person,
            "procedure_type": self.protocol.procedure_type,
            "zone": self.protocol.zone,
            "screening": screening,
            "wishes": Wishes(),
        }
        plan = propose(sessions=3 + draw % 4, **facts).plan
        if plan is not None:
            slots = [self._shifted(slot, draw) for slot in plan.slots]
            book_course(by=self.by, indications=[self.indication], slots=slots, **facts)

    def _move(self, draw: int) -> None:
        appointment = self._visit(draw)
        if appointment:
            slot = self._shifted(slot_of(appointment), draw)
            visits.move_appointment(by=self.by, appointment=appointment, slot=slot)

    def _add(self, draw: int) -> None:
        appointment = self._visit(draw)
        if appointment:
            slot = self._shifted(slot_of(appointment), draw)
            add_session(by=self.by, course=appointment.course, slot=slot)

    def _do(self, draw: int) -> None:
        appointment = self._visit(draw // 7)
        if appointment:
            DONE_TO_A_VISIT[draw % 7](by=self.by, appointment=appointment)

    def _hold(self, draw: int) -> None:
        appointment = self._visit(draw // 2)
        if appointment and draw % 2:
            hold_course(by=self.by, course=appointment.course, reason="to be seen")
        elif appointment:
            resume_course(by=self.by, course=appointment.course)

    def _treat(self, draw: int) -> None:
        """A session of today from the door to the closed note, or as far as it may go."""
        today = Appointment.objects.filter(clinic=self.clinic, day=self.clinic.today())
        appointment = today.order_by("status", "id").first()
        if appointment is None:
            return
        if appointment.status == Appointment.Status.BOOKED:
            appointment = visits.check_in(by=self.by, appointment=appointment)
        treats = appointment.specialist.user
        yes = ("fever",) if draw % 9 == 0 else ()
        start_session(by=treats, appointment=appointment, answers=answered(*yes))
        note = save_note(
            by=treats,
            appointment=appointment,
            exposures=[ExposureGiven(self.protocol.zone, 120, -90)],
            carrier=None,
            reaction="expected",
            text="Slight redness.",
            out_of_protocol_reason="",
        )
        if draw % 4:
            close_note(by=treats, note=note)

    def _away(self, draw: int) -> None:
        begin = self.clinic.midnight(self.clinic.today() + timedelta(days=draw % 9, hours=10))
        away = Unavailability(
            clinic=self.clinic,
            specialist=self.specialists[draw % 2],
            period=DateTimeTZRange(begin, begin + timedelta(hours=5)),
        )
        add_unavailability(by=self.by, unavailability=away)

    def _accept(self, draw: int) -> None:
        """The worker looks, and the desk accepts all that it proposes at once."""
        now = timezone.now()
        mend_due(by=worker(), now=now, limit=draw % 4 + 1)
        proposals = list(CourseProposal.objects.open().of(self.clinic).order_by("pk"))
        for _proposal, refusal in accept_proposals(by=self.by, proposals=proposals, now=now):
            self.told.add(str(refusal))

    def _visit(self, draw: int) -> Appointment | None:
        found = list(Appointment.objects.filter(clinic=self.clinic).order_by("id"))
        return found[draw % len(found)] if found else None

    def _shifted(self, slot: Slot, draw: int) -> Slot:
        """Often the slot itself, else some days, hours, another specialist or room away."""
        if draw % 4 < 2:
            return slot
        return Slot(
            day=slot.day + timedelta(days=draw % 5 - 2),
            cell=slot.cell + draw % 13 - 6,
            specialist=self.specialists[draw % 2].pk,
            room=self.rooms[draw // 2 % 2].pk,
            device=None,
        )

    def _act(self, which: int, draw: int) -> None:
        acts = (
            self._book, self._move, self._move, self._do, self._do,
            self._add, self._hold, self._treat, self._accept, self._away,
        )  # fmt: skip
        try:
            acts[which % ACTS](draw)
        except Refused as refusal:
            self.told.add(str(refusal))
        finally:
            next(steps)

    # --- the steps ------------------------------------------------------------------------

    @rule(which=WHICH, draw=NUMBERS)
    def one_desk(self, which: int, draw: int) -> None:
        self._act(which, draw)

    @rule(which=WHICH, draw=NUMBERS, other=WHICH, other_draw=NUMBERS)
    def two_desks(self, which: int, draw: int, other: int, other_draw: int) -> None:
        """Both at once, on connections of their own."""
        calls = [(which, draw), (other, other_draw)]
        for done in [
            desk.submit(self._act, *call) for desk, call in zip(self.desks, calls, strict=True)
        ]:
            done.result()

    @rule(draw=NUMBERS)
    def same_appointment(self, draw: int) -> None:
        """Both desks do something to the same appointment at once."""
        for done in [desk.submit(self._act, 1 + n, draw) for n, desk in enumerate(self.desks)]:
            done.result()

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.travel.shift(timedelta(hours=hours))

    @invariant()
    def no_rule_is_broken(self) -> None:
        assert broken_rules(self.clinic.pk) == []
        assert "" not in self.told


@pytest.fixture
def desks() -> Iterator[list[ThreadPoolExecutor]]:
    """Two threads that keep their database connections from step to step."""
    threads = [ThreadPoolExecutor(1), ThreadPoolExecutor(1)]
    yield threads
    for thread in threads:
        thread.submit(_close).result()
        thread.shutdown()


def _close() -> None:
    """Close the connection of the thread in which this runs."""
    connection.close()


def run(desks: list[ThreadPoolExecutor], *, part: int, examples: int, length: int) -> None:
    """``part`` is the seed: each has histories of its own, the same ones every time."""
    histories = seed(part)(type("Clinic", (Clinic,), {"desks": desks}))
    run_state_machine_as_test(
        histories,
        settings=settings(
            max_examples=examples,
            stateful_step_count=length,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_no_history_breaks_a_rule(desks):
    run(desks, part=0, examples=8, length=25)
    assert Course.objects.exists()


@pytest.mark.prove
@pytest.mark.parametrize("part", [1, 2, 3, 4])
def test_twenty_thousand_acts_break_no_rule(desks, part):
    """In four parts, which the cores share."""
    before = next(steps)
    run(desks, part=part, examples=100, length=50)
    done = next(steps) - before
    closed = SessionNote.objects.filter(closed_at__isnull=False).count()
    print(f"{done} acts, {closed} closed notes")
    assert done >= 5_000
    assert closed > 0
