"""Whether a session of a running course could be in some slot, and which rule says no.

Reading only: moving, restoring and adding a session ask here under lock, the desk without.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from clients.models import Screening
from cryoclinic.errors import Refused
from scheduling import planner
from scheduling.errors import NotWished
from scheduling.explain import refused
from scheduling.models import Appointment, Course
from scheduling.planner import PlanRequest, Slot
from scheduling.planner.masks import place
from scheduling.questions import Treatment, plan_request
from scheduling.wishes import Wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``slot``: with a room and a device that are free, None where a rule refuses; ``refused``:
    that rule, or the client's wish that the slot does not keep.
    """

    slot: Slot | None
    refused: Refused | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """One slot, asked for one session with the others where they are."""

    request: PlanRequest
    treatment: Treatment
    slot: Slot
    live: dict[int, date]
    own: Appointment | None

    def first_refusal(self, *, anywhere: bool = False) -> Refused | None:
        others = [day for pk, day in self.live.items() if self.own is None or pk != self.own.pk]
        before, after = neighbours(self.slot.day, others)
        refusal = planner.refuse(
            self.request, self.slot, before=before, after=after, anywhere=anywhere
        )
        if refusal is None:
            return None
        return refused(
            self.request,
            refusal,
            slot=self.slot,
            treatment=self.treatment,
            sessions=list(self.live.values()),
            ignoring=[self.own.pk] if self.own else (),
        )


def why_not(
    course: Course, slot: Slot, screening: Screening, *, own: Appointment | None
) -> Refused | None:
    """The first rule that refuses the slot just as it is; ``own`` is the appointment to put there,
    None for a new one. Wishes refuse nothing: the desk may set them aside.
    """
    return _question(course, slot, screening, own, Wishes()).first_refusal()


def ask(appointment: Appointment, day: date, cell: int, specialist: int) -> Answer:
    """Whether the appointment could be there, in any room and with any device that fits."""
    course, screening = appointment.course, appointment.screening
    slot = Slot(day=day, cell=cell, specialist=specialist, room=0)
    asked = _question(course, slot, screening, appointment, Wishes.from_json(course.wishes))
    refusal = asked.first_refusal(anywhere=True)
    if refusal is not None and not isinstance(refusal, NotWished):
        return Answer(slot=None, refused=refusal)
    return Answer(slot=place(asked.request, 0, cell, specialist), refused=refusal)


def _question(
    course: Course,
    slot: Slot,
    screening: Screening,
    own: Appointment | None,
    wishes: Wishes,
) -> _Question:
    treatment = Treatment.of_course(course, sessions=1)
    request = plan_request(
        treatment,
        screening=screening,
        first_day=slot.day,
        days=1,
        wishes=wishes,
        ignoring=[own.pk] if own else (),
    )
    live = dict(course.appointments.live().values_list("pk", "day"))
    return _Question(request=request, treatment=treatment, slot=slot, live=live, own=own)


def neighbours(day: date, days: Iterable[date]) -> tuple[date | None, date | None]:
    """The nearest of the days up to ``day`` and the nearest after it."""
    days = list(days)
    before = max((other for other in days if other <= day), default=None)
    return before, min((other for other in days if other > day), default=None)
