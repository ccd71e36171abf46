"""Questions to the catalogue that reach over several of its tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cryoclinic.remembered import remembered
from procedures.errors import NoPrice, NoProtocol
from procedures.models import Aftercare, Indication, Price, ProcedureType, Protocol, Zone


@dataclass(frozen=True)
class BookableType:
    """A procedure type in use and its protocols in use, each with its zone, in their order."""

    procedure_type: ProcedureType
    protocols: tuple[Protocol, ...]

    @property
    def zones(self) -> tuple[Zone, ...]:
        return tuple(protocol.zone for protocol in self.protocols)


@remembered
def bookable_types() -> Sequence[BookableType]:
    """What can be booked today."""
    protocols = Protocol.objects.active().select_related("procedure_type", "zone")
    protocols = protocols.order_by(
        "procedure_type__position", "procedure_type__code", "zone__position", "zone__code"
    )
    found: dict[ProcedureType, list[Protocol]] = {}
    for protocol in protocols:
        found.setdefault(protocol.procedure_type, []).append(protocol)
    return [BookableType(each, tuple(own)) for each, own in found.items()]


@remembered
def prices_on(day: date) -> Mapping[tuple[int, int], Price]:
    """The prices of one session in force on ``day``, by procedure type and zone (ids)."""
    prices = Price.objects.on_day(day)
    return {(price.procedure_type_id, price.zone_id): price for price in prices}


@remembered
def indications() -> Sequence[Indication]:
    """What clients come for, in use, in their order."""
    return tuple(Indication.objects.active())


@remembered
def _protocols() -> Mapping[tuple[int, int], Protocol]:
    return {
        (protocol.procedure_type_id, protocol.zone_id): protocol
        for bookable in bookable_types()
        for protocol in bookable.protocols
    }


def protocol_for(procedure_type: ProcedureType, zone: Zone) -> Protocol:
    """The protocol in use of the type on the zone. Raises ``NoProtocol``."""
    protocol = _protocols().get((procedure_type.pk, zone.pk))
    if protocol is None:
        raise NoProtocol(
            _("“%(procedure)s” is not done here: %(zone)s.")
            % {"procedure": procedure_type.name, "zone": zone.name},
            _("Choose another zone or procedure, or add the protocol to the catalogue."),
            status=422,
        )
    return protocol


def price_on(procedure_type: ProcedureType, zone: Zone, day: date) -> Price:
    """The price of one session in force on ``day``. Raises ``NoPrice``."""
    price = prices_on(day).get((procedure_type.pk, zone.pk))
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
