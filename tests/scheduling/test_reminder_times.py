"""The reminder's hour: the clinic's wall clock, whatever it does in between."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.reminder_times import Day, change_due, reminders_due

BERLIN = ZoneInfo("Europe/Berlin")
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def due(visit: str, *, lead: int = 24, zone: ZoneInfo = BERLIN, now: datetime = LONG_AGO) -> str:
    """``due("2026-03-29 14:05")``, both on the clinic's clock."""
    starts_at = datetime.fromisoformat(visit).replace(tzinfo=zone)
    found = reminders_due(starts_at, lead_hours=[lead], day=Day(zone), now=now)
    assert [hours for hours, _moment in found] in ([], [lead])
    return "".join(f"{moment.astimezone(zone):%Y-%m-%d %H:%M%z}" for _hours, moment in found)


@pytest.mark.parametrize(
    ("visit", "lead", "expected"),
    [
        ("2026-05-12 14:05", 24, "2026-05-11 14:05+0200"),
        ("2026-03-29 14:05", 24, "2026-03-28 14:05+0100"),  # the day has 23 hours
        ("2026-03-30 14:05", 24, "2026-03-29 14:05+0200"),
        ("2026-10-25 14:05", 24, "2026-10-24 14:05+0200"),  # the day has 25 hours
        ("2026-10-26 14:05", 24, "2026-10-25 14:05+0100"),
        ("2026-10-26 10:00", 48, "2026-10-24 10:00+0200"),
        ("2026-05-12 18:00", 2, "2026-05-12 16:00+0200"),
    ],
)
def test_reminder_is_due_at_the_same_wall_clock_time_before(visit, lead, expected):
    assert due(visit, lead=lead) == expected


@pytest.mark.parametrize(
    ("visit", "lead", "expected"),
    [
        ("2026-05-12 07:00", 24, "2026-05-11 08:00+0200"),
        ("2026-05-12 22:00", 24, "2026-05-11 21:00+0200"),
        ("2026-05-12 10:00", 12, "2026-05-11 21:00+0200"),
        ("2026-05-12 09:00", 2, "2026-05-11 21:00+0200"),
        ("2026-03-29 10:00", 7, "2026-03-28 21:00+0100"),
    ],
)
def test_reminder_is_never_due_at_night(visit, lead, expected):
    assert due(visit, lead=lead) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-05-11 16:00", "2026-05-11 16:00+0200"),
        ("2026-05-11 23:30", "2026-05-12 08:00+0200"),
        ("2026-05-12 07:00", "2026-05-12 08:00+0200"),
        ("2026-05-12 11:05", "2026-05-12 11:05+0200"),
        ("2026-05-12 11:06", ""),
        ("2026-05-12 15:00", ""),
    ],
)
def test_reminder_that_is_late_goes_at_once_or_not_at_all(now, expected):
    moment = datetime.fromisoformat(now).replace(tzinfo=BERLIN)

    assert due("2026-05-12 14:05", now=moment) == expected


FIVE_YEARS = timedelta(days=5 * 365)


@given(
    starts_at=st.timedeltas(timedelta(0), FIVE_YEARS).map(FIRST_DAY.__add__),
    lead=st.integers(1, 168),
    zone=st.sampled_from(
        ["Europe/Berlin", "Europe/Moscow", "America/New_York", "Australia/Sydney", "Asia/Tehran"]
    ).map(ZoneInfo),
    ahead=st.timedeltas(timedelta(0), timedelta(days=30)),
)
def test_reminder_is_due_awake_before_the_visit_and_not_in_the_past(starts_at, lead, zone, ahead):
    now = starts_at - ahead
    found = reminders_due(starts_at, lead_hours=[lead], day=Day(zone), now=now)

    for _hours, moment in found:
        local = moment.astimezone(zone)
        assert now <= moment < starts_at
        assert "08:00" <= f"{local:%H:%M}" <= "21:00"
    if not found:
        assert ahead < timedelta(hours=3 + 12)


def both(visit: str, now: str, *leads: int) -> list[tuple[int, str]]:
    """``[(24, "2026-05-11 14:05"), (2, "2026-05-12 12:05")]``, all on the clock of Berlin."""
    starts_at, moment = (
        datetime.fromisoformat(text).replace(tzinfo=BERLIN) for text in (visit, now)
    )
    found = reminders_due(starts_at, lead_hours=leads, day=Day(BERLIN), now=moment)
    return [(lead, f"{due_at.astimezone(BERLIN):%Y-%m-%d %H:%M}") for lead, due_at in found]


@pytest.mark.parametrize(
    ("visit", "now", "leads", "expected"),
    [
        (
            "2026-05-12 14:05",
            "2026-05-01 12:00",
            (24, 2),
            [(24, "2026-05-11 14:05"), (2, "2026-05-12 12:05")],
        ),
        # Booked later than the first of them: one is enough.
        ("2026-05-12 14:05", "2026-05-11 16:00", (24, 2), [(2, "2026-05-12 12:05")]),
        ("2026-05-12 14:05", "2026-05-12 12:05", (24, 2), []),
        ("2026-05-12 18:00", "2026-05-12 12:00", (24, 12), [(12, "2026-05-12 12:00")]),
        # Both come to the evening before.
        ("2026-05-12 07:30", "2026-05-01 12:00", (10, 2), [(2, "2026-05-11 21:00")]),
        ("2026-05-12 14:05", "2026-05-01 12:00", (), []),
    ],
)
def test_several_reminders_of_one_visit(visit, now, leads, expected):
    assert both(visit, now, *leads) == expected


@pytest.mark.parametrize(
    ("now", "soonest", "expected"),
    [
        ("2026-05-12 12:00", "2026-05-20 14:05", "2026-05-12 12:03"),
        ("2026-05-12 22:00", "2026-05-20 14:05", "2026-05-13 08:00"),
        ("2026-05-12 20:58", "2026-05-20 14:05", "2026-05-13 08:00"),
        ("2026-05-12 22:00", "2026-05-13 11:00", "2026-05-13 08:00"),
        ("2026-05-12 22:00", "2026-05-13 10:55", "2026-05-12 22:03"),
        ("2026-05-13 03:00", "2026-05-13 08:30", "2026-05-13 03:03"),
    ],
)
def test_change_waits_for_the_morning_where_it_can(now, soonest, expected):
    moment, visit = (datetime.fromisoformat(text).replace(tzinfo=BERLIN) for text in (now, soonest))
    due_at = change_due(moment, grace=timedelta(minutes=3), soonest=visit, day=Day(BERLIN))
    assert f"{due_at.astimezone(BERLIN):%Y-%m-%d %H:%M}" == expected


def test_clinic_s_own_hours_are_its_night():
    starts_at = datetime.fromisoformat("2026-05-12 09:00").replace(tzinfo=BERLIN)
    day = Day(BERLIN, begins=time(7), ends=time(19, 30))
    [(_lead, due_at)] = reminders_due(starts_at, lead_hours=[2], day=day, now=LONG_AGO)
    assert f"{due_at.astimezone(BERLIN):%Y-%m-%d %H:%M}" == "2026-05-12 07:00"
