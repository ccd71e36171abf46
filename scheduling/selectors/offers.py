"""Free times for one session, shaped for choosing: by day, then by specialist, then by time."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import groupby

from django.utils.translation import ngettext

from clients.models import Screening
from cryoclinic.errors import Refused
from scheduling import proposals
from scheduling.asking import ask
from scheduling.clock import cell_at, wall_time
from scheduling.models import Appointment, Course, Specialist
from scheduling.planner import CELLS_PER_DAY, Slot, Wanted, alternative_days
from scheduling.proposals import Offer, Proposal, slot_token
from scheduling.questions import Treatment, plan_request
from scheduling.selectors import words
from scheduling.spans import slot_of

# A specialist's day with more free starts than this is offered by the quarter of an hour.
MANY = 16
QUARTERS = sum(1 << cell for cell in range(0, CELLS_PER_DAY, 3))
# How far past the last session times are offered; farther only where nothing nearer is free.
REACHES = (14, 60)
# More days than these are offered only to who asks for all: the nearest are the ones wanted.
MOST_DAYS = 7


@dataclass(frozen=True, slots=True)
class OfferedTime:
    token: str
    time: str
    room: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class OfferedLane:
    """The times of one specialist on one day."""

    specialist: str
    times: tuple[OfferedTime, ...]


@dataclass(frozen=True, slots=True)
class OfferedDay:
    """``is_open``: shown unfolded, the day of the session as it is or else the first one."""

    day: str
    gaps: str
    over: str
    needs_rescreening: bool
    is_open: bool
    lanes: tuple[OfferedLane, ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """Days to choose from, and how many more there are."""

    days: tuple[OfferedDay, ...]
    more: int


def offered_days(
    offers: Iterable[Offer], *, current: Slot | None, valid_until: date
) -> tuple[OfferedDay, ...]:
    """The offers by day; ``valid_until`` is the last day that the screening covers."""
    by_day = {day: list(found) for day, found in groupby(offers, key=lambda o: o.slot.day)}
    unfolded = current.day if current and current.day in by_day else next(iter(by_day), None)
    return tuple(
        OfferedDay(
            day=words.weekday_and_day(day),
            gaps=_gaps(found[0]),
            over=over_words(found[0].over),
            needs_rescreening=day > valid_until,
            is_open=day == unfolded,
            lanes=tuple(_lanes(found, current)),
        )
        for day, found in by_day.items()
    )


def _lanes(found: Sequence[Offer], current: Slot | None) -> Iterable[OfferedLane]:
    lanes: dict[int, list[Offer]] = {}
    for offer in found:
        lanes.setdefault(offer.slot.specialist, []).append(offer)
    for own in lanes.values():
        yield OfferedLane(own[0].specialist.name, tuple(_time(each, current) for each in own))


def shown_starts(*, current: Slot | None, days: Container[date] | None = None) -> Wanted:
    """What is offered out of a specialist's starts of a day (None: of any day), for the planner:
    those on the quarter of an hour where there are many, and the present one.
    """

    here = {(current.day, current.specialist): 1 << current.cell} if current else {}

    def wanted(day: date, specialist: int, starts: int) -> int:
        if days is not None and day not in days:
            return 0
        if starts.bit_count() <= MANY:
            return starts
        return starts & (QUARTERS | here.get((day, specialist), 0))

    return wanted


def _time(offer: Offer, current: Slot | None) -> OfferedTime:
    here = current is not None and (offer.slot.day, offer.slot.cell, offer.slot.specialist) == (
        current.day,
        current.cell,
        current.specialist,
    )
    time = words.clock(wall_time(offer.slot.cell))
    return OfferedTime(slot_token(offer.slot), time, offer.room.name, here)


def _gaps(offer: Offer) -> str:
    """Such as “2 days after, 3 days before”, of the neighbouring sessions."""
    parts = []
    if offer.gap_before is not None:
        text = ngettext(
            "%(days)s day after the one before",
            "%(days)s days after the one before",
            offer.gap_before,
        )
        parts.append(text % {"days": offer.gap_before})
    if offer.gap_after is not None:
        text = ngettext(
            "%(days)s day before the next", "%(days)s days before the next", offer.gap_after
        )
        parts.append(text % {"days": offer.gap_after})
    return ", ".join(parts)


def over_words(days: int) -> str:
    """What a gap beyond the maximum costs; empty where it is kept."""
    if not days:
        return ""
    return ngettext(
        "%(days)s day longer than it should be", "%(days)s days longer than it should be", days
    ) % {"days": days}


def move_offers(appointment: Appointment, *, every_day: bool = False) -> Offered:
    """Where the appointment could be instead, between its neighbours in the course.

    On the days nearest to its own, unless ``every_day`` is asked for.
    """
    own = slot_of(appointment)
    return _offered(
        _free_for(appointment),
        current=own,
        near=None if every_day else own.day,
        valid_until=appointment.screening.valid_until,
    )


def _offered(
    free: "FreeTime", *, current: Slot | None, near: date | None, valid_until: date
) -> Offered:
    """Those of the few days nearest to ``near`` (None: all); of two as near the earlier."""
    days: Sequence[date] = free.days
    if near is not None:
        days = sorted(days, key=lambda day: (abs(day - near), day))[:MOST_DAYS]
    found = free.offers(shown_starts(current=current, days=days))
    shown = offered_days(found, current=current, valid_until=valid_until)
    return Offered(shown, len(free.days) - len(days))


def free_for(appointment: Appointment) -> list[Offer]:
    """Every slot that the appointment could be moved to, by day, time and specialist."""
    return _free_for(appointment).offers()


def _free_for(appointment: Appointment) -> "FreeTime":
    own = slot_of(appointment)
    others = appointment.course.appointments.live().exclude(pk=appointment.pk)
    days = sorted(others.values_list("day", flat=True))
    before = max((day for day in days if day < own.day), default=None)
    after = min((day for day in days if day > own.day), default=None)
    return _free_between(
        appointment.course, appointment.screening, [(before, after)], ignoring=[appointment.pk]
    )


@dataclass(frozen=True, slots=True)
class AskedTime:
    """A time that somebody asked for; ``token`` is empty where it can't be had. ``refused``: the
    rule that says no, or the wish that it does not keep.
    """

    when: str
    specialist: str
    token: str
    refused: Refused | None


def asked_time(
    appointment: Appointment, *, day: date, at: time, specialist: Specialist
) -> AskedTime:
    """Whether the appointment could be there."""
    cell = cell_at(at)
    found = ask(appointment, day, cell, specialist.pk)
    return AskedTime(
        when=f"{words.weekday_and_day(day)}, {words.clock(wall_time(cell))}",
        specialist=specialist.name,
        token=slot_token(found.slot) if found.slot else "",
        refused=found.refused,
    )


def session_offers(course: Course, *, every_day: bool = False) -> Offered:
    """Where a session that the course has lost could be: after the last one, or in a wide gap.

    On the first days, unless ``every_day`` is asked for.
    """
    free = _free_in(course)
    return _offered(
        free,
        current=None,
        near=None if every_day or not free.days else free.days[0],
        valid_until=free.asked.screening.valid_until,
    )


def free_in(course: Course) -> list[Offer]:
    """Every slot that a lost session of the course could take, by day, time and specialist."""
    return _free_in(course).offers()


def _free_in(course: Course) -> "FreeTime":
    days = sorted(course.appointments.live().values_list("day", flat=True))
    pairs = list(zip([None, *days], [*days, None], strict=True))
    return _free_between(course, screening_of(course), pairs, ignoring=[])


@dataclass(frozen=True, slots=True)
class FreeTime:
    """Where one session could be. ``gaps``: the neighbours on both sides of each place for it, as
    the planner takes them, and the session's index among them.
    """

    asked: Proposal
    gaps: tuple[tuple[Sequence[Slot], int], ...]
    days: tuple[date, ...]

    def offers(self, wanted: Wanted | None = None) -> list[Offer]:
        """By day, time and specialist; all of them, or those that are ``wanted``."""
        return [
            offer
            for slots, index in self.gaps
            for offer in proposals.offers(self.asked, slots, index, wanted)
        ]


def _free_between(
    course: Course,
    screening: Screening,
    pairs: Sequence[tuple[date | None, date | None]],
    *,
    ignoring: Sequence[int],
) -> FreeTime:
    """What is free between each pair of neighbouring days (None: nothing on that side)."""
    near, far = REACHES
    found = _free_within(course, screening, pairs, ignoring, near)
    return found if found.days else _free_within(course, screening, pairs, ignoring, far)


def _free_within(
    course: Course,
    screening: Screening,
    pairs: Sequence[tuple[date | None, date | None]],
    ignoring: Sequence[int],
    reach: int,
) -> FreeTime:
    """The same, up to ``reach`` days past today and the last of the days."""
    today = max(course.clinic.today(), screening.asked_on)
    last = max((day for pair in pairs for day in pair if day), default=today)
    treatment = Treatment.of_course(course, sessions=1)
    request = plan_request(
        treatment,
        screening=screening,
        first_day=today,
        days=(max(last, today) - today).days + reach,
        ignoring=ignoring,
    )
    gaps = tuple(
        ([_marker(day) for day in (before, request.first_day, after) if day], 1 if before else 0)
        for before, after in pairs
    )
    return FreeTime(
        asked=proposals.answer(request, treatment, screening, slots=()),
        gaps=gaps,
        days=tuple(day for slots, index in gaps for day in alternative_days(request, slots, index)),
    )


def _marker(day: date) -> Slot:
    """A neighbour of which only the day counts."""
    return Slot(day=day, cell=0, specialist=0, room=0)


def screening_of(course: Course) -> Screening:
    """The screening on which the newest of the course's appointments was booked."""
    return course.appointments.select_related("screening").latest("id").screening


def missing_sessions(course: Course) -> int:
    """How many of the planned sessions are neither booked nor done."""
    if not course.is_open:
        return 0
    return course.sessions_planned - course.appointments.live().count()
