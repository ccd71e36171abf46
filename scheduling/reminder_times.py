"""When mails are due: reckoned on the clinic's wall clock, at an hour when people are awake."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Closer to the visit than this, a late reminder tells nobody anything they don't know.
TOO_LATE = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Day:
    """The hours in which a clinic writes to its clients: from ``begins`` to ``ends``, both in."""

    zone: ZoneInfo
    begins: time = time(8)
    ends: time = time(21)

    def at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, tzinfo=self.zone).astimezone(UTC)

    def next_hour(self, moment: datetime) -> datetime:
        """The moment, or at night the next morning's first hour."""
        local = moment.astimezone(self.zone)
        if local.time() < self.begins:
            return self.at(local.date(), self.begins)
        if local.time() > self.ends:
            return self.at(local.date() + timedelta(days=1), self.begins)
        return moment

    def hour_before(self, moment: datetime, visit: datetime) -> datetime:
        """The moment; at night the morning, if that is on a day before the visit, else the evening
        before."""
        local = moment.astimezone(self.zone)
        day = local.date()
        if local.time() > self.ends:
            return self.at(day, self.ends)
        if local.time() >= self.begins:
            return moment
        if day < visit.astimezone(self.zone).date():
            return self.at(day, self.begins)
        return self.at(day - timedelta(days=1), self.ends)


def reminders_due(
    starts_at: datetime, *, lead_hours: Sequence[int], day: Day, now: datetime
) -> list[tuple[int, datetime]]:
    """``(lead, instant in UTC)`` for each reminder of a visit, the earliest first.

    Where every time has gone by, the reminder with the shortest lead is due at once, or in the
    morning; within three hours of the visit there is none.
    """
    coming = reminders_to_come(starts_at, lead_hours=lead_hours, day=day, now=now)
    if coming or not lead_hours:
        return coming
    late = day.next_hour(now)
    return [] if starts_at - late < TOO_LATE else [(min(lead_hours), late)]


def reminders_to_come(
    starts_at: datetime, *, lead_hours: Sequence[int], day: Day, now: datetime
) -> list[tuple[int, datetime]]:
    """Those of a visit whose time has not gone by yet.

    24 hours before 14:05 is 14:05 the day before, also where a clock change makes that 23 or 25
    hours. A time at night moves to the nearest waking hour before the visit; where two come to the
    same instant, one is enough.
    """
    wanted = {
        day.hour_before(earlier(starts_at, hours, day.zone), starts_at): hours
        for hours in sorted(lead_hours, reverse=True)
    }
    return [(hours, moment) for moment, hours in sorted(wanted.items()) if moment > now]


def earlier(moment: datetime, hours: int, zone: ZoneInfo) -> datetime:
    """So many hours earlier on the wall clock. An hour that is skipped counts from before it."""
    local = moment.astimezone(zone).replace(tzinfo=None) - timedelta(hours=hours)
    return local.replace(tzinfo=zone).astimezone(UTC)


def later(moment: datetime, hours: int, zone: ZoneInfo) -> datetime:
    """So many hours later on the wall clock."""
    return earlier(moment, -hours, zone)


def change_due(now: datetime, *, grace: timedelta, soonest: datetime, day: Day) -> datetime:
    """When a change is told: after the grace delay, at night in the morning.

    Where that would leave less than three hours to the visit that is the ``soonest`` to be changed
    (before or after), it can't wait for the morning.
    """
    told = now + grace
    morning = day.next_hour(told)
    return told if soonest - morning < TOO_LATE else morning
