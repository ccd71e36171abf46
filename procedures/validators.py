"""Checks of single catalogue values, for models, forms and imports alike."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

GRID_MINUTES = 5


def validate_on_grid(minutes: int) -> None:
    """Refuse a duration that the schedule's five-minute cells can't hold."""
    if minutes % GRID_MINUTES:
        raise ValidationError(_("Use a multiple of five minutes: the schedule is kept in those."))
