"""What a client wishes for the times of a course: a value, kept with the course as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """``not_before``, ``weekdays`` (Monday = 0; empty: any), ``earliest``/``latest`` (the treatment
    lies between) and ``only_specialist`` are kept; ``around`` and ``specialist`` are preferred.
    """

    not_before: date | None = None
    weekdays: frozenset[int] = frozenset()
    earliest: time | None = None
    latest: time | None = None
    around: time | None = None
    only_specialist: int | None = None
    specialist: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values; what is not wished is left out."""
        values = {
            "not_before": self.not_before and self.not_before.isoformat(),
            "weekdays": sorted(self.weekdays),
            "earliest": self.earliest and self.earliest.isoformat("minutes"),
            "latest": self.latest and self.latest.isoformat("minutes"),
            "around": self.around and self.around.isoformat("minutes"),
            "only_specialist": self.only_specialist,
            "specialist": self.specialist,
        }
        return {name: value for name, value in values.items() if value not in (None, [])}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Wishes":
        times = {
            name: time.fromisoformat(values[name])
            for name in ("earliest", "latest", "around")
            if name in values
        }
        not_before = values.get("not_before")
        return cls(
            not_before=date.fromisoformat(not_before) if not_before else None,
            weekdays=frozenset(values.get("weekdays", ())),
            only_specialist=values.get("only_specialist"),
            specialist=values.get("specialist"),
            **times,
        )
