"""What the tests of whole mails stand on: one clinic per language, and its made-up mails."""

import re
from datetime import UTC, datetime
from pathlib import Path

from cryoclinic.models import Clinic
from scheduling.emails.sample import sample_mail
from scheduling.models.message import MessageKind
from scheduling.services.outbox import announce_course
from tests.scheduling.outbox_clinic import make_course

GOLDEN = Path(__file__).parent / "golden"
# Tuesday noon in Moscow.
NOON = datetime(2026, 5, 12, 9, tzinfo=UTC)
NAMES = {"en": "Frost & Snow", "ru": "Клиника «Иней»"}
ADDRESSES = {"en": "1 Frost Street, <2nd> floor", "ru": "Морозная улица, 1, <2-й> этаж"}


def make_clinic(language: str) -> Clinic:
    """Saved, and speaking the language."""
    return Clinic.objects.create(
        name=NAMES[language],
        address=ADDRESSES[language],
        phone="+74951234567",
        email="desk@frost.example",
        map_url="https://map.example/?a=1&b=2",
        time_zone="Europe/Moscow",
        language=language,
    )


def whole(clinic: Clinic, kind: MessageKind) -> str:
    """Sender, subject and text of the sample, its links' tokens left out."""
    mail = sample_mail(kind, clinic, language=clinic.language, to="anna@example.com", now=NOON)
    sender = mail.extra_headers["From"]
    head = f"From: {sender}\nTo: {mail.to[0]}\nSubject: {mail.subject}"
    text = re.sub(r"https?://[^/\s]+/(v|u)/[^/\s]+/", r"https://site/\1/TOKEN/", str(mail.body))
    return f"{head}\n\n{re.sub(r'https?://[^/]+/board/', 'https://site/board/', text)}"


def book(clinic, **client):
    """The course of ``make_course``, its client with these fields, the messages written."""
    course, visits = make_course(clinic)
    for name, value in ({"name": "Anna “A” O'Neil <x>"} | client).items():
        setattr(course.client, name, value)
    course.client.save()
    announce_course(course, visits, now=NOON)
    return course, visits
