"""The only writers of client cards."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import phones
from clients.models import Client
from cryoclinic.audit import service
from cryoclinic.models import User


class MailWish(TextChoices):
    """Which e-mails a client wishes to get."""

    ALL = "all", _("everything, advice after a session too")
    NEEDED = "needed", _("only what is about my visits: the plan, reminders, changes")
    NONE = "none", _("no e-mail at all")

    @classmethod
    def of(cls, client: Client) -> "MailWish":
        if not client.email_consent:
            return cls.NONE
        return cls.ALL if client.optional_mail else cls.NEEDED


@service
def add_client(
    *,
    by: User,
    name: str,
    phone: str,
    email: str = "",
    birth_date: date | None = None,
    language: str = "ru",
    email_consent: bool = False,
    optional_mail: bool = True,
    note: str = "",
) -> Client:
    """Add a client card; the phone may come as typed. Raises ValidationError with the fields."""
    client = Client()
    _fill(
        client,
        name=name,
        phone=phone,
        email=email,
        birth_date=birth_date,
        language=language,
        optional_mail=optional_mail,
        note=note,
    )
    _consent(client, email_consent)
    return _saved(client)


@service
def change_client(
    *,
    by: User,
    client: Client,
    name: str,
    phone: str,
    email: str = "",
    birth_date: date | None = None,
    language: str = "ru",
    email_consent: bool = False,
    optional_mail: bool = True,
    note: str = "",
) -> Client:
    """Change the card to exactly these values. Raises ValidationError with the fields."""
    changed = Client.objects.select_for_update(no_key=True).get(pk=client.pk)
    _fill(
        changed,
        name=name,
        phone=phone,
        email=email,
        birth_date=birth_date,
        language=language,
        optional_mail=optional_mail,
        note=note,
    )
    _consent(changed, email_consent)
    return _saved(changed)


@service
def change_mail_wishes(
    *, by: User, client: Client, language: str | None = None, mail: MailWish
) -> Client:
    """What the client wishes to be written, and in which language (None: as before).

    No mail at all takes the consent back; any mail gives it, where there is an address.
    """
    changed = Client.objects.select_for_update(no_key=True).get(pk=client.pk)
    changed.language = language or changed.language
    changed.optional_mail = mail is MailWish.ALL
    _consent(changed, mail is not MailWish.NONE)
    # Not cleaned: a card that lacks something must not keep anybody from ending their mail.
    changed.save(update_fields=["language", "optional_mail", "email_consent", "email_consent_at"])
    return changed


def _fill(
    client: Client,
    *,
    name: str,
    phone: str,
    email: str,
    birth_date: date | None,
    language: str,
    optional_mail: bool,
    note: str,
) -> None:
    client.name = " ".join(name.split())
    client.phone = _phone(phone)
    client.email = email.strip()
    client.birth_date = birth_date
    client.language = language
    client.optional_mail = optional_mail
    client.note = note.strip()


def _phone(typed: str) -> str:
    try:
        return phones.parse(typed)
    except ValidationError as error:
        raise ValidationError({"phone": error}) from error


def _consent(client: Client, agrees: bool) -> None:
    """Dated when it is given; withdrawn, only the audit record still knows the date."""
    if agrees and not client.email_consent:
        client.email_consent_at = timezone.now()
    if not agrees:
        client.email_consent_at = None
    client.email_consent = agrees


def _saved(client: Client) -> Client:
    client.full_clean()
    client.save()
    return client
