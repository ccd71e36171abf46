"""A course as it stands: what is done, what may still be moved, and one word for all of it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from clients.models import Screening
from scheduling.models import LIVE, Appointment, Course
from scheduling.planner import Slot
from scheduling.proposals import parse_slot, slot_token


class Change(StrEnum):
    KEPT = "kept"
    ELSEWHERE = "elsewhere"  # the time and the specialist stay, room or device changes
    MOVED = "moved"
    ADDED = "added"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A slot, and the appointment (its id) that is kept in it or goes there; None: a new one."""

    slot: Slot
    key: int | None

    @property
    def token(self) -> str:
        """``<slot token>=<appointment>``, the appointment ``-`` for a new one."""
        return f"{slot_token(self.slot)}={'-' if self.key is None else self.key}"

    @classmethod
    def parse(cls, token: str) -> "Step":
        """The other way round. Raises ValueError for anything else."""
        slot, _equals, key = token.partition("=")
        return cls(slot=parse_slot(slot), key=None if key == "-" else int(key))


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The course as it is: what stands, what may be moved, what a plan of it was made for."""

    course: Course
    stands: tuple[Appointment, ...]
    movable: tuple[Appointment, ...]
    called_off: tuple[Appointment, ...]
    screening: Screening | None
    fingerprint: str

    @property
    def sessions(self) -> int:
        """How many sessions are still to be placed."""
        return self.course.sessions_planned - len(self.stands)

    @property
    def first_day(self) -> date:
        asked_on = self.screening.asked_on if self.screening else date.min
        return max(self.course.clinic.today(), asked_on)


def standing_of(course: Course, *, now: datetime) -> Standing:
    """The course's appointments sorted by whether they may be moved, in one query."""
    found = list(
        course.appointments.select_related("screening", "specialist__user", "room", "device")
        .in_order()
        .all()
    )
    for appointment in found:
        appointment.clinic = course.clinic
    booked = Appointment.Status.BOOKED
    coming = [each for each in found if each.starts_at > now]
    movable = tuple(each for each in coming if each.status == booked)
    return Standing(
        course=course,
        stands=tuple(each for each in found if each.status in LIVE and each not in movable),
        movable=movable,
        called_off=tuple(each for each in coming if each.status == Appointment.Status.CANCELLED),
        screening=max((each.screening for each in found), key=lambda s: s.pk, default=None),
        fingerprint=_fingerprint(course, found),
    )


def change_of(now: Slot, then: Slot) -> Change:
    """What becomes of an appointment in slot ``now`` that is put into slot ``then``."""
    if now == then:
        return Change.KEPT
    same = (now.day, now.cell, now.specialist) == (then.day, then.cell, then.specialist)
    return Change.ELSEWHERE if same else Change.MOVED


def _fingerprint(course: Course, appointments: Sequence[Appointment]) -> str:
    """Equal as long as nothing has changed that a plan of the course depends on."""
    facts = [
        course.status,
        course.sessions_planned,
        course.wishes,
        *(
            [
                each.pk,
                each.status,
                each.schedule_version,
                each.starts_at.isoformat(),
                each.specialist_id,
                each.room_id,
                each.device_id,
                each.screening_id,
                each.confirmed_at is not None,
            ]
            for each in sorted(appointments, key=lambda each: each.pk)
        ),
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]
