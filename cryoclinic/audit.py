"""Who did it: every business table has an append-only event table, filled by triggers.

``audited`` puts the triggers on a model; ``service`` names the actor for everything written
inside. A write that comes from elsewhere (psql, a migration) still leaves an event: it has no
acting user, and the database role it came from.
"""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import pghistory
from django.db import models, transaction

if TYPE_CHECKING:
    from cryoclinic.models import User

Model = TypeVar("Model", bound=type[models.Model])
Service = TypeVar("Service", bound=Callable[..., Any])


class SessionUser(models.Func):
    """The database role of the connection, as SQL."""

    template = "SESSION_USER"
    output_field = models.CharField()


def audited(**options: Any) -> Callable[[Model], Model]:
    """Class decorator: record every insert, update and delete of the model's rows as an event.

    ``options`` are those of ``pghistory.track`` (``exclude``, ``model_name``…).
    """
    options.setdefault(
        "attrs", {"pgh_role": models.CharField(max_length=63, db_default=SessionUser())}
    )
    return pghistory.track(
        pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), **options
    )


def service(function: Service) -> Service:
    """Decorate a writer: one transaction, everything in it attributed to ``by``.

    Only the user's id goes into the record: a name would outlive its owner's wish to be forgotten.
    """

    @functools.wraps(function)
    def wrapper(*, by: "User", **kwargs: Any) -> Any:
        with transaction.atomic(), pghistory.context(user=by.pk):
            return function(by=by, **kwargs)

    return wrapper  # type: ignore[return-value]  # same signature; ParamSpec can't say "keyword by"
