"""The reference of the free slots: SQL that reads busy times as one ``range_agg`` per resource."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any

from cryoclinic.models import Clinic

# A span as a run of cells counted from the first day's midnight on the wall clock. Where the clock
# is put back an end may read earlier than its start: those cells are never offered, so the two are
# merely put in order. In floating point, whose steps are far below a second here: exact numbers
# take PostgreSQL twice as long, and there are thousands of spans.
_ENDS = [
    f"date_part('epoch', {end}({{0}}) AT TIME ZONE %(zone)s - %(first)s::timestamp) / 300"
    for end in ("lower", "upper")
]
CELLS = "int4range(floor(least({0}, {1}))::integer, ceil(greatest({0}, {1}))::integer)".format(
    *_ENDS
)

# Busy times, one row for each of who and what is busy, and another where an unavailability comes on
# top. One pass over the clinic's appointments serves specialists, rooms and devices; range_agg
# joins what touches.
BUSY = f"""
WITH taken AS MATERIALIZED (
    SELECT specialist_id, room_id, device_id, {CELLS.format("treatment")} AS run
      FROM scheduling_appointment
     WHERE clinic_id = %(clinic)s AND day BETWEEN %(first)s AND %(last)s
       AND status <> 'cancelled' AND NOT id = ANY(%(except)s)
)
SELECT 'specialist', specialist_id, range_agg(run)::text FROM taken GROUP BY specialist_id
UNION ALL
SELECT 'room', room_id, range_agg(run)::text FROM taken GROUP BY room_id
UNION ALL
SELECT 'device', device_id, range_agg(run)::text
  FROM taken WHERE device_id IS NOT NULL GROUP BY device_id
UNION ALL
SELECT 'client', client_id, {CELLS.format("visit")}::text
  FROM scheduling_appointment
 WHERE int8range(client_id, client_id, '[]') = int8range(%(client)s, %(client)s, '[]')
   AND visit && tstzrange(%(starts)s, %(ends)s)
   AND status <> 'cancelled' AND NOT id = ANY(%(except)s)
UNION ALL
SELECT CASE WHEN specialist_id IS NOT NULL THEN 'specialist'
            WHEN room_id IS NOT NULL THEN 'room'
            WHEN device_id IS NOT NULL THEN 'device' ELSE 'clinic' END,
       coalesce(specialist_id, room_id, device_id, 0), {CELLS.format("period")}::text
  FROM scheduling_unavailability
 WHERE clinic_id = %(clinic)s AND period && tstzrange(%(starts)s, %(ends)s)
"""


def busy_parameters(
    clinic: Clinic, *, client_id: int, first_day: date, days: int, ignoring: Collection[int]
) -> dict[str, Any]:
    """What the statement ``BUSY`` needs to know."""
    last_day = first_day + timedelta(days=days - 1)
    return {
        "clinic": clinic.pk,
        "client": client_id,
        "first": first_day,
        "last": last_day,
        "starts": datetime.combine(first_day, time(), tzinfo=clinic.zone),
        "ends": datetime.combine(last_day + timedelta(days=1), time(), tzinfo=clinic.zone),
        "zone": clinic.time_zone,
        "except": list(ignoring),
    }
