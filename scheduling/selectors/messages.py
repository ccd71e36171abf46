"""The outbox as the desk reads it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients import search
from clients.models import Client
from cryoclinic.models import Clinic
from scheduling import problems
from scheduling.models import Message

PAGE = 30
# A name that more of them have is typed further.
CLIENTS = 200
# The list begins with what went out lately and what goes out next; later ones are asked for.
SOON = timedelta(days=2)

PROBLEMS = {
    problems.CANCELLED: gettext_lazy("The visit was cancelled or missed."),
    problems.MOVED: gettext_lazy("The visit was moved to another time."),
    problems.PAST: gettext_lazy("The visit had already begun."),
    problems.HELD: gettext_lazy("The course was on hold."),
    problems.STOPPED: gettext_lazy("The course was over."),
    problems.UNCHANGED: gettext_lazy("All is as the client knows it."),
    problems.SETTLED: gettext_lazy("What it was about was settled before."),
    problems.OVERTAKEN: gettext_lazy("A later reminder of the same visit was due as well."),
    problems.RETIMED: gettext_lazy("The clinic reminds at other times since."),
    problems.NOT_WANTED: gettext_lazy("The client does not want this kind of e-mail."),
    problems.NO_CONSENT: gettext_lazy("The client does not agree to e-mail, or has no address."),
    problems.BY_DESK: gettext_lazy("The desk withdrew it."),
    problems.NETWORK: gettext_lazy("The mail server could not be reached."),
    problems.BAD_ADDRESS: gettext_lazy("No mail can be sent to this address. Correct it."),
}


def problem_text(problem: str) -> str:
    """The problem in the reader's language; empty for none."""
    if problem.startswith(problems.SMTP):
        code = problem.removeprefix(problems.SMTP).strip()
        if code.startswith("5"):
            return _("The mail server refused it for good (code %(code)s). Check the address.") % {
                "code": code
            }
        return _("The mail server could not take it (code %(code)s).") % {"code": code}
    return str(PROBLEMS.get(problem, problem))


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message of the list; its times are on the clinic's clock."""

    message: Message
    due_at: datetime
    sent_at: datetime | None
    problem: str

    @property
    def address(self) -> str:
        """Where it went, or would go."""
        return self.message.sent_to or (self.message.client or self.message.clinic).email


@dataclass(frozen=True)
class MessagePage:
    """A page of the outbox, latest due first. ``next_after`` is the key of the one that follows."""

    clinic: Clinic
    found: list[Message]
    # How many clients were looked at, where more than those are found by what was typed; else 0.
    newest_clients: int = 0

    @cached_property
    def lines(self) -> list[MessageLine]:
        return [line_of(message, self.clinic) for message in self.found[:PAGE]]

    @property
    def next_after(self) -> str:
        if len(self.found) <= PAGE:
            return ""
        last = self.found[PAGE - 1]
        return f"{last.due_at.isoformat()}_{last.pk}"


def line_of(message: Message, clinic: Clinic) -> MessageLine:
    return MessageLine(
        message=message,
        due_at=clinic.local(message.due_at),
        sent_at=message.sent_at and clinic.local(message.sent_at),
        problem=problem_text(message.problem),
    )


def message_page(
    clinic: Clinic,
    *,
    status: str = "",
    kind: str = "",
    client: int | None = None,
    typed: str = "",
    after: str = "",
) -> MessagePage:
    """One query, and one for the clients where something is ``typed``: it is looked for in their
    name, phone and e-mail, and the newest ``CLIENTS`` of those found are asked about.

    Asked for nothing in particular, it leaves out what is due in more than two days.
    """
    messages = Message.objects.filter(clinic=clinic).defer("source")
    messages = messages.select_related("clinic", "client", "appointment")
    if status:
        messages = messages.filter(status=status)
    if kind:
        messages = messages.filter(kind=kind)
    if client is not None:
        messages = messages.filter(client=client)
    clients = _newest_matching(typed) if typed else []
    if typed:
        messages = messages.filter(client__in=clients[:CLIENTS])
    if not (status or kind or client or typed):
        messages = messages.filter(due_at__lte=timezone.now() + SOON)
    found = _after(messages, after).order_by("-due_at", "-id")
    newest = CLIENTS if len(clients) > CLIENTS else 0
    return MessagePage(clinic, list(found[: PAGE + 1]), newest_clients=newest)


def _newest_matching(typed: str) -> list[int]:
    """Ids as values, not as a subquery: PostgreSQL would join all clients to all messages.

    One more than ``CLIENTS`` where there are more.
    """
    matching = Client.objects.matching(search.parse(typed)).order_by("-pk")
    return list(matching.values_list("pk", flat=True)[: CLIENTS + 1])


def _after(messages: QuerySet[Message], key: str) -> QuerySet[Message]:
    """Those that follow the key; all of them where it is none."""
    moment, _separator, pk = key.rpartition("_")
    try:
        due_at = parse_datetime(moment)
    except ValueError:
        due_at = None
    if due_at is None or due_at.tzinfo is None or not pk.isdecimal():
        return messages
    return messages.filter(Q(due_at__lte=due_at), Q(due_at__lt=due_at) | Q(pk__lt=int(pk)))
