"""What is said when an appointment is moved or called off."""

from django import forms
from django.utils.translation import gettext_lazy as _

from scheduling.forms.fields import SlotField


class ReasonForm(forms.Form):
    """Why; shown at the desk and in the history, so never about health."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Seen by all staff: nothing about health."),
    )


class SlotForm(forms.Form):
    """One of the times offered."""

    slot = SlotField(label=_("Time"))
