"""SQL that constraints and generated columns are made of."""

from typing import Any

from django.db import models
from django.db.models import F, Func, Value


class ClinicDay(Func):
    """The date at the clinic on which a range begins: ``ClinicDay("treatment", "time_zone")``."""

    template = "((lower(%(expressions)s))::date)"
    arg_joiner = ") AT TIME ZONE ("
    output_field = models.DateField()


class IdRange(Func):
    """An id as a range of one, which core GiST can compare for equality."""

    function = "int8range"
    output_field = models.TextField()

    def __init__(self, field: str, **extra: Any) -> None:
        super().__init__(F(field), F(field), Value("[]"), **extra)


class GapSpan(Func):
    """The days from a session up to the first day on which the next one may be."""

    template = "daterange(day, day + min_gap_days::integer)"
    output_field = models.TextField()

    def __init__(self) -> None:
        super().__init__()
