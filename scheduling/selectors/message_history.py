"""What became of one message, attempt by attempt, from the record that the database keeps."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from cryoclinic.changes import event_model_of
from scheduling.models import Message
from scheduling.selectors.history import Happening, told_by
from scheduling.selectors.messages import problem_text
from scheduling.selectors.words import visit

Status = Message.Status


def message_history(message: Message) -> list[Happening]:
    """Oldest first, in two queries; needs the clinic."""
    events = event_model_of(Message).objects.filter(pgh_obj_id=message.pk).order_by("pgh_id")
    return told_by(list(_told(message, events)), clinic=message.clinic)


def _told(message: Message, events: Any) -> Iterator[tuple[Any, str]]:
    before, attempt = None, 0
    for event in events:
        if before is None:
            yield event, _("Written, due on %(when)s") % {"when": _when(message, event)}
        elif event.status == Status.SENDING != before.status:
            attempt += 1
        elif event.status != before.status and (what := _of(message, before, event, attempt)):
            yield event, what
        if event.status == Status.DUE and before and before.status != Status.SENDING:
            attempt = 0
        before = event


def _of(message: Message, before: Any, event: Any, attempt: int) -> str:
    problem = problem_text(event.problem)
    match event.status:
        case Status.SENT:
            return _("Attempt %(number)s: sent") % {"number": attempt}
        case Status.RETRYING:
            return _("Attempt %(number)s: %(problem)s Next on %(when)s") % {
                "number": attempt,
                "problem": problem,
                "when": _when(message, event),
            }
        case Status.FAILED:
            return _("Attempt %(number)s: %(problem)s Given up") % {
                "number": attempt,
                "problem": problem,
            }
        case Status.WITHDRAWN:
            return _("Withdrawn: %(problem)s") % {"problem": problem}
        case Status.DUE if before.status != Status.SENDING:
            return _("To be sent on %(when)s after all") % {"when": _when(message, event)}
    return ""  # the worker gave it back untouched


def _when(message: Message, event: Any) -> str:
    return visit(message.clinic.local(event.due_at))
