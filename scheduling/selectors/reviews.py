"""A client's answers before a visit, for those who may see answers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from cryoclinic.models import Clinic
from procedures.models import Contraindication
from scheduling.models import Appointment, PreVisitAnswer
from scheduling.selectors import words
from scheduling.selectors.alerts import NAMES, CourseToWatch, Problem

MAY_REVIEW = {"scheduling.ask_again", "clients.view_answers"}


@dataclass(frozen=True, slots=True)
class AnswerBefore:
    """``said`` are the contraindications that were ticked; ``at`` is on the clinic's clock."""

    answer: PreVisitAnswer
    at: datetime
    said: tuple[str, ...]
    who: str


def answers_before(appointment: Appointment) -> list[AnswerBefore]:
    """The newest first; two queries."""
    answers = list(appointment.pre_visit_answers.select_related("reviewed_by"))
    ticked = {pk for answer in answers for pk in answer.present}
    names = {entry.pk: entry.name for entry in Contraindication.objects.filter(pk__in=ticked)}
    return [
        AnswerBefore(
            answer=answer,
            at=appointment.clinic.local(answer.answered_at),
            said=tuple(names[pk] for pk in answer.present)
            if answer.changed
            else (_("nothing has changed"),),
            who=answer.reviewed_by.display_name if answer.reviewed_by else "",
        )
        for answer in answers
    ]


def reviews_waiting(clinic: Clinic, permissions: Collection[str]) -> list[CourseToWatch]:
    """Visits to come whose answers nobody has reviewed, the next one first; one query.

    Whoever may review is led to the answer, the others to the appointment.
    """
    page = "scheduling:review" if set(permissions) >= MAY_REVIEW else "scheduling:appointment"
    booked = Appointment.Status.BOOKED
    waiting = (
        PreVisitAnswer.objects.to_review()
        .filter(appointment__clinic=clinic, appointment__status=booked)
        .select_related(
            "appointment__course__client",
            "appointment__course__procedure_type",
            "appointment__course__zone",
        )
        .only("appointment__treatment", *(f"appointment__course__{name}" for name in NAMES))
        .order_by("appointment__treatment")
    )
    return [
        CourseToWatch(
            client=answer.appointment.course.client.name,
            course=f"{answer.appointment.course.procedure_type} · {answer.appointment.course.zone}",
            url=reverse(page, args=[answer.appointment_id]),
            problems=(_problem(clinic, answer.appointment.starts_at),),
        )
        for answer in waiting
    ]


def _problem(clinic: Clinic, starts_at: datetime) -> Problem:
    when = words.visit(clinic.local(starts_at))
    why = _("%(when)s: the client says that something has changed; review the answer.")
    return Problem(_("answer before a visit"), "flag", why % {"when": when})
