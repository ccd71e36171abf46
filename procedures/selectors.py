"""Questions to the catalogue that reach over several of its tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from procedures.errors import NoPrice, NoProtocol
from procedures.models import Aftercare, Price, ProcedureType, Protocol, Zone


@dataclass(frozen=True)
class BookableType:
    """A procedure type in use and its protocols in use, each with its zone, in their order."""

    procedure_type: ProcedureType
    protocols: tuple[Protocol, ...]

    @property
    def zones(self) -> tuple[Zone, ...]:
        return tuple(protocol.zone for protocol in self.protocols)


def bookable_types() -> Sequence[BookableType]:
    """What can be booked today; one query, whatever the size of the catalogue."""
    in_any_order = Protocol.objects.active().select_related("procedure_type", "zone").order_by()
    protocols = sorted(in_any_order, key=_place)
    found: dict[ProcedureType, list[Protocol]] = {}
    for protocol in protocols:
        found.setdefault(protocol.procedure_type, []).append(protocol)
    return [BookableType(each, tuple(own)) for each, own in found.items()]


def _place(protocol: Protocol) -> tuple[int, str, int, str]:
    """Where the protocol stands among those of all types; sorting here spares the database joins
    by name, which take longer to write down than to do.
    """
    kind, zone = protocol.procedure_type, protocol.zone
    return kind.position, kind.code, zone.position, zone.code


def protocol_for(procedure_type: ProcedureType, zone: Zone) -> Protocol:
    """The protocol in use of the type on the zone. Raises ``NoProtocol``."""
    protocol = Protocol.objects.active().filter(procedure_type=procedure_type, zone=zone).first()
    if protocol is None:
        raise NoProtocol(
            _("“%(procedure)s” is not done here: %(zone)s.")
            % {"procedure": procedure_type.name, "zone": zone.name},
            _("Choose another zone or procedure, or add the protocol to the catalogue."),
            status=422,
        )
    protocol.procedure_type, protocol.zone = procedure_type, zone
    return protocol


def price_on(procedure_type: ProcedureType, zone: Zone, day: date) -> Price:
    """The price of one session in force on ``day``. Raises ``NoPrice``."""
    price = Price.objects.of(procedure_type, zone).on_day(day).first()
    if price is None:
        raise NoPrice(
            _("There is no price for “%(procedure)s”, %(zone)s on %(day)s.")
            % {
                "procedure": procedure_type.name,
                "zone": zone.name,
                "day": date_format(day, "DATE_FORMAT"),
            },
            _("Ask a manager to enter one in the catalogue."),
            status=422,
        )
    return price


def aftercare_for(procedure_type: ProcedureType) -> QuerySet[Aftercare]:
    """The advice for all procedure types and the type's own, in order."""
    return Aftercare.objects.filter(
        Q(procedure_types=None) | Q(procedure_types=procedure_type)
    ).distinct()
