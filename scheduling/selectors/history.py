"""Who did what to a course and its visits, from the record that the database keeps."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cryoclinic.models import WORKER_USERNAME, Clinic, User
from scheduling.models import Appointment, Course, CourseProposal, Payment
from scheduling.selectors import words


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that was done; ``at`` is on the clinic's clock."""

    at: datetime
    who: str
    what: str


def course_history(course: Course) -> list[Happening]:
    """The latest first; the sessions booked together with the course are told by its first line.

    Eight queries.
    """
    visits = list(course.appointments.values_list("pk", flat=True))
    of_course = list(_events(Course, [course.pk]))
    booked_in = of_course[0].pgh_context_id if of_course else None
    told = [
        *_told(course, of_course, _of_course),
        *(
            (event, what)
            for event, what in _told(course, _events(Appointment, visits), _of_visit)
            if booked_in is None or (event.pgh_label, event.pgh_context_id) != ("insert", booked_in)
        ),
        *_told(course, _events(Payment, _ids(course.payments)), _of_payment),
        *_told(course, _events(CourseProposal, _ids(course.proposals)), _of_proposal),
    ]
    told.sort(key=lambda item: item[0].pgh_created_at, reverse=True)
    return told_by(told, clinic=course.clinic)


def told_by(told: Sequence[tuple[Any, str]], *, clinic: Clinic) -> list[Happening]:
    """The events in the order given, each with who did it; one query."""
    names = _names(event for event, _what in told)
    return [
        Happening(
            at=clinic.local(event.pgh_created_at),
            who=names.get(_actor(event), _("outside the program")),
            what=what,
        )
        for event, what in told
    ]


def _events(model: Any, ids: Iterable[int]) -> Iterable[Any]:
    events = model.pgh_event_model._default_manager
    return events.filter(pgh_obj_id__in=list(ids)).order_by("pgh_id")


def _ids(rows: Any) -> list[int]:
    return list(rows.values_list("pk", flat=True))


def _told(course: Course, events: Iterable[Any], tell: Any) -> Iterator[tuple[Any, str]]:
    """Each event with its words, told from the event before it of the same row."""
    before: dict[int, Any] = {}
    for event in events:
        for what in tell(course, before.get(event.pgh_obj_id), event):
            yield event, what
        before[event.pgh_obj_id] = event


def _of_course(course: Course, before: Any, event: Any) -> Iterator[str]:
    if before is None:
        yield _("Course booked: %(sessions)s") % {
            "sessions": words.sessions(event.sessions_planned)
        }
    elif before.status != event.status:
        text = _("Course: %(status)s") % {"status": Course.Status(event.status).label}
        yield f"{text} ({event.held_reason})" if event.held_reason else text
    elif before.wishes != event.wishes:
        yield _("Wishes changed")


def _of_visit(course: Course, before: Any, event: Any) -> Iterator[str]:
    when = words.visit(course.clinic.local(event.treatment.lower))
    if before is None:
        yield _("Session on %(when)s booked") % {"when": when}
        return
    if before.treatment.lower != event.treatment.lower:
        earlier = words.visit(course.clinic.local(before.treatment.lower))
        yield _("Session moved from %(earlier)s to %(when)s") % {"earlier": earlier, "when": when}
    elif before.specialist_id != event.specialist_id:
        yield _("Session on %(when)s given to another specialist") % {"when": when}
    if before.status != event.status:
        status = Appointment.Status(event.status).label
        text = _("Session on %(when)s: %(status)s") % {"when": when, "status": status}
        yield f"{text} ({event.status_reason})" if event.status_reason else text
    if before.screening_id != event.screening_id:
        yield _("Session on %(when)s: new screening") % {"when": when}
    if event.confirmed_at and not before.confirmed_at:
        yield _("Session on %(when)s confirmed") % {"when": when}


def _of_payment(course: Course, before: Any, event: Any) -> Iterator[str]:
    yield _("Payment: %(amount)s") % {"amount": words.money(event.amount, event.currency)}


def _of_proposal(course: Course, before: Any, event: Any) -> Iterator[str]:
    if before is None:
        reason = CourseProposal.Reason(event.reason).label
        text = _("New plan proposed: %(reason)s") if event.steps else _("No plan found: %(reason)s")
        yield text % {"reason": reason}
    elif before.status != event.status:
        yield {
            CourseProposal.Status.ACCEPTED: _("Proposed plan accepted"),
            CourseProposal.Status.DISMISSED: _("Proposed plan turned down"),
            CourseProposal.Status.STALE: _("Proposed plan overtaken"),
        }[CourseProposal.Status(event.status)]


def _actor(event: Any) -> int | None:
    return (event.pgh_context or {}).get("user")


def _names(events: Iterable[Any]) -> dict[int | None, str]:
    people = User.objects.in_bulk({pk for event in events if (pk := _actor(event))})
    return {
        pk: _("the program itself") if user.username == WORKER_USERNAME else user.display_name
        for pk, user in people.items()
    }
