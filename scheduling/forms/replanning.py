"""What the desk says when a running course is planned anew: wishes, and the plan accepted."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cryoclinic.models import Clinic
from scheduling.forms.booking import WEEKDAYS
from scheduling.forms.fields import day_input, read_slot, time_input
from scheduling.models import Specialist
from scheduling.planner import MAX_SESSIONS
from scheduling.standing import Step
from scheduling.wishes import Wishes


class WishesForm(forms.Form):
    """Wishes for the times of what is still to come; sent in the address."""

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
    specialist = forms.ModelChoiceField(
        label=_("Specialist"),
        queryset=Specialist.objects.none(),
        required=False,
        empty_label=_("Any"),
    )
    only_specialist = forms.BooleanField(label=_("Nobody else"), required=False)

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["specialist"]
        field.queryset = Specialist.objects.active().of(clinic).select_related("user")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        earliest, latest = values.get("earliest"), values.get("latest")
        if earliest and latest and earliest >= latest:
            self.add_error("latest", _("This has to be later than the time before it."))
        if values.get("only_specialist") and not values.get("specialist"):
            self.add_error("specialist", _("Choose the specialist, or leave “nobody else” open."))
        return values

    @property
    def wishes(self) -> Wishes:
        """Of a valid form."""
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


def wishes_initial(wishes: Wishes) -> dict[str, Any]:
    """The form's first values for wishes that are there already."""
    return {
        "not_before": wishes.not_before,
        "weekdays": sorted(wishes.weekdays),
        "earliest": wishes.earliest,
        "latest": wishes.latest,
        "around": wishes.around,
        "specialist": wishes.only_specialist or wishes.specialist,
        "only_specialist": wishes.only_specialist is not None,
    }


class StepsField(forms.Field):
    """Several steps in their order, one hidden field each; cleaned to a tuple of ``Step``."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"unreadable": _("The plan could not be read. Ask for times again.")}

    def to_python(self, value: Sequence[str] | None) -> tuple[Step, ...]:
        tokens = list(value or ())[: MAX_SESSIONS + 1]
        try:
            for token in tokens:
                read_slot(token.partition("=")[0])
            return tuple(Step.parse(token) for token in tokens)
        except ValueError:
            raise ValidationError(self.error_messages["unreadable"], "unreadable") from None


class AcceptForm(forms.Form):
    """The plan on the screen and what it was made for."""

    step = StepsField()
    fingerprint = forms.CharField(max_length=32, widget=forms.HiddenInput)
