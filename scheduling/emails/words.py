"""The words of one mail: the clinic's own where they can be filled in, else the shipped ones."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language

from cryoclinic.models import Clinic
from scheduling.emails.shipped import SHIPPED
from scheduling.models import Wording
from scheduling.models.message import MessageKind
from scheduling.wording_text import BrokenWording, fill

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """The three parts as they are written, names in braces."""

    subject: str
    intro: str
    closing: str


@dataclass(frozen=True, slots=True)
class Words:
    """The three parts as they are sent; ``fell_back``: the clinic's own could not be used."""

    subject: str
    intro: str
    closing: str
    fell_back: bool = False

    @property
    def intro_paragraphs(self) -> list[str]:
        return _paragraphs(self.intro)

    @property
    def closing_paragraphs(self) -> list[str]:
        return _paragraphs(self.closing)


def shipped_draft(kind: MessageKind) -> Draft:
    """The shipped words in the active language."""
    shipped = SHIPPED[kind]
    return Draft(str(shipped.subject), str(shipped.intro), str(shipped.closing))


def own_draft(clinic: Clinic, kind: MessageKind) -> Draft | None:
    """The clinic's words in the active language, if it has its own; one query."""
    rows = Wording.objects.filter(clinic=clinic, kind=kind, language=get_language())
    found = rows.values_list("subject", "intro", "closing").first()
    return Draft(*found) if found else None


def words_of(kind: MessageKind, draft: Draft | None, values: Mapping[str, str]) -> Words:
    """``draft`` are the clinic's own words, None for the shipped ones.

    A draft that can't be filled in holds no mail up: it goes out in the shipped words, and says so.
    """
    known = {name: values[name] for name in SHIPPED[kind].names}
    if draft is not None:
        try:
            return _filled(draft, known)
        except BrokenWording:
            logger.exception("the wording of %s can't be used", kind.value)
    words = _filled(shipped_draft(kind), known)
    return Words(words.subject, words.intro, words.closing, fell_back=draft is not None)


def _filled(draft: Draft, values: Mapping[str, str]) -> Words:
    subject = " ".join(fill(draft.subject, values).split())
    if not subject:
        raise BrokenWording("the subject is empty")
    return Words(subject, fill(draft.intro, values).strip(), fill(draft.closing, values).strip())


def _paragraphs(text: str) -> list[str]:
    """What empty lines part; a line break inside one stays."""
    blocks = text.replace("\r\n", "\n").split("\n\n")
    return [block.strip() for block in blocks if block.strip()]
