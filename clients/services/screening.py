"""The only writers of screenings: in full, and again at a visit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from clients.errors import ScreeningEnded, WrongAnswer
from clients.models import Answer, Client, Screening
from cryoclinic.audit import service
from cryoclinic.models import Clinic, User
from procedures.models import Contraindication, ContraindicationKind, Zone

UNPROCESSABLE = 422
# A deferral further away than this is a slip of the keyboard.
LONGEST_DEFERRAL = timedelta(days=2 * 365)


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """What was answered to one question.

    ``zones`` are ids of the affected zones, for a zone-bound yes; ``stops_until`` is the first day
    on which a passing yes no longer stops, the catalogue's days from today where it is None. For a
    no both are ignored.
    """

    contraindication: Contraindication
    present: bool
    zones: tuple[int, ...] = ()
    stops_until: date | None = None
    comment: str = ""


@service
def screen_client(
    *, by: User, client: Client, clinic: Clinic, answers: Sequence[AnswerGiven]
) -> Screening:
    """Keep a full questionnaire, asked today; it supersedes the client's earlier ones.

    It counts for ``clinic.screening_valid_days`` days, the day of asking being the first.
    Every contraindication in use must be answered. Raises WrongAnswer.
    """
    today = clinic.today()
    asked = list(Contraindication.objects.active())
    screening = Screening(
        client=client,
        asked_by=by,
        asked_at=timezone.now(),
        asked_on=today,
        valid_until=today + timedelta(days=clinic.screening_valid_days - 1),
    )
    return _kept(screening, asked, answers)


@service
def ask_again(
    *, by: User, screening: Screening, clinic: Clinic, answers: Sequence[AnswerGiven]
) -> Screening:
    """Keep the repeat of a visit: every passing contraindication in use, asked again today.

    A yes counts together with the full ``screening`` it follows; a no takes nothing back. Raises
    ScreeningEnded where that screening does not count today, and WrongAnswer.
    """
    today = clinic.today()
    if screening.follows_id is not None or not screening.asked_on <= today <= screening.valid_until:
        raise ScreeningEnded(
            _("There is no full screening that counts today."),
            _("Ask the client all the questions first."),
        )
    asked = list(Contraindication.objects.active().filter(kind=ContraindicationKind.PASSING))
    repeat = Screening(
        client=screening.client,
        follows=screening,
        asked_by=by,
        asked_at=timezone.now(),
        asked_on=today,
        valid_until=today,
    )
    return _kept(repeat, asked, answers)


def _kept(
    screening: Screening, asked: Sequence[Contraindication], given: Sequence[AnswerGiven]
) -> Screening:
    _answered_once(asked, given)
    zones = set(Zone.objects.values_list("pk", flat=True))
    answers = [_answer(screening, each, zones) for each in given]
    screening.save(force_insert=True)
    Answer.objects.bulk_create(answers)
    return screening


def _answered_once(asked: Sequence[Contraindication], given: Sequence[AnswerGiven]) -> None:
    answered = [answer.contraindication for answer in given]
    if missing := [entry for entry in asked if entry not in answered]:
        raise WrongAnswer(
            _("Not answered: %(names)s.") % {"names": _listed(missing)},
            _("Every question needs a yes or a no."),
            UNPROCESSABLE,
        )
    if len(answered) > len(asked):
        raise WrongAnswer(
            _("The questions have changed in the meantime."),
            _("Open the questionnaire anew and answer it as it is now."),
        )


def _answer(screening: Screening, given: AnswerGiven, known_zones: set[int]) -> Answer:
    """The row to keep, with the question in the language in which it is being asked."""
    entry = given.contraindication
    return Answer(
        screening=screening,
        contraindication=entry,
        question=entry.question,
        kind=entry.kind,
        zone_bound=entry.zone_bound,
        present=given.present,
        affected_zones=_zones(given, known_zones),
        stops_until=_stops_until(given, screening.asked_on),
        comment=given.comment.strip(),
    )


def _zones(given: AnswerGiven, known: set[int]) -> list[int]:
    if not (given.present and given.contraindication.zone_bound):
        return []
    zones = sorted(set(given.zones) & known)
    if not zones:
        raise WrongAnswer(
            _("Which zones does it affect: %(name)s?") % {"name": given.contraindication.name},
            _("Choose at least one zone; only those are stopped."),
            UNPROCESSABLE,
        )
    return zones


def _stops_until(given: AnswerGiven, asked_on: date) -> date | None:
    entry = given.contraindication
    if not given.present or entry.kind != ContraindicationKind.PASSING:
        return None
    until = given.stops_until or asked_on + timedelta(days=entry.default_days or 1)
    if not asked_on < until <= asked_on + LONGEST_DEFERRAL:
        raise WrongAnswer(
            _("A contraindication that is there today can't stop until %(day)s: %(name)s.")
            % {"day": date_format(until, "DATE_FORMAT"), "name": entry.name},
            _("Choose a day after today and within two years."),
            UNPROCESSABLE,
        )
    return until


def _listed(entries: Iterable[Contraindication]) -> str:
    return "; ".join(capfirst(entry.name) for entry in entries)
