"""“Has anything changed?”, answered by the client before a visit, and the clinic's review of it."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cryoclinic.audit import service
from cryoclinic.models import User
from procedures.models import Contraindication
from scheduling import client_rules as rules
from scheduling.client_rules import ChangedMeanwhile, NotAnswered
from scheduling.errors import WrongState
from scheduling.locks import conflicts_in_words, lock_course
from scheduling.models import Appointment, Course, PreVisitAnswer
from scheduling.services.courses import hold_course


@conflicts_in_words()
@service
def answer_before_visit(
    *,
    by: User,
    course: Course,
    visit: int,
    changed: bool,
    present: Sequence[Contraindication] = (),
    comment: str = "",
) -> PreVisitAnswer:
    """Keep the client's answer. “Yes” makes the visit wait for a review; “no” changes nothing.

    The same answer sent twice is kept once. While one waits for its review no other is taken.
    """
    locked = lock_course(course.pk)
    if locked.link_version != course.link_version:
        raise ChangedMeanwhile()
    appointment = Appointment.objects.select_related("clinic").get(pk=visit, course=locked)
    rules.require_open(locked, appointment.clinic)
    rules.require_booked(appointment, timezone.now())
    comment = comment.strip()
    _require_answer(changed, present, comment)
    said = {
        "schedule_version": appointment.schedule_version,
        "changed": changed,
        "present": sorted(entry.pk for entry in present),
        "comment": comment,
    }
    last = appointment.pre_visit_answers.first()
    if last is not None and _says_still(last, said):
        return last
    if last is not None and last.awaits_review:
        raise rules.NotByClient(
            _("We are still looking at your earlier answer."), appointment.clinic
        )
    return PreVisitAnswer.objects.create(
        appointment=appointment, answered_at=timezone.now(), **said
    )


def _says_still(last: PreVisitAnswer, said: dict[str, Any]) -> bool:
    """The same once more; but a “yes” that was reviewed meanwhile is a new one."""
    same = all(getattr(last, name) == value for name, value in said.items())
    return same and (last.awaits_review or not last.changed)


def _require_answer(changed: bool, present: Sequence[Contraindication], comment: str) -> None:
    said_something = bool(present or comment)
    if changed and not said_something:
        raise NotAnswered(_("Tick what has changed, or write it."))
    if said_something and not changed:
        raise NotAnswered(_("Something is ticked or written, so something has changed."))


@conflicts_in_words()
@service
def review_answer(
    *, by: User, answer: PreVisitAnswer, outcome: str, comment: str = ""
) -> PreVisitAnswer:
    """Say what the answer means: the visit goes on, or the course is held.

    Reviewed once, it stays reviewed: the same outcome again changes nothing. Raises ``WrongState``.
    """
    course = lock_course(answer.appointment.course_id)
    answer = PreVisitAnswer.objects.select_related("appointment__clinic").get(pk=answer.pk)
    if answer.outcome == outcome:
        return answer
    if not answer.awaits_review:
        raise WrongState(_("This answer has been reviewed already."))
    answer.reviewed_at, answer.reviewed_by = timezone.now(), by
    answer.outcome, answer.review_comment = outcome, comment.strip()
    answer.save(update_fields=["reviewed_at", "reviewed_by", "outcome", "review_comment"])
    if outcome == PreVisitAnswer.Outcome.HELD and course.status == Course.Status.ACTIVE:
        hold_course(by=by, course=course, reason=_reason_to_hold(answer.appointment))
    return answer


def _reason_to_hold(appointment: Appointment) -> str:
    """For the whole desk to read, in the clinic's language: nothing about the client's health."""
    with translation.override(appointment.clinic.language):
        return _("An answer before the visit on %(day)s stops the treatment for now.") % {
            "day": date_format(appointment.day, "DATE_FORMAT")
        }
