"""Who and what a clinic has to treat with, and when it is open: its set-up, kept in memory."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import NamedTuple

from cryoclinic.models import Clinic
from cryoclinic.remembered import remembered
from scheduling.clock import cell_at
from scheduling.models import Device, Room, Specialist, WorkingHours
from scheduling.planner import CELLS_PER_DAY
from scheduling.querysets import ResourceQuerySet


class Hours(NamedTuple):
    """A weekly span on the clinic's clock, Monday = 0, and the days within which it holds."""

    weekday: int
    starts: time
    ends: time
    valid_from: date | None
    valid_until: date | None

    def holds_on(self, day: date) -> bool:
        return (self.valid_from or date.min) <= day <= (self.valid_until or date.max)

    @property
    def end_cell(self) -> int:
        """The first cell after it; 23:59 stands for midnight, which a time can't say."""
        return CELLS_PER_DAY if self.ends >= time(23, 59) else cell_at(self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What a clinic has, by id in the order of names, in use or not, and its hours.

    The other mappings have the ids of what is in use and fits, by procedure type, in order.
    ``opening`` are the clinic's own hours, ``working`` those of each specialist.
    """

    specialists: Mapping[int, Specialist]
    rooms: Mapping[int, Room]
    devices: Mapping[int, Device]
    skilled: Mapping[int, list[int]]
    fitting_rooms: Mapping[int, list[int]]
    fitting_devices: Mapping[int, list[int]]
    opening: tuple[Hours, ...]
    working: Mapping[int, tuple[Hours, ...]]

    def present_specialists(self) -> list[Specialist]:
        """Those in use, in the order of their names."""
        return [specialist for specialist in self.specialists.values() if specialist.is_active]


def resources_of(clinic: Clinic) -> Resources:
    """The clinic's; one short query as long as nothing of the set-up changes, else seven more."""
    return _read(clinic.pk)


@remembered
def _read(clinic: int) -> Resources:
    working: dict[int | None, list[Hours]] = defaultdict(list)
    rows = WorkingHours.objects.filter(clinic=clinic).order_by("id")
    for specialist, *row in rows.values_list("specialist", *Hours._fields):
        working[specialist].append(Hours(*row))
    opening = tuple(working.pop(None, ()))
    specialists = Specialist.objects.filter(clinic=clinic)
    rooms, devices = Room.objects.filter(clinic=clinic), Device.objects.filter(clinic=clinic)
    return Resources(
        specialists={row.pk: row for row in specialists.select_related("user")},
        rooms={row.pk: row for row in rooms},
        devices={row.pk: row for row in devices},
        skilled=_fitting(specialists, "skills"),
        fitting_rooms=_fitting(rooms, "procedure_types"),
        fitting_devices=_fitting(devices, "procedure_types"),
        opening=opening,
        working={pk: tuple(own) for pk, own in working.items() if pk is not None},
    )


def _fitting(rows: ResourceQuerySet, types: str) -> dict[int, list[int]]:
    """By procedure type the ids of those in use that fit; ``types`` is the field that says so."""
    found: dict[int, list[int]] = defaultdict(list)
    for kind, pk in rows.active().order_by("id").values_list(types, "id"):
        found[kind].append(pk)
    return dict(found)
