"""What free times are asked for."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from scheduling.questions import REACH_DAYS


class SlotsForm(forms.Form):
    """``from`` is the clinic's today where it is left out; ``days`` 30."""

    protocol = forms.IntegerField(min_value=1)
    days = forms.IntegerField(min_value=1, max_value=REACH_DAYS, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["from"] = forms.DateField(required=False)

    def clean_from(self) -> date:
        day = self.cleaned_data["from"] or self.today
        if not self.today <= day <= self.today + timedelta(days=365):
            raise ValidationError(_("Choose a day from today on, within a year."))
        return day

    def clean_days(self) -> int:
        return self.cleaned_data["days"] or 30
