"""Who or what is away, and from when until when, on the clinic's clock."""

from datetime import date, datetime, time, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from cryoclinic.models import Clinic
from scheduling.forms.fields import day_input, time_input
from scheduling.models import Device, Room, Specialist, Unavailability

LONGEST = timedelta(days=366)


class OutageForm(forms.Form):
    """Without times it is whole days."""

    what = forms.ChoiceField(label=_("Who or what"))
    first_day = forms.DateField(label=_("First day"), widget=day_input())
    starts = forms.TimeField(label=_("From"), required=False, widget=time_input())
    last_day = forms.DateField(label=_("Last day"), widget=day_input())
    ends = forms.TimeField(label=_("Until"), required=False, widget=time_input())
    reason = forms.CharField(
        label=_("Reason"),
        max_length=160,
        required=False,
        help_text=_("Seen by all staff: nothing about health."),
    )

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clinic = clinic
        self.helper = _layout()
        field: Any = self.fields["what"]
        field.choices = [
            ("", _("Choose…")),
            ("clinic-0", _("The whole clinic")),
            *(
                (label, [(f"{kind}-{each.pk}", str(each)) for each in rows])
                for kind, label, rows in self._resources()
            ),
        ]

    def _resources(self) -> list[tuple[str, Any, Any]]:
        people = Specialist.objects.active().of(self.clinic).select_related("user")
        return [
            ("specialist", _("Specialists"), people),
            ("room", _("Rooms"), Room.objects.active().of(self.clinic)),
            ("device", _("Devices"), Device.objects.active().of(self.clinic)),
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if "first_day" in values and "last_day" in values and not self.errors:
            starts, ends = self._span(values)
            if starts >= ends:
                self.add_error("last_day", _("The end has to be later than the beginning."))
            elif ends - starts > LONGEST:
                self.add_error("last_day", _("At most a year at a time."))
        return values

    def _span(self, values: dict[str, Any]) -> tuple[datetime, datetime]:
        last_day: date = values["last_day"]
        ends: time | None = values["ends"]
        if ends is None:
            last_day, ends = last_day + timedelta(days=1), time()
        zone = self.clinic.zone
        return (
            datetime.combine(values["first_day"], values["starts"] or time(), tzinfo=zone),
            datetime.combine(last_day, ends, tzinfo=zone),
        )

    @property
    def unavailability(self) -> Unavailability:
        """Not saved yet; of a valid form."""
        kind, pk = self.cleaned_data["what"].split("-")
        return Unavailability(
            clinic=self.clinic,
            period=DateTimeTZRange(*self._span(self.cleaned_data)),
            reason=self.cleaned_data["reason"],
            **({} if kind == "clinic" else {f"{kind}_id": int(pk)}),
        )


def _layout() -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(
        "what",
        Div("first_day", "starts", css_class="absence-span"),
        Div("last_day", "ends", css_class="absence-span"),
        "reason",
    )
    return helper
