"""What is read about people and their screenings, across models."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from clients import search
from clients.facts import screening_facts
from clients.models import Answer, Clearance, Client, Screening
from clients.querysets import ClientQuerySet
from clients.verdict import OnBody, Verdict, verdict_on
from procedures.models import ProcedureType, Protocol, Zone

__all__ = [
    "AnswersShown",
    "ClientPage",
    "VerdictRow",
    "VerdictTable",
    "answers_of",
    "client_page",
    "current_screening",
    "lookalikes",
    "verdict_for",
    "verdict_table",
]

PAGE_SIZE = 20
MOST_LOOKALIKES = 5


@dataclass(frozen=True, slots=True)
class ClientPage:
    """Some clients in their order; ``next_after`` is the id the next page follows, if any."""

    clients: tuple[Client, ...]
    next_after: int | None


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One procedure type; ``verdicts`` has one per zone of the table, None where it isn't done."""

    procedure_type: ProcedureType
    verdicts: tuple[Verdict | None, ...]


@dataclass(frozen=True, slots=True)
class VerdictTable:
    """What the client may have done on ``day``."""

    day: date
    zones: tuple[Zone, ...]
    rows: tuple[VerdictRow, ...]

    def all(self) -> list[Verdict]:
        return [verdict for row in self.rows for verdict in row.verdicts if verdict]


@dataclass(frozen=True, slots=True)
class AnswersShown:
    """The answers of a screening, by what was said, in the order of the asking."""

    yes: tuple["AnswerShown", ...]
    no: tuple["AnswerShown", ...]


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """An answer with the names of the zones it affects; ``answer.clearances`` are fetched."""

    answer: Answer
    zones: tuple[str, ...]


def client_page(query: search.Query | None, *, after: int | None = None) -> ClientPage:
    """A page of clients: all of them by name, or those that match, the newest card first.

    ``after`` is the ``next_after`` of the page before. Nothing is counted, and what matches is not
    sorted by name: a part of a name that half the clients have would be read to its end for that.
    Two queries at most.
    """
    clients = _by_name(after) if query is None else _newest_first(query, after)
    found = list(clients.defer("trigrams", "search_text")[: PAGE_SIZE + 1])
    page = tuple(found[:PAGE_SIZE])
    return ClientPage(page, page[-1].pk if len(found) > PAGE_SIZE else None)


def _by_name(after: int | None) -> ClientQuerySet:
    last = Client.objects.only("name").filter(pk=after).first() if after else None
    return Client.objects.after(last) if last else Client.objects.order_by("name", "id")


def _newest_first(query: search.Query, after: int | None) -> ClientQuerySet:
    clients = Client.objects.matching(query).order_by("-id")
    return clients.filter(pk__lt=after) if after else clients


def lookalikes(
    *, name: str, phone: str, email: str, birth_date: date | None, besides: Client | None = None
) -> list[Client]:
    """Up to five clients who may be the same person: same phone, e-mail, or name and birth date."""
    candidates = [Client.objects.filter(phone=phone)]
    if email:
        candidates.append(Client.objects.with_email(email))
    if birth_date:
        candidates.append(Client.objects.named(name).filter(birth_date=birth_date))
    found = {
        client.pk: client
        for clients in candidates
        for client in clients[: MOST_LOOKALIKES + 1]
        if client != besides
    }
    return list(found.values())[:MOST_LOOKALIKES]


def current_screening(client: Client) -> Screening | None:
    """The latest full screening: it supersedes those before it."""
    return client.screenings.full().order_by("-asked_at", "-id").first()


def verdict_for(screening: Screening | None, *, zone: OnBody, day: date) -> Verdict:
    """The verdict of a full screening (None: there is none) for one zone and day; one query."""
    facts = screening_facts(screening) if screening else None
    return verdict_on(facts, zone=zone, day=day)


def verdict_table(screening: Screening | None, *, day: date) -> VerdictTable:
    """The verdict for everything the clinic does: procedure types by zones; two queries."""
    facts = screening_facts(screening) if screening else None
    protocols = list(Protocol.objects.active().select_related("procedure_type", "zone"))
    zones = sorted({p.zone for p in protocols}, key=lambda zone: (zone.position, zone.code))
    types = dict.fromkeys(protocol.procedure_type for protocol in protocols)
    verdicts = {zone: verdict_on(facts, zone=zone, day=day) for zone in zones}
    done = {(protocol.procedure_type_id, protocol.zone_id) for protocol in protocols}
    rows = (
        VerdictRow(
            procedure_type,
            tuple(
                verdicts[zone] if (procedure_type.pk, zone.pk) in done else None for zone in zones
            ),
        )
        for procedure_type in types
    )
    return VerdictTable(day, tuple(zones), tuple(rows))


def answers_of(screening: Screening) -> AnswersShown:
    """The answers of a full screening and then of its visits; 3 queries."""
    zones = {zone.pk: zone.name for zone in Zone.objects.all()}
    answers = (
        Answer.objects.counting_for([screening.pk])
        .select_related("screening", "contraindication")
        .prefetch_related(Prefetch("clearances", Clearance.objects.select_related("given_by")))
        .order_by("screening__asked_at", "screening", "contraindication__position")
    )
    shown = [
        AnswerShown(answer, tuple(zones[pk] for pk in answer.affected_zones if pk in zones))
        for answer in answers
    ]
    return AnswersShown(
        tuple(each for each in shown if each.answer.present),
        tuple(each for each in shown if not each.answer.present),
    )
