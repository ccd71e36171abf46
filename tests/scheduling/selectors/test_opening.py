"""When a day is open, on the clinic's clock."""

from datetime import date, datetime, time, timedelta

from cryoclinic.models import Clinic
from scheduling.models import WorkingHours
from scheduling.planner import cells
from scheduling.selectors.opening import closed_runs, day_hours
from tests import factories

MONDAY = date(2026, 5, 4)


def at(clinic: Clinic, hour: int, minute: int = 0, *, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=clinic.zone)


def open_minutes(mask: int) -> list[tuple[int, int]]:
    """The complement of what is closed."""
    edges = [0, *(edge for run in closed_runs(mask) for edge in run), 24 * 60]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]


def test_closed_runs_are_the_gaps_of_the_mask() -> None:
    assert closed_runs(cells(108, 216)) == [(0, 540), (1080, 1440)]
    assert closed_runs(cells(0, 288)) == []


def test_a_specialist_is_open_where_the_clinic_is_and_they_work(clinic: Clinic) -> None:
    early = factories.SpecialistFactory(clinic=clinic, hours=False)
    factories.open_daily(clinic, specialist=early, starts=time(7), ends=time(12))
    hours = day_hours(clinic, MONDAY)
    assert open_minutes(hours.clinic) == [(540, 1080)]
    assert open_minutes(hours.of_specialist(early.pk)) == [(540, 720)]
    assert hours.of_specialist(10**9) == 0


def test_absences_close_what_they_are_of(clinic: Clinic) -> None:
    specialist = factories.SpecialistFactory(clinic=clinic)
    room = factories.RoomFactory(clinic=clinic)
    factories.UnavailabilityFactory(
        clinic=clinic, specialist=specialist, period=(at(clinic, 10, 2), at(clinic, 11, 1))
    )
    factories.UnavailabilityFactory(
        clinic=clinic, room=room, period=(at(clinic, 12), at(clinic, 13))
    )
    factories.UnavailabilityFactory(
        clinic=clinic,
        reason="Water cut",
        period=(at(clinic, 17), at(clinic, 9, day=MONDAY + timedelta(days=1))),
    )
    hours = day_hours(clinic, MONDAY)
    assert open_minutes(hours.clinic) == [(540, 1020)]
    assert open_minutes(hours.of_specialist(specialist.pk)) == [(540, 600), (665, 1020)]
    assert open_minutes(hours.of_room(room.pk)) == [(540, 720), (780, 1020)]
    assert hours.closed_because == "Water cut"


def test_a_minute_to_midnight_means_midnight(clinic: Clinic) -> None:
    WorkingHours.objects.filter(clinic=clinic).update(ends=time(23, 59))
    assert open_minutes(day_hours(clinic, MONDAY).clinic) == [(540, 1440)]
