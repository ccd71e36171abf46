"""Is an exposure within the limits of its protocol? Values in, values out; the words come last."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol as Shape

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class Limits(Shape):
    """What a protocol says: both ends of each pair are still within it."""

    @property
    def temperature_min_c(self) -> int: ...
    @property
    def temperature_max_c(self) -> int: ...
    @property
    def exposure_min_seconds(self) -> int: ...
    @property
    def exposure_max_seconds(self) -> int: ...


class Fault(StrEnum):
    TOO_COLD = "too_cold"
    TOO_WARM = "too_warm"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NO_PROTOCOL = "no_protocol"


@dataclass(frozen=True, slots=True)
class Breach:
    """One value beyond one limit: °C for the temperature, seconds for the exposure."""

    zone: str
    fault: Fault
    value: int = 0
    limit: int = 0


def breaches(
    zone: str, *, seconds: int, temperature_c: int, limits: Limits | None
) -> tuple[Breach, ...]:
    """Every limit that the exposure of one zone breaks, the exposure's time first.

    ``limits`` is None where the procedure type has no protocol for the zone.
    """
    if limits is None:
        return (Breach(zone, Fault.NO_PROTOCOL),)
    found = []
    if seconds > limits.exposure_max_seconds:
        found.append(Breach(zone, Fault.TOO_LONG, seconds, limits.exposure_max_seconds))
    elif seconds < limits.exposure_min_seconds:
        found.append(Breach(zone, Fault.TOO_SHORT, seconds, limits.exposure_min_seconds))
    if temperature_c < limits.temperature_min_c:
        found.append(Breach(zone, Fault.TOO_COLD, temperature_c, limits.temperature_min_c))
    elif temperature_c > limits.temperature_max_c:
        found.append(Breach(zone, Fault.TOO_WARM, temperature_c, limits.temperature_max_c))
    return tuple(found)


def degrees(value: int) -> str:
    """``−120 °C``, with a real minus and a space that does not break."""
    return f"{value}\N{NO-BREAK SPACE}°C".replace("-", "\N{MINUS SIGN}")


def sentence(breach: Breach) -> str:
    """The breach in the reader's language, naming the value and the limit."""
    if breach.fault is Fault.NO_PROTOCOL:
        return _("%(zone)s: the procedure has no protocol for this zone.") % {"zone": breach.zone}
    if breach.fault in (Fault.TOO_COLD, Fault.TOO_WARM):
        text = {
            Fault.TOO_COLD: _("%(zone)s: %(value)s is colder than the protocol's %(limit)s."),
            Fault.TOO_WARM: _("%(zone)s: %(value)s is warmer than the protocol's %(limit)s."),
        }[breach.fault]
        return text % {
            "zone": breach.zone,
            "value": degrees(breach.value),
            "limit": degrees(breach.limit),
        }
    if breach.fault is Fault.TOO_LONG:
        text = ngettext(
            "%(zone)s: %(value)d second is longer than the protocol's %(limit)d.",
            "%(zone)s: %(value)d seconds are longer than the protocol's %(limit)d.",
            breach.value,
        )
    else:
        text = ngettext(
            "%(zone)s: %(value)d second is shorter than the protocol's %(limit)d.",
            "%(zone)s: %(value)d seconds are shorter than the protocol's %(limit)d.",
            breach.value,
        )
    return text % {"zone": breach.zone, "value": breach.value, "limit": breach.limit}


def sentences(found: Sequence[Breach]) -> str:
    """All of them, one after another."""
    return " ".join(sentence(breach) for breach in found)
