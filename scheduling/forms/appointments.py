"""What is said when an appointment is moved or called off."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from scheduling.forms.fields import SlotField, day_input, time_input
from scheduling.models import Appointment, Specialist
from scheduling.questions import REACH_DAYS


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


class AskForm(forms.Form):
    """A time that was not offered: could it be had? Sent in the address."""

    day = forms.DateField(label=_("Day"), widget=day_input())
    at = forms.TimeField(label=_("Time"), widget=time_input())
    specialist = forms.ModelChoiceField(label=_("Specialist"), queryset=Specialist.objects.none())

    def __init__(self, data: Any, *, appointment: Appointment) -> None:
        initial = {
            "day": appointment.day,
            "at": appointment.clinic.local(appointment.starts_at).time(),
            "specialist": appointment.specialist_id,
        }
        super().__init__(data, initial=initial)
        self.today = appointment.clinic.today()
        field: Any = self.fields["specialist"]
        able = Specialist.objects.active().of(appointment.clinic).select_related("user")
        field.queryset = able.filter(skills=appointment.course.procedure_type_id)

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if not self.today <= day < self.today + timedelta(days=REACH_DAYS):
            raise forms.ValidationError(
                _("Choose a day from today on, within the next four months.")
            )
        return day
