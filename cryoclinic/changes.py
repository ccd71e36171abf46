"""Reading the record of changes: who did what, when, to which row.

The events are written by triggers (``cryoclinic.audit``) and never change; here they are only read
and put into words. A change is the difference between an event and the one before it of the same
row.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.admin.utils import display_for_value
from django.core.paginator import Paginator
from django.db import models
from django.db.backends.postgresql.psycopg_any import Range
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cryoclinic.models import User

Model = type[models.Model]

PER_PAGE = 50
VERBS = {"insert": _("added"), "update": _("changed"), "delete": _("deleted")}


@dataclass(frozen=True)
class FieldChange:
    """A field's name and its values as staff read them, "" where there was none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One event. ``who`` is None where the write came from outside the product.

    ``role`` is the database role that wrote; ``row_id`` the primary key of what was changed.
    """

    at: datetime
    who: User | None
    role: str
    verb: str | Promise
    row_id: int
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class ChangesPage:
    """Some changes, the latest first; ``later`` and ``earlier`` are page numbers, or None."""

    changes: list[Change]
    number: int
    pages: int
    later: int | None
    earlier: int | None


def recorded_models() -> dict[str, Model]:
    """Every model with a record, by its label such as "scheduling.course"; names say what it is."""
    return {
        tracked._meta.label_lower: tracked
        for model in apps.get_models()
        if (tracked := getattr(model, "pgh_tracked_model", None)) is not None
    }


def event_model_of(model: Model) -> Any:
    """The model of the events of ``model``."""
    return next(
        each for each in apps.get_models() if getattr(each, "pgh_tracked_model", None) is model
    )


def changes_of(row: models.Model, *, page: int | str = 1) -> ChangesPage:
    """One row's story, the latest first."""
    return changes_in(type(row), row_id=row.pk, page=page)


def changes_in(
    model: Model, *, user: User | None = None, row_id: int | None = None, page: int | str = 1
) -> ChangesPage:
    """What happened in one table, the latest first; of one user or to one row where given."""
    events = event_model_of(model)._default_manager.all()
    if user is not None:
        events = events.filter(pgh_context__user=user.pk)
    if row_id is not None:
        events = _of_rows(events, [row_id])
    found = Paginator(events.order_by("-pgh_id"), PER_PAGE).get_page(page)
    return ChangesPage(
        changes=_in_words(list(found), events.model),
        number=found.number,
        pages=found.paginator.num_pages,
        later=found.number - 1 if found.has_previous() else None,
        earlier=found.number + 1 if found.has_next() else None,
    )


def _of_rows(events: models.QuerySet, ids: Iterable[int]) -> models.QuerySet:
    """The events of these rows, found by the column that has an index where there is one."""
    indexed = hasattr(events.model, "pgh_obj_id")
    return events.filter(**{"pgh_obj_id__in" if indexed else "id__in": list(ids)})


def _in_words(events: Sequence[Any], model: Model) -> list[Change]:
    before = _events_before(events, model)
    people = User.objects.in_bulk({pk for event in events if (pk := _actor_id(event))})
    values = Values([*events, *before.values()], model)
    return [
        Change(
            at=event.pgh_created_at,
            who=people.get(_actor_id(event)),
            role=event.pgh_role,
            verb=VERBS[event.pgh_label],
            row_id=event.id,
            fields=tuple(_difference(before.get(event.pgh_id), event, values)),
        )
        for event in events
    ]


def _actor_id(event: Any) -> int | None:
    return (event.pgh_context or {}).get("user")


def _events_before(events: Sequence[Any], model: Model) -> dict[int, Any]:
    """The event before each, by the id of the later one; one query for all of them."""
    stories = _of_rows(model._default_manager.all(), {event.id for event in events})
    last_of_row: dict[int, Any] = {}
    before = {}
    for event in stories.order_by("pgh_id"):
        if event.id in last_of_row:
            before[event.pgh_id] = last_of_row[event.id]
        last_of_row[event.id] = event
    return before


def _difference(before: Any, event: Any, values: "Values") -> Iterator[FieldChange]:
    """What the event changed; all that a new row began with and all that a deleted one held."""
    gone = event.pgh_label == "delete"
    for field in values.fields:
        new = "" if gone else values.shown(field, event)
        known = event if gone else before
        old = values.shown(field, known) if known is not None else ""
        if event.pgh_label == "insert":
            old = ""
        if old != new:
            yield FieldChange(_name_of(field), old, new)


class Values:
    """The fields of some events and their values in words; one query per foreign key."""

    def __init__(self, events: Sequence[Any], model: Model) -> None:
        self.fields = [field for field in model._meta.fields if _is_for_people(field)]
        self._named: dict[str, dict[Any, models.Model]] = {}
        for field in self.fields:
            if isinstance(field, models.ForeignKey) and isinstance(field.related_model, type):
                ids = {getattr(event, field.attname) for event in events} - {None}
                self._named[field.name] = field.related_model._base_manager.in_bulk(ids)

    def shown(self, field: models.Field, event: Any) -> str:
        value = field.value_from_object(event)
        if value in (None, ""):
            return ""
        if field.name in self._named:
            return str(self._named[field.name].get(value, f"№ {value}"))
        if field.flatchoices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(value, bool):
            return str(_("Yes") if value else _("No"))
        if isinstance(value, Range):
            return " – ".join(str(display_for_value(end, "")) for end in (value.lower, value.upper))
        return str(display_for_value(value, ""))


def _is_for_people(field: models.Field) -> bool:
    """Not the event's own columns, nor what no one gave a name: keys and copies for constraints."""
    named = isinstance(field.verbose_name, Promise) or field.is_relation
    return named and not field.name.startswith("pgh_") and field.name != "id"


def _name_of(field: models.Field) -> str:
    """A link table's columns have no names of their own but those of what they link."""
    if not isinstance(field.verbose_name, Promise) and isinstance(field.related_model, type):
        return str(capfirst(field.related_model._meta.verbose_name))
    return str(capfirst(field.verbose_name))
