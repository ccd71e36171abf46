"""A clinician's permission over one passing contraindication."""

from datetime import date, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Answer


class ClearanceForm(forms.Form):
    """From today until the day before the contraindication ends by itself, unless chosen else."""

    valid_from = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    expires_on = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label=_("Why it is possible all the same"), widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, answer: Answer, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = (answer.stops_until or today) - timedelta(days=1)
        self.fields["valid_from"].initial = today
        self.fields["expires_on"].initial = max(today, last)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Div("valid_from", "expires_on", css_class="form-grid"),
            "reason",
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("valid_from"), cleaned.get("expires_on")
        if first and last and last < first:
            self.add_error("expires_on", _("The last day can't lie before the first."))
        return cleaned
