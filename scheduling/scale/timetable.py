"""Who comes when, for years of one clinic: drawn at random, in numbers alone, without a database.

Every time of a day is given away at most once, so nobody and nothing is ever in two places.
"""

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from scheduling.clock import cell_at, place_of
from scheduling.models import Appointment, Course
from scheduling.scale.places import CLOSES, OPENS, WORKDAYS, Place, Treatment

Status = Appointment.Status

STEP_CELLS = 4  # a treatment of 15 minutes and its cleaning
STAY_CELLS = 9  # … and the rest
FULLNESS = 0.7
AHEAD_DAYS = 60
BOOKED_BEFORE_DAYS = 21
COMES_AGAIN = 0.45
CALLED_OFF, MISSED = 0.04, 0.03
BEGINNINGS = range(cell_at(OPENS), cell_at(CLOSES) - STAY_CELLS, STEP_CELLS)

Slot = tuple[int, int, int]  # cell, specialist, room


@dataclass(frozen=True, slots=True)
class Visit:
    """``asking`` is the place in the course's ``asked_on`` of the screening that it relies on."""

    place: int
    day: date
    cell: int
    specialist: int
    room: int
    status: str
    asking: int


@dataclass(kw_only=True, slots=True)
class Booked:
    """One course as it was booked, and what became of it; ``client`` counts within the clinic."""

    client: int
    treatment: Treatment
    indication: int
    booked_on: date
    booked_minute: int
    planned: int
    status: str
    visits: list[Visit] = field(default_factory=list)
    asked_on: list[date] = field(default_factory=list)


class Timetable:
    """``share`` appointments of one clinic; some days ahead of ``now``, the others behind it."""

    def __init__(self, place: Place, *, share: int, now: datetime, chance: random.Random) -> None:
        self.place, self.share, self.chance = place, share, chance
        self.today, self.cell_now = place_of(place.clinic.zone, now)
        self.free: dict[date, list[Slot]] = {}
        self.clients = 0
        self.seen: deque[tuple[int, date]] = deque()

    def courses(self) -> Iterator[Booked]:
        """From the first day on, until the clinic has its share."""
        day, booked = self._first_day(), 0
        while booked < self.share:
            course = self._course(day, self.share - booked)
            if course is None:
                self.free.pop(day)
                day += timedelta(days=1)
                continue
            booked += len(course.visits)
            yield course

    def _first_day(self) -> date:
        per_week = int(len(BEGINNINGS) * len(self.place.rooms) * FULLNESS) * len(WORKDAYS)
        days = -(-self.share * 7 // per_week)
        return self.today - timedelta(days=days - min(AHEAD_DAYS, days // 3))

    def _course(self, day: date, most: int) -> Booked | None:
        """A course from the day on; None once that day is full."""
        if not self._free_on(day):
            return None
        chance = self.chance
        treatment = chance.choice(self.place.treatments)
        before = timedelta(days=chance.randrange(1, BOOKED_BEFORE_DAYS))
        course = Booked(
            client=0,
            treatment=treatment,
            indication=chance.choice(self.place.indications),
            booked_on=min(day - before, self.today - timedelta(days=1)),
            booked_minute=chance.randrange(11 * 60),
            planned=chance.randint(
                treatment.protocol.procedure_type.sessions_min,
                treatment.protocol.procedure_type.sessions_max,
            ),
            status=Course.Status.ACTIVE,
        )
        course.client = self._client(course)
        self._visits(course, day, most)
        self.seen.append((course.client, course.visits[-1].day))
        return course

    def _client(self, course: Booked) -> int:
        """Somebody new, or one of those whose course is over."""
        comes_again = self.chance.random() < COMES_AGAIN
        if comes_again and self.seen and self.seen[0][1] < course.booked_on:
            return self.seen.popleft()[0]
        self.clients += 1
        return self.clients

    def _visits(self, course: Booked, day: date, most: int) -> None:
        """Two or three days apart, later where a day is full; a session that was lost comes again.

        With ``most`` visits made the course is cut short: it was planned for no more than those.
        """
        gap = course.treatment.protocol.procedure_type.min_gap_days
        course.asked_on = [course.booked_on]
        live = 0
        while live < course.planned and len(course.visits) < most:
            free = self._free_on(day)
            if not free:
                day += timedelta(days=1)
                continue
            cell, specialist, room = free.pop()
            status = self._outcome(day, cell)
            if status == Status.COMPLETED and (day - course.asked_on[-1]).days >= self._valid_days:
                course.asked_on.append(day)
            course.visits.append(
                Visit(live + 1, day, cell, specialist, room, status, len(course.asked_on) - 1)
            )
            live += status in (Status.BOOKED, Status.COMPLETED)
            day += timedelta(days=gap + self.chance.choice((0, 0, 1)))
        course.planned = max(visit.place for visit in course.visits)
        course.status = self._course_status(course, live)

    @property
    def _valid_days(self) -> int:
        return self.place.clinic.screening_valid_days

    def _outcome(self, day: date, cell: int) -> str:
        over = (day, cell + STAY_CELLS) <= (self.today, self.cell_now)
        drawn = self.chance.random()
        if drawn < CALLED_OFF:
            return Status.CANCELLED
        if not over:
            return Status.BOOKED
        return Status.MISSED if drawn < CALLED_OFF + MISSED else Status.COMPLETED

    def _course_status(self, course: Booked, live: int) -> str:
        if live == course.planned:
            coming = any(visit.status == Status.BOOKED for visit in course.visits)
            return Course.Status.ACTIVE if coming else Course.Status.COMPLETED
        going_on = course.visits[-1].day >= self.today
        return Course.Status.ACTIVE if going_on else Course.Status.STOPPED

    def _free_on(self, day: date) -> list[Slot]:
        if day not in self.free:
            self.free[day] = self._times(day)
        return self.free[day]

    def _times(self, day: date) -> list[Slot]:
        """The times of a day in the order in which they are given away; none on a day of rest."""
        if day.weekday() not in WORKDAYS:
            return []
        rooms = self.place.rooms
        times = [
            (cell, specialist, room)
            for cell in BEGINNINGS
            for specialist, room in zip(
                self.chance.sample(self.place.specialists, len(rooms)), rooms, strict=True
            )
        ]
        self.chance.shuffle(times)
        return times[: int(len(times) * FULLNESS)]
