"""Summer time comes and goes: reminders keep the clinic's wall clock, beat keeps its pace.

What is right is worked out here from the zones alone, without the product's arithmetic.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from celery.utils.imports import symbol_by_name
from django.utils import timezone

from cryoclinic.celery import app
from cryoclinic.models import Clinic
from scheduling.models import Message
from scheduling.reminder_times import Day, reminders_due
from scheduling.services.outbox import announce_course
from tests import factories
from tests.scheduling.outbox_clinic import send
from tests.smtp import Postbox, calendar_of

ZONES = [
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",  # its clocks change by half an hour
    "Europe/Moscow",  # its clocks don't change
]
FIRST, LAST = date(2026, 1, 1), date(2030, 12, 31)
LEADS = (24, 2)
NIGHT_ENDS, NIGHT_BEGINS = time(8), time(21)
DAY = timedelta(days=1)


def change_days(zone: ZoneInfo) -> list[date]:
    """The days that don't have 24 hours; Berlin's, where there are none."""
    every = (FIRST + n * DAY for n in range((LAST - FIRST).days + 1))
    found = [day for day in every if _midnight(day + DAY, zone) - _midnight(day, zone) != DAY]
    return found or change_days(ZoneInfo("Europe/Berlin"))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which the clocks of the zone show it."""
    around = [(wall.replace(tzinfo=UTC) + n * DAY).astimezone(zone) for n in (-1, 1)]
    offsets = [offset for moment in around if (offset := moment.utcoffset()) is not None]
    return min(
        moment
        for offset in offsets
        if (moment := (wall - offset).replace(tzinfo=UTC)).astimezone(zone).replace(tzinfo=None)
        == wall
    )


def expected(visit: datetime, zone: ZoneInfo) -> list[tuple[int, datetime]]:
    """``(lead, instant)`` of the reminders of a visit at that wall-clock time, the earliest first.

    Those that the night moves to the same instant are one, of the shortest lead.
    """
    found: dict[datetime, int] = {}
    for lead in sorted(LEADS, reverse=True):
        wall = visit - timedelta(hours=lead)
        if wall.time() < NIGHT_ENDS and wall.date() < visit.date():
            wall = datetime.combine(wall, NIGHT_ENDS)
        elif wall.time() < NIGHT_ENDS:
            wall = datetime.combine(wall - DAY, NIGHT_BEGINS)
        elif wall.time() > NIGHT_BEGINS:
            wall = datetime.combine(wall, NIGHT_BEGINS)
        found[instant(wall, zone)] = lead
    return [(lead, moment) for moment, lead in sorted(found.items())]


@pytest.mark.parametrize("name", ZONES)
def test_reminders_around_every_change_are_due_by_the_wall_clock(name: str):
    """Every five minutes of the days before, at and after each change of five years."""
    zone, wrong = ZoneInfo(name), []
    for changed in change_days(zone):
        for minutes in range(-DAY // timedelta(minutes=1), 3 * 24 * 60, 5):
            visit = datetime.combine(changed, time()) + timedelta(minutes=minutes)
            if not NIGHT_ENDS <= visit.time() <= NIGHT_BEGINS:
                continue
            starts_at = instant(visit, zone)
            due = reminders_due(
                starts_at, lead_hours=LEADS, day=Day(zone), now=starts_at - 10 * DAY
            )
            if due != expected(visit, zone):
                wrong.append((visit, due))
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", ZONES)
def test_reminders_arrive_at_their_local_time_on_days_of_change(name: str, smtp: Postbox):
    """Each is sent at its instant and not a second earlier, and names the visit's local time."""
    zone = ZoneInfo(name)
    clinic = factories.ClinicFactory(time_zone=name, reminder_lead_hours=list(LEADS))
    for day in (changed + n * DAY for changed in change_days(zone) for n in (0, 1)):
        visit = datetime.combine(day, time(14, 5))
        with time_machine.travel(instant(visit, zone) - 10 * DAY, tick=False) as clock:
            reminders = _booked(clinic, visit)
            assert _due(reminders) == expected(visit, zone)
            for lead, moment in expected(visit, zone):
                clock.move_to(moment - timedelta(seconds=1))
                assert send(timezone.now()) == 0
                clock.move_to(moment)
                assert send(timezone.now()) == 1
                mail = smtp.mails[-1]
                when = "tomorrow" if lead == 24 else "today"
                assert mail["Subject"] == f"{clinic.name}: {when} at 14:05, session 1 of 1"
                [event] = calendar_of(mail).walk("VEVENT")
                assert event.decoded("DTSTART") == instant(visit, zone)
    # Two of every visit, however long its day was.
    assert len(smtp.mails) == 2 * 2 * len(change_days(zone))


def _booked(clinic: Clinic, visit: datetime) -> Any:
    """A course of one visit at that time, booked and announced; its reminders."""
    course = factories.CourseFactory(clinic=clinic, sessions_planned=1)
    appointment = factories.make_appointment(course, day=visit.date(), at=visit.time())
    announce_course(course, [appointment], now=timezone.now())
    reminders = Message.objects.filter(course=course, kind="reminder")
    Message.objects.filter(course=course).exclude(kind="reminder").delete()
    return reminders


def _due(reminders: Any) -> list[tuple[int, datetime]]:
    return list(reminders.order_by("due_at").values_list("lead_hours", "due_at"))


class RecordingScheduler(symbol_by_name(app.conf.beat_scheduler)):  # type: ignore[misc]
    """The product's own, which writes down instead of publishing."""

    producer = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.asked: dict[str, list[datetime]] = defaultdict(list)
        super().__init__(*arguments, **options)

    def apply_async(self, entry: Any, producer: Any = None, **_options: Any) -> None:
        self.asked[entry.name].append(datetime.now(UTC))


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("number", [0, 1])
def test_beat_keeps_its_pace_through_the_change(tmp_path: Path, db: None, name: str, number: int):
    """An hour before and after, on a machine whose own clock is that of the zone."""
    zone = ZoneInfo(name)
    changed = change_days(zone)[number]
    begins, ends = _change_on(changed, zone) - DAY / 24, _change_on(changed, zone) + DAY / 24
    with time_machine.travel(begins.astimezone(zone), tick=False) as clock:
        scheduler = RecordingScheduler(app=app, schedule_filename=str(tmp_path / "schedule"))
        while datetime.now(UTC) < ends:
            # Never less than a millisecond, or the clock would stand still.
            clock.shift(max(scheduler.tick(), 0.001))
        scheduler.close()

    for entry in app.conf.beat_schedule:
        period = app.conf.beat_schedule[entry]["schedule"]
        asked = [begins, *scheduler.asked[entry], ends]
        gaps = [after - before for before, after in pairwise(asked)]
        assert max(gaps) <= 2 * period
        # The first and the last gap are cut off by the test.
        assert all(gap >= period for gap in gaps[1:-1])


def _change_on(day: date, zone: ZoneInfo) -> datetime:
    """The instant within the day at which the clocks change; 2 o'clock, where they don't."""
    minutes = (_midnight(day, zone) + timedelta(minutes=n) for n in range(24 * 60))
    for before, after in pairwise(minutes):
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            return after
    return _midnight(day, zone) + timedelta(hours=2)
