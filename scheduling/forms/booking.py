"""What the desk says about a new course: the procedure, what for, and the wishes for its times."""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cryoclinic.models import Clinic
from cryoclinic.remembered import remembered
from procedures.models import Indication, Price, ProcedureType, Protocol, Zone
from procedures.selectors import BookableType, bookable_types, indications, prices_on
from scheduling.forms.fields import ObjectField, ObjectsField, SlotsField, day_input, time_input
from scheduling.planner import Relax
from scheduling.resources import resources_of
from scheduling.selectors import words
from scheduling.wishes import Wishes

WEEKDAYS = list(WEEKDAYS_ABBR.items())
WISH_FIELDS = {
    "hours": ("earliest", "latest"),
    "weekdays": ("weekdays",),
    "specialist": ("only_specialist",),
    "not_before": ("not_before",),
}
FARTHEST = timedelta(days=365)


class CourseForm(forms.Form):
    """Everything that decides a plan. Prices are those of ``day``, the clinic's today."""

    treatment = forms.ChoiceField(label=_("Procedure and zone"))
    sessions = forms.IntegerField(
        label=pgettext_lazy("how many", "Sessions"), min_value=1, max_value=12
    )
    indications = ObjectsField(
        label=_("What for"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Mark at least one thing the client comes for.")},
    )
    not_before = forms.DateField(label=_("Not before"), required=False, widget=day_input())
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Only on"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    earliest = forms.TimeField(label=_("From"), required=False, widget=time_input())
    latest = forms.TimeField(label=_("Until"), required=False, widget=time_input())
    around = forms.TimeField(label=_("Best around"), required=False, widget=time_input())
    specialist = ObjectField(label=_("Specialist"), required=False, empty_label=_("Any"))
    only_specialist = forms.BooleanField(label=_("Nobody else"), required=False)

    def __init__(self, *args: Any, clinic: Clinic, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day = day
        self.catalogue = _catalogue(day, get_language())
        self._field("treatment").choices = self.catalogue.treatments
        self._field("indications").offer(self.catalogue.indications)
        self._field("specialist").offer(resources_of(clinic).present_specialists())
        usual = next(iter(self.catalogue.types.values()), None)
        if usual:
            self.fields["sessions"].initial = usual.procedure_type.sessions_min

    @cached_property
    def helper(self) -> FormHelper:
        return _layout()

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def clean_not_before(self) -> date | None:
        day = self.cleaned_data["not_before"]
        if day and day > self.day + FARTHEST:
            raise ValidationError(_("Choose a day within a year from now."))
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if "treatment" in values and "sessions" in values:
            self._check_sessions(values["sessions"])
        earliest, latest = values.get("earliest"), values.get("latest")
        if earliest and latest and earliest >= latest:
            self.add_error("latest", _("This has to be later than the time before it."))
        if values.get("only_specialist") and not values.get("specialist"):
            self.add_error("specialist", _("Choose the specialist, or leave “nobody else” open."))
        return values

    def _check_sessions(self, count: int) -> None:
        kind = self.procedure_type
        if not kind.sessions_min <= count <= kind.sessions_max:
            text = _("A course of this procedure has %(fewest)s to %(most)s sessions.")
            limits = {"fewest": kind.sessions_min, "most": kind.sessions_max}
            self.add_error("sessions", ValidationError(text, params=limits))

    @property
    def _pair(self) -> tuple[int, int]:
        kind, zone = self.cleaned_data["treatment"].split("-")
        return int(kind), int(zone)

    @property
    def procedure_type(self) -> ProcedureType:
        """Of a valid form; so are the other properties."""
        return self.catalogue.types[self._pair[0]].procedure_type

    @property
    def zone(self) -> Zone:
        return self.protocol.zone

    @property
    def protocol(self) -> Protocol:
        kind, zone = self._pair
        return next(each for each in self.catalogue.types[kind].protocols if each.zone_id == zone)

    @property
    def price(self) -> Price:
        return self.catalogue.prices[self._pair]

    @property
    def wishes(self) -> Wishes:
        values = self.cleaned_data
        specialist = values["specialist"].pk if values["specialist"] else None
        return Wishes(
            not_before=values["not_before"],
            weekdays=frozenset(values["weekdays"]),
            earliest=values["earliest"],
            latest=values["latest"],
            around=values["around"],
            only_specialist=specialist if values["only_specialist"] else None,
            specialist=specialist,
        )

    @property
    def fingerprint(self) -> str:
        """Equal for two forms that ask the planner the same."""
        question = [*self._pair, self.cleaned_data["sessions"], self.wishes.to_json()]
        return hashlib.sha256(json.dumps(question).encode()).hexdigest()[:16]


class ChosenPlanForm(forms.Form):
    """The plan on the screen: its slots, the question it answers, and the key that books once."""

    slot = SlotsField(required=False)
    planned_for = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    booking_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    @property
    def key(self) -> uuid.UUID:
        """The key of the form as it was sent; a fresh one where there was none."""
        values: Mapping[str, Any] = getattr(self, "cleaned_data", {})
        return values.get("booking_key") or uuid.uuid4()


def relaxed(data: QueryDict, relaxation: str) -> QueryDict:
    """The form's data with one wish changed as ``scheduling.selectors.plans`` names it.

    What can't be read changes nothing. Such as “hours:09:00-19:00” or “weekdays:0,2,4”.
    """
    kind, _colon, value = relaxation.partition(":")
    if kind not in {each.value for each in Relax}:
        return data
    changed = data.copy()
    match Relax(kind):
        case Relax.HOURS:
            changed["earliest"], _dash, changed["latest"] = value.partition("-")
        case Relax.WEEKDAYS:
            changed.setlist("weekdays", value.split(","))
        case Relax.SPECIALIST:
            changed.pop("only_specialist", None)
        case Relax.NOT_BEFORE:
            changed["not_before"] = value
        case Relax.FEWER:
            changed["sessions"] = value
        case Relax.WISHES:
            for each in value.split(","):
                for name in WISH_FIELDS.get(each, ()):
                    changed.pop(name, None)
    return changed


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """What the form offers on a day, the choices in one language."""

    types: Mapping[int, BookableType]
    prices: Mapping[tuple[int, int], Price]
    treatments: list[Any]
    indications: Sequence[Indication]


@remembered
def _catalogue(day: date, language: str) -> _Catalogue:
    """In the present ``language``; what has no price on the day can't be booked."""
    types, prices = bookable_types(), prices_on(day)
    groups = ((str(each.procedure_type), list(_zones(each, prices))) for each in types)
    return _Catalogue(
        types={each.procedure_type.pk: each for each in types},
        prices=prices,
        treatments=[("", gettext("Choose…")), *((name, zones) for name, zones in groups if zones)],
        indications=indications(),
    )


def _zones(
    bookable: BookableType, prices: Mapping[tuple[int, int], Price]
) -> Iterator[tuple[str, str]]:
    """Zone and price first: what is cut off in a narrow field is the name of the group."""
    name, pk = bookable.procedure_type.name, bookable.procedure_type.pk
    for zone in bookable.zones:
        if price := prices.get((pk, zone.pk)):
            money = words.money(price.amount, price.currency)
            yield f"{pk}-{zone.pk}", f"{zone.name}, {money} · {name}"


def _layout() -> FormHelper:
    """The columns of the booking page; the buttons and the plan are the template's."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(
        "treatment",
        Div("sessions", "not_before", css_class="booking-pair"),
        Field("indications", wrapper_class="choice-grid"),
        Fieldset(
            _("Wishes for the times"),
            Field("weekdays", wrapper_class="weekdays"),
            Div("earliest", "latest", "around", css_class="booking-times"),
            Div("specialist", "only_specialist", css_class="booking-who"),
        ),
    )
    return helper
