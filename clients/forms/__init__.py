"""What staff fill in about people."""

from clients.forms.card import CardFields, CardForm, typed_as
from clients.forms.clearance import ClearanceForm
from clients.forms.screening import ScreeningForm

__all__ = ["CardFields", "CardForm", "ClearanceForm", "ScreeningForm", "typed_as"]
