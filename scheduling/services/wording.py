"""A clinic's own words for its mails: kept, taken back, tried out."""

from datetime import datetime

from django.utils.translation import gettext as _

from cryoclinic.audit import service
from cryoclinic.models import Clinic, User
from scheduling.emails.sample import sample_mail
from scheduling.emails.shipped import SHIPPED
from scheduling.emails.words import Draft
from scheduling.errors import MailNotTaken, WordingMistaken
from scheduling.models import Wording
from scheduling.models.message import MessageKind
from scheduling.wording_text import mistakes


@service
def save_wording(
    *, by: User, clinic: Clinic, kind: MessageKind, language: str, draft: Draft
) -> Wording:
    """Mails of this kind and language say it from now on, those that wait included.

    Raises ``WordingMistaken`` where it could not be filled in.
    """
    _check(kind, draft)
    said = {"subject": draft.subject, "intro": draft.intro, "closing": draft.closing}
    wording, _created = Wording.objects.update_or_create(
        clinic=clinic, kind=kind, language=language, defaults=said
    )
    return wording


@service
def reset_wording(*, by: User, clinic: Clinic, kind: MessageKind, language: str) -> None:
    """Back to the shipped words; what the clinic had stays in the record of changes."""
    Wording.objects.filter(clinic=clinic, kind=kind, language=language).delete()


def send_test(
    *,
    by: User,
    clinic: Clinic,
    kind: MessageKind,
    language: str,
    draft: Draft,
    now: datetime,
) -> None:
    """A made-up client's mail in these words, to the user's own address; nothing is written.

    Raises ``MailNotTaken`` where there is no address, or the mail server does not take it.
    """
    _check(kind, draft)
    if not by.email:
        raise MailNotTaken(
            _("Your account has no e-mail address."), _("Ask a manager to enter it in the admin.")
        )
    mail = sample_mail(kind, clinic, language=language, to=by.email, now=now, draft=draft)
    mail.subject = _("Test: %(subject)s") % {"subject": mail.subject}
    try:
        mail.send()
    except OSError as error:  # smtplib's own errors are OSErrors too
        raise MailNotTaken(_("The mail server did not take the test."), _try_later()) from error


def _try_later() -> str:
    return _("Try again in a minute; if it stays so, the settings of the mail server are wrong.")


def _check(kind: MessageKind, draft: Draft) -> None:
    known = SHIPPED[kind].names
    found = [
        mistake
        for text in (draft.subject, draft.intro, draft.closing)
        for mistake in mistakes(text, known)
    ]
    if found or not draft.subject.strip():
        raise WordingMistaken(" ".join(found) or _("The subject is empty."))
