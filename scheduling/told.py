"""What a client was told of a course, and how far that is from what holds now.

Kept with the message that told it (``Message.told``): ids and times, nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from scheduling.selectors.visits import Visit


@dataclass(frozen=True, slots=True)
class ToldVisit:
    """One visit as it was told; its times are in UTC."""

    appointment: int
    starts_at: datetime
    ends_at: datetime
    version: int


Told = tuple[ToldVisit, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be told: only of visits to come, before or after the change.

    ``moved`` are pairs of what the client knows and what holds now.
    """

    moved: tuple[tuple[ToldVisit, Visit], ...] = ()
    cancelled: Told = ()
    added: tuple[Visit, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.moved or self.cancelled or self.added)

    @property
    def only_cancelled(self) -> bool:
        return bool(self.cancelled) and not self.moved and not self.added


def to_json(visits: Sequence[Visit]) -> list[dict[str, Any]]:
    """The course's live visits, as the client knows them from now on."""
    return [
        {
            "appointment": visit.appointment,
            "starts_at": visit.starts_at.astimezone(UTC).isoformat(),
            "ends_at": visit.ends_at.astimezone(UTC).isoformat(),
            "version": visit.version,
        }
        for visit in visits
    ]


def from_json(stored: Sequence[dict[str, Any]]) -> Told:
    return tuple(
        ToldVisit(
            appointment=each["appointment"],
            starts_at=datetime.fromisoformat(each["starts_at"]),
            ends_at=datetime.fromisoformat(each["ends_at"]),
            version=each["version"],
        )
        for each in stored
    )


def changes_since(told: Told | None, visits: Sequence[Visit], *, now: datetime) -> Changes:
    """How what holds now differs from what the client knows.

    A client who was told nothing so far is told every visit to come.
    """
    known = {visit.appointment: visit for visit in told or ()}
    live = {visit.appointment for visit in visits}
    coming = [visit for visit in visits if visit.starts_at > now]
    return Changes(
        moved=tuple(
            (known[visit.appointment], visit)
            for visit in coming
            if visit.appointment in known and known[visit.appointment].starts_at != visit.starts_at
        ),
        cancelled=tuple(
            visit
            for visit in known.values()
            if visit.appointment not in live and visit.starts_at > now
        ),
        added=tuple(visit for visit in coming if visit.appointment not in known),
    )
