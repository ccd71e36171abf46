"""Whether the slots asked for are still free: all of them in one statement.

It reads by the indexes of the exclusion constraints themselves, so that it costs the same among a
hundred appointments and among millions. It knows nothing of hours, gaps or clearance.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from scheduling.clock import cell_at, place_of
from scheduling.explain import taken
from scheduling.planner import Refusal, Rule, Slot
from scheduling.questions import Treatment
from scheduling.spans import spans_of

RULES = [Rule.SPECIALIST, Rule.ROOM, Rule.DEVICE, Rule.CLIENT]

# The conditions are those of the constraints in ``scheduling/models/appointment.py``, word by word.
TAKEN = """
SELECT asked.number - 1, hit.rule, hit.resource, hit.until
  FROM unnest(%(specialists)s::bigint[], %(rooms)s::bigint[], %(devices)s::bigint[],
              %(starts)s::timestamptz[], %(ends)s::timestamptz[], %(leaves)s::timestamptz[])
       WITH ORDINALITY AS asked (specialist, room, device, starts, ends, leaves, number)
 CROSS JOIN LATERAL (
    SELECT 0 AS rule, specialist_id AS resource, upper(treatment) AS until
      FROM scheduling_appointment
     WHERE int8range(specialist_id, specialist_id, '[]')
           = int8range(asked.specialist, asked.specialist, '[]')
       AND treatment && tstzrange(asked.starts, asked.ends)
       AND status <> 'cancelled' AND NOT id = ANY(%(ignoring)s)
    UNION ALL
    SELECT 1, room_id, upper(treatment)
      FROM scheduling_appointment
     WHERE int8range(room_id, room_id, '[]') = int8range(asked.room, asked.room, '[]')
       AND treatment && tstzrange(asked.starts, asked.ends)
       AND status <> 'cancelled' AND NOT id = ANY(%(ignoring)s)
    UNION ALL
    SELECT 2, device_id, upper(treatment)
      FROM scheduling_appointment
     WHERE int8range(device_id, device_id, '[]') = int8range(asked.device, asked.device, '[]')
       AND treatment && tstzrange(asked.starts, asked.ends) AND asked.device IS NOT NULL
       AND status <> 'cancelled' AND device_id IS NOT NULL AND NOT id = ANY(%(ignoring)s)
    UNION ALL
    SELECT 3, NULL, upper(visit)
      FROM scheduling_appointment
     WHERE int8range(client_id, client_id, '[]') = int8range(%(client)s, %(client)s, '[]')
       AND visit && tstzrange(asked.starts, asked.leaves)
       AND status <> 'cancelled' AND NOT id = ANY(%(ignoring)s)
 ) AS hit
 ORDER BY asked.number, hit.rule, hit.until
"""


def require_free(
    treatment: Treatment, slots: Sequence[Slot], *, ignoring: Sequence[int] = ()
) -> None:
    """Raise ``SlotTaken`` where other appointments than ``ignoring`` (ids) are in the way.

    Asked before any lock, so that who comes too late queues for none. What counts is asked under
    the locks.
    """
    found = _collisions(treatment, slots, ignoring)
    if found:
        first = next(iter(found.values()))
        raise taken(first, list(found), treatment=treatment, ignoring=ignoring)


def _collisions(
    treatment: Treatment, slots: Sequence[Slot], ignoring: Sequence[int]
) -> dict[Slot, Refusal]:
    """The slots that are taken, in their order, each with the first rule that refuses it."""
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, _parameters(treatment, slots, ignoring))
        rows = cursor.fetchall()
    found: dict[Slot, Refusal] = {}
    for number, rule, resource, until in rows:
        slot = slots[number]
        found.setdefault(
            slot,
            Refusal(
                rule=RULES[rule],
                day=slot.day,
                resource=resource,
                until=_cell(treatment, slot, until),
            ),
        )
    return found


def _parameters(
    treatment: Treatment, slots: Sequence[Slot], ignoring: Sequence[int]
) -> dict[str, Any]:
    spans = [spans_of(treatment.clinic, slot, treatment.protocol) for slot in slots]
    return {
        "specialists": [slot.specialist for slot in slots],
        "rooms": [slot.room for slot in slots],
        "devices": [slot.device for slot in slots],
        "starts": [taken.lower for taken, _visit in spans],
        "ends": [taken.upper for taken, _visit in spans],
        "leaves": [visit.upper for _taken, visit in spans],
        "client": treatment.client.pk,
        "ignoring": list(ignoring),
    }


def _cell(treatment: Treatment, slot: Slot, until: datetime) -> int | None:
    """The cell of the slot's day from which it is free again; None when not on that day."""
    day, _cell = place_of(treatment.clinic.zone, until)
    return cell_at(treatment.clinic.local(until).time(), up=True) if day == slot.day else None
