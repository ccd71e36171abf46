"""A made-up history of any size, for measuring: clinics that have been working for years.

The same seed at the same time of day gives the same history. ``timetable`` draws who comes when,
``rows`` turns that into what the services would have left behind: clients, some of whom come
again, screenings and the questions at each visit, courses, appointments that were kept, missed or
called off, payments; for the last year also mails and the record of changes, for the last month
the answers, all "no". Not made: session notes, and what is older of those three.

On disk things lie in the order in which they were booked, as in a clinic that is used: what is far
apart in time is near, and the other way round. Written past services and row triggers; every
constraint is checked as always (``scheduling.bulk``).
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from cryoclinic.models import Clinic
from scheduling.bulk import rebuilt_afterwards
from scheduling.models import Message
from scheduling.scale import mails, places, record, rows
from scheduling.scale.staging import Staged
from scheduling.scale.timetable import Timetable

BATCH = 50_000
REMEMBERED = timedelta(days=365)
LOADED = [*rows.MODELS, Message, *(model.pgh_event_model for model in record.RECORDED)]
TABLES = [model._meta.db_table for model in LOADED]

Report = Callable[[str], None]


def load(
    *,
    appointments: int,
    clinics: int,
    seed: int = 1,
    now: datetime | None = None,
    report: Report = lambda doing: None,
) -> list[Clinic]:
    """Add ``clinics`` clinics with ``appointments`` appointments among them, up to 60 days ahead.

    One transaction, which nobody else can read or write the tables beside. ``report`` is told what
    is being done.
    """
    now = now or timezone.now()
    with transaction.atomic():
        opened = [places.open_clinic(number) for number in range(clinics)]
        with rebuilt_afterwards(TABLES, report):
            staged = _stage(opened, appointments, seed, now, report)
            rows.write(now=now, report=report)
            report("mails and the record of changes")
            moments = {"now": _sql(now), "since": _sql(now - REMEMBERED)}
            mails.write(moments)
            record.write(moments)
            rows.drop()
            staged.drop()
    _analyze()
    return [place.clinic for place in opened]


def _stage(
    opened: list[places.Place], appointments: int, seed: int, now: datetime, report: Report
) -> Staged:
    """Draw the visits of one clinic after the other into temporary tables."""
    staged = Staged()
    done = reported = 0
    for number, place in enumerate(opened):
        share = (appointments - done) // (len(opened) - number)
        chance = random.Random(f"{seed}-{number}")
        for course in Timetable(place, share=share, now=now, chance=chance).courses():
            staged.add(place, course)
            done += len(course.visits)
            if done - reported >= BATCH or done == appointments:
                staged.flush()
                report(f"{done:,} of {appointments:,} visits drawn")
                reported = done
    return staged


def _sql(moment: datetime) -> str:
    return f"'{moment.isoformat()}'::timestamptz"


def _analyze() -> None:
    """Tell PostgreSQL's planner what is there now, and which pages everybody may see whole.

    VACUUM can't run inside a transaction, where a test has one around the load.
    """
    verb = "ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE"
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for table in TABLES:
            cursor.execute(f"{verb} {table}")
        cursor.execute("RESET statement_timeout")
