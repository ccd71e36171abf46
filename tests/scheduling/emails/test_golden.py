"""Every kind of mail in both languages, whole, as a file that a person can read and judge."""

import pytest
import time_machine

from scheduling.models.message import MessageKind
from tests.scheduling.emails.samples import GOLDEN, NOON, make_clinic, whole

pytestmark = pytest.mark.django_db

EVERY = [(kind, language) for kind in MessageKind for language in ("en", "ru")]


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_mail_reads_as_in_its_file(kind, language):
    """A wording that is meant to change is changed in the file too."""
    with time_machine.travel(NOON, tick=False):
        said = whole(make_clinic(language), kind)

    assert said == (GOLDEN / f"{kind}.{language}.txt").read_text()


def test_there_is_a_file_for_every_mail_and_no_other():
    names = {f"{kind}.{language}.txt" for kind, language in EVERY}

    assert {path.name for path in GOLDEN.iterdir()} == names


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_no_line_is_too_long_and_nothing_is_escaped(kind, language):
    text = (GOLDEN / f"{kind}.{language}.txt").read_text()

    lines = [line for line in text.splitlines() if "://" not in line]
    assert max(map(len, lines)) <= 78
    assert [mark for mark in ("&amp;", "&lt;", "&#", "\n\n\n", "{", "}") if mark in text] == []
