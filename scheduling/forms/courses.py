"""What is said about a course as a whole: why it stops, and what was paid."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from scheduling.forms.appointments import ReasonForm


class CourseReasonForm(ReasonForm):
    """Holding and stopping a course is always explained."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Seen by all staff: nothing about health."),
    )


class PaymentForm(forms.Form):
    """Money received; a refund is negative."""

    amount = forms.DecimalField(
        label=_("Amount"),
        max_digits=10,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
        help_text=_("A refund is a negative amount."),
    )
    comment = forms.CharField(label=_("Comment"), max_length=200, required=False)

    def clean_amount(self) -> Decimal:
        amount = self.cleaned_data["amount"]
        if not amount:
            raise ValidationError(_("Enter an amount that is not zero."))
        return amount
