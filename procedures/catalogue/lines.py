"""The shapes of the catalogue's data."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Line:
    """One entry: its code and its name in both languages."""

    code: str
    name_en: str
    name_ru: str


@dataclass(frozen=True)
class ZoneLine(Line):
    covers_all: bool = False


@dataclass(frozen=True)
class ProtocolLine:
    """Limits of a procedure type on one zone (°C, seconds; both ends count), and its price."""

    zone: str
    temperature_c: tuple[int, int]
    exposure_seconds: tuple[int, int]
    price: Decimal


@dataclass(frozen=True)
class ProcedureLine(Line):
    description_en: str
    description_ru: str
    carriers: tuple[Line, ...]
    protocols: tuple[ProtocolLine, ...]
    needs_device: bool = False


@dataclass(frozen=True)
class ContraindicationLine(Line):
    """``days`` is how long a passing one defers; None makes it absolute."""

    question_en: str
    question_ru: str
    days: int | None = None
    zone_bound: bool = False


@dataclass(frozen=True)
class AdviceLine:
    code: str
    text_en: str
    text_ru: str
