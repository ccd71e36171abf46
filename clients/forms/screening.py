"""The questionnaire: one page, generated from the catalogue, with nothing answered beforehand."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from clients.services import AnswerGiven
from clients.services.screening import LONGEST_DEFERRAL
from procedures.models import Contraindication, ContraindicationKind, Zone

YES, NO = "yes", "no"


class ScreeningForm(forms.Form):
    """One field per question, named by the contraindication's code, answered "yes" or "no".

    What only matters for a yes follows it: ``<code>.zones``, ``<code>.until`` (the first day on
    which it no longer stops) and ``<code>.comment``; for a no they are not looked at.
    """

    def __init__(
        self,
        *args: Any,
        questions: Sequence[Contraindication],
        zones: Sequence[Zone],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        self.today = today
        self._zone_choices = [(zone.pk, zone.name) for zone in zones]
        for entry in questions:
            self._add(entry)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Div(*(part for entry in questions for part in self._laid_out(entry)),
                css_class="questions")
        )  # fmt: skip

    def answers(self) -> list[AnswerGiven]:
        """The validated answers, in the order of the questions."""
        return [self._answer(entry) for entry in self.questions]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for entry in self.questions:
            if cleaned.get(entry.code) == YES:
                self._check_yes(entry, cleaned)
        return cleaned

    def _add(self, entry: Contraindication) -> None:
        self.fields[entry.code] = forms.ChoiceField(
            label=entry.question,
            choices=[(YES, _("Yes")), (NO, _("No"))],
            widget=forms.RadioSelect,
            error_messages={"required": _("Answer yes or no.")},
        )
        if entry.zone_bound:
            self.fields[f"{entry.code}.zones"] = forms.TypedMultipleChoiceField(
                label=_("Affected zones"),
                choices=self._zone_choices,
                coerce=int,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        if entry.kind == ContraindicationKind.PASSING:
            self.fields[f"{entry.code}.until"] = forms.DateField(
                label=_("Stops until"),
                help_text=_("The first day on which it is possible again."),
                initial=self.today + timedelta(days=entry.default_days or 1),
                required=False,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )
        self.fields[f"{entry.code}.comment"] = forms.CharField(
            label=_("Comment"),
            max_length=300,
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )

    def _laid_out(self, entry: Contraindication) -> tuple[Any, Any]:
        more = [
            Field(f"{entry.code}.zones", wrapper_class="choice-grid") if entry.zone_bound else None,
            Div(
                *(
                    name
                    for name in (f"{entry.code}.until", f"{entry.code}.comment")
                    if name in self.fields
                ),
                css_class="form-grid",
            ),
        ]
        return (
            Field(entry.code, template="components/yes_no.html"),
            Div(*filter(None, more), css_class="reveal-if-yes"),
        )

    def _check_yes(self, entry: Contraindication, cleaned: dict[str, Any]) -> None:
        zones, until = f"{entry.code}.zones", f"{entry.code}.until"
        if entry.zone_bound and not cleaned.get(zones) and zones not in self.errors:
            self.add_error(zones, _("Choose at least one zone; only those are stopped."))
        day = cleaned.get(until)
        if day and not self.today < day <= self.today + LONGEST_DEFERRAL:
            self.add_error(until, _("Choose a day after today and within two years."))

    def _answer(self, entry: Contraindication) -> AnswerGiven:
        cleaned = self.cleaned_data
        return AnswerGiven(
            contraindication=entry,
            present=cleaned[entry.code] == YES,
            zones=tuple(cleaned.get(f"{entry.code}.zones", ())),
            stops_until=cleaned.get(f"{entry.code}.until"),
            comment=cleaned[f"{entry.code}.comment"] if cleaned[entry.code] == YES else "",
        )
