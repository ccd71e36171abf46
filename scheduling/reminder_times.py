"""When a reminder is due: reckoned on the clinic's wall clock, at an hour when people are awake."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Nothing is sent to a client outside these hours of the clinic's clock.
DAY_BEGINS = time(8)
DAY_ENDS = time(21)
# Closer to the visit than this, a reminder tells nobody anything they don't know.
TOO_LATE = timedelta(hours=3)


def reminder_due(
    starts_at: datetime, *, lead_hours: int, zone: ZoneInfo, now: datetime
) -> datetime | None:
    """The instant (UTC) at which the reminder of a visit is due; None where there is none to send.

    24 hours before 14:05 is 14:05 the day before, also where a clock change makes that 23 or 25
    hours. A time at night moves to the nearest waking hour before the visit. Where it has gone by
    already, the reminder is due at once, or in the morning; within three hours of the visit there
    is none.
    """
    wanted = _at_waking_hour(_earlier(starts_at, lead_hours, zone), starts_at, zone)
    if wanted <= now:
        wanted = _next_waking_hour(now, zone)
        if starts_at - wanted < TOO_LATE:
            return None
    return wanted


def _earlier(starts_at: datetime, hours: int, zone: ZoneInfo) -> datetime:
    """So many hours earlier on the wall clock. An hour that is skipped counts from before it."""
    local = starts_at.astimezone(zone).replace(tzinfo=None) - timedelta(hours=hours)
    return local.replace(tzinfo=zone).astimezone(UTC)


def _at_waking_hour(moment: datetime, starts_at: datetime, zone: ZoneInfo) -> datetime:
    """The moment, or at night 8:00 if that is on a day before the visit, else 21:00 before."""
    local = moment.astimezone(zone)
    day = local.date()
    if local.time() > DAY_ENDS:
        return _at(day, DAY_ENDS, zone)
    if local.time() >= DAY_BEGINS:
        return moment
    if day < starts_at.astimezone(zone).date():
        return _at(day, DAY_BEGINS, zone)
    return _at(day - timedelta(days=1), DAY_ENDS, zone)


def _next_waking_hour(now: datetime, zone: ZoneInfo) -> datetime:
    local = now.astimezone(zone)
    if local.time() < DAY_BEGINS:
        return _at(local.date(), DAY_BEGINS, zone)
    if local.time() > DAY_ENDS:
        return _at(local.date() + timedelta(days=1), DAY_BEGINS, zone)
    return now


def _at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour, tzinfo=zone).astimezone(UTC)
