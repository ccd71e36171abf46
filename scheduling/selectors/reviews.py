"""A client's answers before a visit, for those who may see answers."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from procedures.models import Contraindication
from scheduling.models import Appointment, PreVisitAnswer


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
