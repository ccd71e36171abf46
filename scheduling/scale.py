"""A made-up history of any size, for measuring: clinics that have been working for years.

Reproducible from its seed. Courses lie in the table in the order in which they were booked, their
sessions spread over the weeks after it, as in a clinic that is used; what is far apart in time is
near on disk and the other way round. Written with COPY past services and row triggers (there is
no audit of what never happened), but every constraint is checked as always.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils import timezone

from cryoclinic.models import Clinic, User
from cryoclinic.roles import COSMETOLOGIST, RECEPTIONIST
from procedures.models import Indication, Protocol
from scheduling.copying import CopiedTable, no_row_triggers
from scheduling.models import Room, Specialist, WorkingHours
from scheduling.planner import Slot
from scheduling.spans import spans_of

SPECIALISTS, ROOMS = 6, 4
OPENS, CLOSES = time(9), time(20)
STEP_CELLS = 4  # a treatment of 15 minutes and its cleaning
FULLNESS = 0.7
AHEAD_DAYS = 60
BATCH = 20_000
LOADED = ("clients_client", "clients_screening", "scheduling_course", "scheduling_appointment")

Report = Callable[[int], None]


def load(
    *,
    appointments: int,
    clinics: int,
    seed: int = 1,
    today: date | None = None,
    report: Report = lambda done: None,
) -> list[Clinic]:
    """Add ``clinics`` clinics with ``appointments`` appointments among them, up to 60 days ahead.

    One transaction. ``report`` is told after each batch how many are in.
    """
    chance = random.Random(seed)
    with transaction.atomic():
        places = [_open_clinic(number) for number in range(clinics)]
        today = today or places[0].clinic.today()
        share = -(-appointments // clinics)
        with no_row_triggers(LOADED):
            _write(_shuffled(places, share, today, chance), appointments, report)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(LOADED))
    return [place.clinic for place in places]


@dataclass(kw_only=True)
class _Place:
    """A clinic with what its sessions need; ``days`` are the times not yet given away."""

    clinic: Clinic
    reception: User
    specialists: Sequence[int]
    rooms: Sequence[int]
    protocols: Sequence[Protocol]
    indications: Sequence[int]
    days: dict[date, list[Slot]] = field(default_factory=dict)

    def take(self, day: date, chance: random.Random) -> Slot | None:
        """A free time of that day; None when the day is as full as days get, or a Sunday."""
        if day not in self.days:
            self.days[day] = self._times(day, chance)
        return self.days[day].pop() if self.days[day] else None

    def _times(self, day: date, chance: random.Random) -> list[Slot]:
        if day.weekday() == 6:
            return []
        slots = []
        for cell in range(OPENS.hour * 12, CLOSES.hour * 12 - 9, STEP_CELLS):
            working = chance.sample(self.specialists, len(self.rooms))
            slots += [
                Slot(day=day, cell=cell, specialist=specialist, room=room, device=None)
                for specialist, room in zip(working, self.rooms, strict=True)
            ]
        chance.shuffle(slots)
        return slots[: int(len(slots) * FULLNESS)]


@dataclass(kw_only=True)
class _Course:
    """One course as it was booked: on which day, and where its sessions are."""

    place: _Place
    booked_on: date
    protocol: Protocol
    slots: list[Slot]


def _open_clinic(number: int) -> _Place:
    clinic = Clinic.objects.create(
        name=f"Clinic {number + 1}", address="1 Frost Street", phone="+74950000000"
    )
    types = {protocol.procedure_type for protocol in _protocols()}
    specialists = [_specialist(clinic, types, n) for n in range(SPECIALISTS)]
    rooms = [Room.objects.create(clinic=clinic, name=f"Room {n + 1}") for n in range(ROOMS)]
    for room in rooms:
        room.procedure_types.set(types)
    WorkingHours.objects.bulk_create(
        WorkingHours(clinic=clinic, specialist=owner, weekday=weekday, starts=OPENS, ends=CLOSES)
        for owner in (None, *specialists)
        for weekday in range(6)
    )
    reception = User.objects.create_user(f"scale-desk-{clinic.pk}", clinic=clinic)
    reception.groups.add(Group.objects.get(name=RECEPTIONIST))
    return _Place(
        clinic=clinic,
        reception=reception,
        specialists=[specialist.pk for specialist in specialists],
        rooms=[room.pk for room in rooms],
        protocols=_protocols(),
        indications=list(Indication.objects.active().values_list("pk", flat=True)),
    )


def _specialist(clinic: Clinic, types: set[Any], number: int) -> Specialist:
    user = User.objects.create_user(
        f"scale-{clinic.pk}-{number}", first_name="Specialist", last_name=f"{number + 1}"
    )
    user.clinic = clinic
    user.save()
    user.groups.add(Group.objects.get(name=COSMETOLOGIST))
    specialist = Specialist.objects.create(clinic=clinic, user=user)
    specialist.skills.set(types)
    return specialist


def _protocols() -> list[Protocol]:
    """Those that need no device, of which a made-up clinic has none."""
    found = Protocol.objects.active().filter(procedure_type__needs_device=False)
    return list(found.select_related("procedure_type", "zone"))


def _shuffled(
    places: Sequence[_Place], share: int, today: date, chance: random.Random
) -> Iterator[_Course]:
    """The courses of all clinics, as they would have been booked one after the other."""
    per_day = int(len(range(OPENS.hour * 12, CLOSES.hour * 12 - 9, STEP_CELLS)) * ROOMS * FULLNESS)
    days = -(-share * 7 // (per_day * 6))
    courses = [
        course
        for place in places
        for course in _history(place, share, today + timedelta(days=AHEAD_DAYS - days), chance)
    ]
    courses.sort(key=lambda course: course.booked_on)
    return iter(courses)


def _history(
    place: _Place, share: int, first_day: date, chance: random.Random
) -> Iterator[_Course]:
    """Courses of one clinic from the day on, until it has its share of appointments."""
    booked, day = 0, first_day
    while booked < share:
        slots = _sessions(place, day, chance, min(chance.choice((10, 10, 11, 12)), share - booked))
        if not slots:
            day += timedelta(days=1)
            continue
        booked += len(slots)
        yield _Course(
            place=place,
            booked_on=slots[0].day - timedelta(days=chance.randrange(0, 21)),
            protocol=chance.choice(place.protocols),
            slots=slots,
        )


def _sessions(place: _Place, day: date, chance: random.Random, number: int) -> list[Slot]:
    """Times two or three days apart from the day on, later where a day is full."""
    slots: list[Slot] = []
    while len(slots) < number:
        slot = place.take(day, chance)
        if slot is not None:
            slots.append(slot)
            day += timedelta(days=chance.choice((2, 2, 3)))
        elif slots:
            day += timedelta(days=1)
        else:
            return []
    return slots


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A screening that is on its way."""

    pk: int
    client: int
    valid_until: date


def _write(courses: Iterator[_Course], limit: int, report: Report) -> None:
    writer = _Writer()
    done = reported = 0
    for course in courses:
        course.slots = course.slots[: limit - done]
        if not course.slots:
            break
        writer.add(course)
        done += len(course.slots)
        if done - reported >= BATCH:
            writer.flush()
            report(done)
            reported = done
    writer.flush()
    report(done)


class _Writer:
    """Turns courses into the rows that the services would have left behind."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.clients = CopiedTable(
            "clients_client",
            "name, phone, email, language, email_consent, email_consent_at, note, created_at",
        )
        self.screenings = CopiedTable(
            "clients_screening",
            "client_id, follows_id, asked_by_id, asked_at, asked_on, valid_until",
        )
        self.courses = CopiedTable(
            "scheduling_course",
            "client_id, clinic_id, procedure_type_id, zone_id, sessions_planned, min_gap_days,"
            " max_gap_days, price, currency, status, held_reason, wishes, created_at",
        )
        self.appointments = CopiedTable(
            "scheduling_appointment",
            "course_id, client_id, clinic_id, time_zone, sessions_planned, min_gap_days, place,"
            " treatment, visit, schedule_version, specialist_id, room_id, device_id,"
            " screening_id, visit_check_id, status, status_reason",
        )

    def flush(self) -> None:
        for table in (self.clients, self.screenings, self.courses, self.appointments):
            table.flush()

    def add(self, course: _Course) -> None:
        place, slots = course.place, course.slots
        client = self._client(course)
        planned = max(len(slots), course.protocol.procedure_type.sessions_min)
        over = all(self._ends(course, slot) < self.now for slot in slots)
        kind = course.protocol.procedure_type
        course_id = self.courses.add(
            client, place.clinic.pk, kind.pk, course.protocol.zone_id, planned,
            kind.min_gap_days, kind.max_gap_days, "1000.00", "RUB",
            "completed" if over else "active", "", "{}", self._morning(course.booked_on),
        )  # fmt: skip
        screening = None
        for number, slot in enumerate(slots, start=1):
            if screening is None or slot.day > screening.valid_until:
                asked_on = slot.day if screening else course.booked_on
                screening = self._screening(course, client, asked_on)
            common = (course_id, client, place.clinic.pk, place.clinic.time_zone, planned)
            self.appointments.add(*common, *self._visit(course, number, slot, screening))

    def _visit(
        self, course: _Course, number: int, slot: Slot, screening: "_Asked"
    ) -> tuple[object, ...]:
        """The columns of an appointment that are its own."""
        treatment, visit = spans_of(course.place.clinic, slot, course.protocol)
        done = visit.upper < self.now
        check = self._screening(course, screening.client, slot.day, screening) if done else None
        return (
            course.protocol.procedure_type.min_gap_days, number, _range(treatment),
            _range(visit), 1, slot.specialist, slot.room, slot.device, screening.pk,
            check and check.pk, "completed" if done else "booked", "",
        )  # fmt: skip

    def _client(self, course: _Course) -> int:
        number = next(self.clients.ids)
        self.clients.ids = count(number)
        name, phone = _name(number), f"+79{number:09d}"
        booked = self._morning(course.booked_on)
        return self.clients.add(
            name, phone, f"client{number}@example.com", "ru", "t", booked, "", booked
        )

    def _screening(
        self, course: _Course, client: int, asked_on: date, follows: "_Asked | None" = None
    ) -> "_Asked":
        valid_until = follows.valid_until if follows else asked_on + timedelta(days=29)
        pk = self.screenings.add(
            client, follows and follows.pk, course.place.reception.pk, self._morning(asked_on),
            asked_on, max(asked_on, valid_until),
        )  # fmt: skip
        return _Asked(pk=pk, client=client, valid_until=valid_until)

    def _ends(self, course: _Course, slot: Slot) -> datetime:
        return spans_of(course.place.clinic, slot, course.protocol)[1].upper

    def _morning(self, day: date) -> datetime:
        return datetime.combine(day, OPENS, tzinfo=UTC)


FAMILIES = ("Морозов", "Снегирёв", "Северин", "Ледов", "Холод", "Зимин", "Вьюгин", "Инеев")
GIVEN = ("Анна", "Мария", "Елена", "Ольга", "Вера", "Нина", "Юлия", "Дарья", "Алла", "Зоя")


def _name(number: int) -> str:
    """A made-up name that many share and a number tells apart."""
    family = FAMILIES[number // len(GIVEN) % len(FAMILIES)]
    return f"{family}а {GIVEN[number % len(GIVEN)]} {number}"


def _range(span: Any) -> str:
    return f"[{span.lower.isoformat()},{span.upper.isoformat()})"
