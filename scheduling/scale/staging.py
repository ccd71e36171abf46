"""What the timetable drew, in temporary tables on its way into the real ones."""

import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from scheduling.scale.places import OPENS, Place
from scheduling.scale.timetable import Booked

_TABLES = {
    "made_course": "n integer, client integer, clinic bigint, desk bigint, zone_name text,"
    " procedure_type bigint, zone bigint, indication bigint, price numeric, currency text,"
    " min_gap integer, max_gap integer, occupied interval, stays interval, planned integer,"
    " status text, booked_at timestamptz",
    "made_visit": "n integer, course integer, place integer, day date, cell integer,"
    " specialist bigint, room bigint, status text, asking integer",
    "made_asking": "n integer, course integer, asked_on date",
}


@dataclass
class _Copied:
    """Rows for one temporary table, numbered from 1 on."""

    name: str
    count: int = 0
    lines: io.StringIO = field(default_factory=io.StringIO)

    def add(self, *values: Any) -> int:
        self.count += 1
        self.lines.write("\t".join(map(str, (self.count, *values))) + "\n")
        return self.count

    def flush(self) -> None:
        self.lines.seek(0)
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {self.name} FROM STDIN", self.lines)
        self.lines = io.StringIO()


class Staged:
    """The temporary tables; ``drop`` them when all is written."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            for name, columns in _TABLES.items():
                cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns}) ON COMMIT DROP")
        self.courses, self.visits, self.askings = map(_Copied, _TABLES)
        self._clients: dict[tuple[int, int], int] = {}

    def add(self, place: Place, course: Booked) -> None:
        protocol, clinic = course.treatment.protocol, place.clinic
        kind = protocol.procedure_type
        client = self._clients.setdefault((clinic.pk, course.client), len(self._clients) + 1)
        booked_at = datetime.combine(course.booked_on, OPENS, tzinfo=clinic.zone) + timedelta(
            minutes=course.booked_minute
        )
        number = self.courses.add(
            client, clinic.pk, place.desk.pk, clinic.time_zone, kind.pk, protocol.zone_id,
            course.indication, course.treatment.price, clinic.currency, kind.min_gap_days,
            kind.max_gap_days, f"{protocol.occupied_minutes} min", f"{protocol.visit_minutes} min",
            course.planned, course.status, booked_at.isoformat(),
        )  # fmt: skip
        askings = [self.askings.add(number, day) for day in course.asked_on]
        for visit in course.visits:
            self.visits.add(
                number, visit.place, visit.day, visit.cell, visit.specialist, visit.room,
                visit.status, askings[visit.asking],
            )  # fmt: skip

    def flush(self) -> None:
        for table in (self.courses, self.visits, self.askings):
            table.flush()

    def drop(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {', '.join(_TABLES)}")
