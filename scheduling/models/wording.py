"""What a clinic wants its mails to say in its own words."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cryoclinic.audit import audited
from cryoclinic.models import Clinic
from scheduling.models.message import MessageKind


@audited()
class Wording(models.Model):
    """Plain text with {names}, as ``scheduling.wording_text`` fills them in.

    Of one kind in one language; without a row the shipped words are used
    (``scheduling.emails.shipped``).
    """

    clinic = models.ForeignKey(Clinic, verbose_name=_("clinic"), on_delete=models.PROTECT)
    kind = models.CharField(_("kind"), max_length=20, choices=MessageKind)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=150)
    intro = models.TextField(_("beginning"), max_length=2000, blank=True)
    closing = models.TextField(_("end"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        ordering = ["kind", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "kind", "language"], name="wording_one_per_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_language_display()}"
