"""What a clinician makes of an answer before a visit."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from scheduling.models import Appointment, PreVisitAnswer


class ReviewForm(forms.Form):
    """``answer`` is one of the appointment's, ``outcome`` the button."""

    answer = forms.ModelChoiceField(PreVisitAnswer.objects.none(), widget=forms.HiddenInput)
    outcome = forms.ChoiceField(choices=PreVisitAnswer.Outcome)
    comment = forms.CharField(
        label=_("Comment"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Seen by those who may see answers."),
    )

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"] = forms.ModelChoiceField(appointment.pre_visit_answers.all())
