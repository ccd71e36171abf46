"""The messages in a worker's hands: read together, and looked at again before they go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from scheduling.mail_facts import Facts, facts_of_all
from scheduling.models import Message
from scheduling.models.message import MessageKind

# Kinds that are made of nothing but the rows in their fingerprint.
COVERED = [
    MessageKind.COURSE_BOOKED.value,
    MessageKind.REMINDER.value,
    MessageKind.MISSED.value,
    MessageKind.AFTERCARE.value,
    MessageKind.COURSE_FINISHED.value,
]

# The versions of the rows that the mail is made of: one that was written since has another xmin.
_FINGERPRINTS = """
SELECT m.id, m.leased_until, m.kind = ANY (%(covered)s), concat_ws(
           '/', m.xmin,
           (SELECT k.xmin FROM cryoclinic_clinic k WHERE k.id = m.clinic_id),
           (SELECT p.xmin FROM clients_client p WHERE p.id = m.client_id),
           (SELECT c.xmin FROM scheduling_course c WHERE c.id = m.course_id),
           (SELECT string_agg(a.xmin::text, ',' ORDER BY a.id)
              FROM scheduling_appointment a WHERE a.course_id = m.course_id),
           (SELECT string_agg(w.xmin::text, ',' ORDER BY w.id)
              FROM scheduling_wording w WHERE w.clinic_id = m.clinic_id AND w.kind = m.kind))
  FROM scheduling_message m
 WHERE m.id = ANY (%(ids)s) AND m.status = 'sending'
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """``fingerprint`` is that of the rows it was read from, empty where it must be read again."""

    message: Message
    facts: Facts
    fingerprint: str


def read_claimed(ids: Sequence[int], lease: datetime, *, now: datetime) -> list[Claimed]:
    """What each message is about, in the order of the ids; without those under another lease.

    The fingerprints come first: what is written while the rest is read makes them differ later.
    """
    seen = _fingerprints(ids, lease)
    found = messages_to_send().in_bulk(list(seen))
    facts = facts_of_all(list(found.values()), now=now)
    return [Claimed(found[pk], facts[pk], seen[pk]) for pk in ids if pk in found]


def unchanged_of(claimed: Sequence[Claimed], lease: datetime) -> set[int]:
    """Ids of those of which nothing that the mail says was written since it was read.

    One query, by primary keys.
    """
    seen = _fingerprints([each.message.pk for each in claimed], lease)
    return {
        each.message.pk
        for each in claimed
        if each.fingerprint and seen.get(each.message.pk) == each.fingerprint
    }


def messages_to_send() -> QuerySet[Message]:
    """With all that a mail says of them."""
    related = ("clinic", "client", "course__clinic", "appointment")
    return Message.objects.select_related(*related).defer("source", "told")


def _fingerprints(ids: Sequence[int], lease: datetime) -> dict[int, str]:
    """By message, of those being sent under this lease."""
    with connection.cursor() as cursor:
        cursor.execute(_FINGERPRINTS, {"ids": list(ids), "covered": COVERED})
        return {
            pk: seen if is_covered else ""
            for pk, leased_until, is_covered, seen in cursor.fetchall()
            if leased_until == lease
        }
