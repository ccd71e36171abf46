"""The forms of the treatment room: asking again, the session note, an addendum."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Fieldset, Layout
from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.forms.screening import NO, YES, ScreeningForm
from clients.services import AnswerGiven
from procedures.models import Carrier, Contraindication, Protocol, Zone
from scheduling.models import Addendum, SessionNote
from scheduling.note_rules import ExposureGiven
from scheduling.protocol_check import degrees

# Beyond what any device or stop-watch shows: a slip of the finger, not a value to explain.
LONGEST_SECONDS = 3600
COLDEST, WARMEST = -200, 50


class Celsius(forms.IntegerField):
    """Whole degrees; a typographic minus counts as one."""

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = value.replace("\N{MINUS SIGN}", "-").replace(" ", "")
        return super().to_python(value)


def bare_helper(layout: Layout) -> FormHelper:
    """The fields alone: the template has the form's tag, its buttons and the token."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = layout
    return helper


class VisitCheckForm(forms.Form):
    """“Has anything changed since last time?” Nothing is preselected, and the questions
    (``details``) count only where something has.
    """

    changed = forms.ChoiceField(
        label=gettext_lazy("Has anything changed since last time?"),
        choices=[
            (NO, gettext_lazy("Nothing has changed")),
            (YES, gettext_lazy("Something has changed")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Ask the client, then choose one of the two.")},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        questions: Sequence[Contraindication],
        zones: Sequence[Zone],
        today: date,
    ) -> None:
        super().__init__(data)
        self.questions = list(questions)
        self.some_yes = any(self.data.get(question.code) == YES for question in self.questions)
        asked = self.some_yes or self.data.get("changed") == YES
        self.details = ScreeningForm(
            data if asked else None, questions=self.questions, zones=zones, today=today
        )
        self.helper = bare_helper(Layout(Field("changed", wrapper_class="choice-tiles")))

    def clean_changed(self) -> str:
        changed: str = self.cleaned_data["changed"]
        if changed == NO and self.some_yes:
            raise forms.ValidationError(
                _("A question is answered yes, so something has changed: choose that.")
            )
        return changed

    def is_valid(self) -> bool:
        if not super().is_valid():
            return False
        return self.cleaned_data["changed"] == NO or self.details.is_valid()

    def answers(self) -> list[AnswerGiven]:
        """One answer to every question; all of them no where nothing has changed."""
        if self.cleaned_data["changed"] == NO:
            return [AnswerGiven(question, present=False) for question in self.questions]
        return self.details.answers()


class NoteForm(forms.Form):
    """The draft of a session's note: a row per zone, the protocol's limits beside its fields."""

    reaction = forms.ChoiceField(
        label=gettext_lazy("Reaction"),
        choices=lambda: [(code, capfirst(word)) for code, word in SessionNote.Reaction.choices],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("What was done and seen"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=10_000,
        required=False,
    )
    out_of_protocol_reason = forms.CharField(
        label=gettext_lazy("Why out of protocol"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2_000,
        required=False,
        help_text=gettext_lazy("Only needed where a value is beyond the limits."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        zones: Sequence[Zone],
        protocols: Mapping[int, Protocol],
        carriers: Sequence[Carrier],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.zones = list(zones)
        self.carriers = {str(carrier.pk): carrier for carrier in carriers}
        for zone in self.zones:
            self._add(zone, protocols.get(zone.pk))
        self.fields["carrier"] = forms.ChoiceField(
            label=_("Carrier"),
            choices=[(pk, carrier.name) for pk, carrier in self.carriers.items()],
            widget=forms.RadioSelect,
            required=False,
        )
        self.helper = bare_helper(self._layout())

    def _add(self, zone: Zone, protocol: Protocol | None) -> None:
        self.fields[f"seconds_{zone.pk}"] = forms.IntegerField(
            label=_("Exposure, seconds"),
            help_text=_seconds_allowed(protocol),
            min_value=1,
            max_value=LONGEST_SECONDS,
            required=False,
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        )
        # Without an input mode: a numeric keypad has no minus on many tablets.
        self.fields[f"temperature_{zone.pk}"] = Celsius(
            label=_("Temperature, °C"),
            help_text=_degrees_allowed(protocol),
            min_value=COLDEST,
            max_value=WARMEST,
            required=False,
        )

    def _layout(self) -> Layout:
        rows = [
            Fieldset(
                zone.name,
                Div(f"seconds_{zone.pk}", f"temperature_{zone.pk}", css_class="form-grid"),
                css_class="exposure",
            )
            for zone in self.zones
        ]
        return Layout(
            *rows,
            "out_of_protocol_reason",
            Field("carrier", wrapper_class="choice-tiles"),
            Field("reaction", wrapper_class="choice-tiles"),
            "text",
            "seen",
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for zone in self.zones:
            seconds, temperature = f"seconds_{zone.pk}", f"temperature_{zone.pk}"
            for field, other in ((seconds, temperature), (temperature, seconds)):
                missing = cleaned.get(field) is None and field not in self.errors
                if missing and cleaned.get(other) is not None:
                    self.add_error(field, _("Both are needed: seconds and temperature."))
        unusual = cleaned.get("reaction") == SessionNote.Reaction.UNUSUAL
        if unusual and not cleaned.get("text"):
            self.add_error("text", _("Describe the unusual reaction."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """The keyword arguments of ``save_note``."""
        given = self.cleaned_data
        return {
            "exposures": [
                ExposureGiven(zone, seconds, given[f"temperature_{zone.pk}"])
                for zone in self.zones
                if (seconds := given[f"seconds_{zone.pk}"]) is not None
            ],
            "carrier": self.carriers.get(given["carrier"]),
            "reaction": given["reaction"],
            "text": given["text"],
            "out_of_protocol_reason": given["out_of_protocol_reason"],
            "seen": given["seen"],
        }


class AddendumForm(forms.ModelForm):
    class Meta:
        model = Addendum
        fields = ["text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}


def _seconds_allowed(protocol: Protocol | None) -> str:
    if protocol is None:
        return _("no protocol for this zone")
    return _("protocol: %(least)s to %(most)s s") % {
        "least": protocol.exposure_min_seconds,
        "most": protocol.exposure_max_seconds,
    }


def _degrees_allowed(protocol: Protocol | None) -> str:
    if protocol is None:
        return _("no protocol for this zone")
    return _("protocol: %(coldest)s to %(warmest)s") % {
        "coldest": degrees(protocol.temperature_min_c),
        "warmest": degrees(protocol.temperature_max_c),
    }
