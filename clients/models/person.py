"""The client card."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.expressions import SearchText, Trigrams
from clients.querysets import ClientQuerySet
from clients.validators import validate_birth_date, validate_phone
from cryoclinic.audit import audited


@audited(exclude=["search_text", "trigrams"])
class Client(models.Model):
    """A person who is, or may be, treated."""

    name = models.CharField(_("name"), max_length=150)
    phone = models.CharField(
        _("phone"),
        max_length=16,
        validators=[validate_phone],
        help_text=_("With the country code, such as +7 912 345-67-89."),
    )
    email = models.EmailField(_("e-mail"), blank=True)
    birth_date = models.DateField(
        _("birth date"), null=True, blank=True, validators=[validate_birth_date]
    )
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="ru"
    )
    email_consent = models.BooleanField(
        _("agrees to get e-mail"),
        default=False,
        help_text=_("Plans, reminders and changes are sent only with it."),
    )
    email_consent_at = models.DateTimeField(_("agreed at"), null=True, blank=True, editable=False)
    optional_mail = models.BooleanField(
        _("also gets advice by e-mail"),
        default=True,
        db_default=True,
        help_text=_("What to mind after sessions. Plans and reminders do not depend on it."),
    )
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(_("added at"), auto_now_add=True)

    search_text = models.GeneratedField(
        expression=SearchText("name", "phone", "email"),
        output_field=models.TextField(),
        db_persist=True,
    )
    trigrams = models.GeneratedField(
        expression=Trigrams(SearchText("name", "phone", "email")),
        output_field=ArrayField(models.CharField(max_length=3)),
        db_persist=True,
    )

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["name", "id"]
        indexes = [
            GinIndex(fields=["trigrams"], name="client_trigrams", fastupdate=False),
            models.Index(fields=["name", "id"], name="client_by_name"),
            models.Index(fields=["phone"], name="client_by_phone"),
        ]
        constraints = [
            models.CheckConstraint(
                name="client_phone_e164",
                condition=Q(phone__regex=r"^\+[1-9][0-9]{6,14}$"),
                violation_error_message=_("A phone number needs its country code."),
            ),
            models.CheckConstraint(
                name="client_consent_dated",
                condition=Q(email_consent=False) | Q(email_consent_at__isnull=False),
            ),
        ]
        permissions = [
            ("view_answers", _("Can see the answers of a screening")),
        ]
        triggers = [pgtrigger.Protect(name="keep_client", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name

    @property
    def may_be_mailed(self) -> bool:
        return self.email_consent and bool(self.email)
