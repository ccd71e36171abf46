"""Which mails a clinic words itself, and whether its words can be used."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

from cryoclinic.models import Clinic
from scheduling.emails.shipped import NAMES, SHIPPED
from scheduling.emails.words import Draft, own_draft, shipped_draft
from scheduling.models import Wording
from scheduling.models.message import MessageKind
from scheduling.wording_text import mistakes


@dataclass(frozen=True, slots=True)
class WordingCell:
    """One kind in one language; ``state`` is shipped, own or broken."""

    language: str
    language_name: str
    state: str


@dataclass(frozen=True, slots=True)
class WordingLine:
    """One kind of mail in every language."""

    kind: MessageKind
    cells: tuple[WordingCell, ...]


def wording_table(clinic: Clinic) -> list[WordingLine]:
    """Every kind in every language; one query."""
    own = {(each.kind, each.language): each for each in Wording.objects.filter(clinic=clinic)}
    return [
        WordingLine(
            kind,
            tuple(
                WordingCell(code, str(name), _state(own.get((kind.value, code))))
                for code, name in settings.LANGUAGES
            ),
        )
        for kind in MessageKind
    ]


def broken_wordings(clinic: Clinic) -> int:
    """How many of the clinic's own wordings can't be used; one query."""
    return sum(_state(each) == "broken" for each in Wording.objects.filter(clinic=clinic))


def draft_of(clinic: Clinic, kind: MessageKind, language: str) -> tuple[Draft, bool]:
    """What mails of this kind say now, and whether it is the clinic's own; one query."""
    with translation.override(language):
        own = own_draft(clinic, kind)
        return own or shipped_draft(kind), own is not None


def names_known(kind: MessageKind) -> list[tuple[str, str | Promise]]:
    """What may stand in braces, with what it stands for."""
    return [(name, NAMES[name]) for name in SHIPPED[kind].names]


def mistakes_in(kind: MessageKind, texts: Iterable[str]) -> list[str]:
    return [mistake for text in texts for mistake in mistakes(text, SHIPPED[kind].names)]


def _state(wording: Wording | None) -> str:
    if wording is None:
        return "shipped"
    texts = (wording.subject, wording.intro, wording.closing)
    kind = MessageKind(wording.kind)
    usable = wording.subject.strip() and not mistakes_in(kind, texts)
    return "own" if usable else "broken"
