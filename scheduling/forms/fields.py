"""Fields that several forms share."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scheduling.planner import CELLS_PER_DAY, MAX_DAYS, Slot
from scheduling.proposals import parse_slot, slot_token


def day_input() -> forms.DateInput:
    """The browser's own calendar; ISO, so that it is read in every language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def time_input() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 300})


def read_slot(token: str) -> Slot:
    """The slot of a form's token. Raises ValueError for one that no page of ours can have offered:
    not within the day, or not within a year from now.
    """
    slot = parse_slot(token)
    days_ahead = (slot.day - timezone.now().date()).days
    if not (0 <= slot.cell < CELLS_PER_DAY and -1 <= days_ahead < MAX_DAYS - 1):
        raise ValueError(token)
    return slot


class SlotField(forms.CharField):
    """One slot as ``slot_token`` writes it; cleaned to a ``Slot``."""

    default_error_messages = {"unreadable": _("Choose one of the times offered.")}

    def clean(self, value: Any) -> Slot | None:
        token = super().clean(value)
        if not token:
            return None
        try:
            return read_slot(token)
        except ValueError:
            raise ValidationError(self.error_messages["unreadable"], "unreadable") from None


class SlotsInput(forms.MultipleHiddenInput):
    """One hidden field per slot."""

    def format_value(self, value: Any) -> list[str]:
        return [slot_token(v) if isinstance(v, Slot) else v for v in value or []]


class SlotsField(forms.Field):
    """Several slots in their order; cleaned to a tuple of ``Slot``."""

    widget = SlotsInput
    default_error_messages = {"unreadable": _("The plan could not be read. Ask for times again.")}

    def to_python(self, value: Sequence[str] | None) -> tuple[Slot, ...]:
        try:
            return tuple(read_slot(token) for token in value or ())
        except ValueError:
            raise ValidationError(self.error_messages["unreadable"], "unreadable") from None


class ObjectsField(forms.TypedMultipleChoiceField):
    """Some of the objects that ``offer`` gives, which are in memory; cleaned to a list of them."""

    def offer(self, objects: Iterable[Any]) -> None:
        by_id = {str(each.pk): each for each in objects}
        self.choices = [(pk, str(each)) for pk, each in by_id.items()]
        self.coerce = by_id.__getitem__


class ObjectField(forms.TypedChoiceField):
    """One of such objects, or None; ``empty_label`` is what choosing none is called."""

    def __init__(self, *, empty_label: str | Promise, **options: Any) -> None:
        super().__init__(empty_value=None, **options)
        self.empty_label = empty_label

    def offer(self, objects: Iterable[Any]) -> None:
        by_id = {str(each.pk): each for each in objects}
        self.choices = [("", self.empty_label), *((pk, str(each)) for pk, each in by_id.items())]
        self.coerce = by_id.__getitem__


def read_choice(text: str) -> tuple[int, Slot] | None:
    """The session's index and its new slot out of a button's “3:<slot token>”; else None."""
    index, _colon, token = text.partition(":")
    try:
        return (int(index), read_slot(token)) if index.isdecimal() else None
    except ValueError:
        return None
