"""What the verdict needs to know of screenings, read in one statement, written out.

It is asked for every plan, every booking and every page that shows whether somebody is cleared;
making it anew from models takes longer than the database takes to answer.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection

from clients.models import Screening
from clients.verdict import AnswerFact, ClearedDays, ScreeningFacts, ZoneFact
from procedures.models import Contraindication

# The answers that were yes, of full screenings (ids) and of the visits at which they were repeated,
# each with its zones, those of them that cover all, and the days of its clearances. The screenings
# first, by indexes of their own, and then the answers: joined, all answers ever given are read.
ANSWERS = """
SELECT coalesce(s.follows_id, s.id), a.id, c.name_en, c.name_ru, a.zone_bound, a.affected_zones,
       ARRAY (SELECT z.id FROM procedures_zone z
               WHERE z.covers_all AND z.id = ANY (a.affected_zones)),
       a.stops_until,
       ARRAY (SELECT k.valid_from FROM clients_clearance k
               WHERE k.answer_id = a.id AND k.revoked_at IS NULL ORDER BY k.id),
       ARRAY (SELECT k.expires_on FROM clients_clearance k
               WHERE k.answer_id = a.id AND k.revoked_at IS NULL ORDER BY k.id)
  FROM clients_answer a
  JOIN clients_screening s ON s.id = a.screening_id
  JOIN procedures_contraindication c ON c.id = a.contraindication_id
 WHERE a.present AND a.screening_id = ANY (ARRAY (
       SELECT id FROM clients_screening WHERE id = ANY (%(full)s)
       UNION ALL
       SELECT id FROM clients_screening WHERE follows_id = ANY (%(full)s)))
 ORDER BY a.id
"""


def screening_facts(screening: Screening) -> ScreeningFacts:
    """The full screening with what was added at its visits, as the verdict needs it."""
    return facts_of([screening])[screening.pk]


def facts_of(screenings: Collection[Screening]) -> dict[int, ScreeningFacts]:
    """The same for many full screenings at once, by id."""
    answers: dict[int, list[AnswerFact]] = {screening.pk: [] for screening in screenings}
    with connection.cursor() as cursor:
        cursor.execute(ANSWERS, {"full": list(answers)})
        for full, *row in cursor.fetchall():
            answers[full].append(_fact(row))
    return {
        screening.pk: ScreeningFacts(
            screening.asked_on, screening.valid_until, tuple(answers[screening.pk])
        )
        for screening in screenings
    }


def _fact(row: Sequence[Any]) -> AnswerFact:
    pk, name_en, name_ru, zone_bound, zones, covering, stops_until, first_days, last_days = row
    return AnswerFact(
        id=pk,
        name=Contraindication(name_en=name_en, name_ru=name_ru).name,
        zones=tuple(ZoneFact(zone, zone in covering) for zone in zones) if zone_bound else None,
        stops_until=stops_until,
        clearances=tuple(map(ClearedDays, first_days, last_days)),
    )
