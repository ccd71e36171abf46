"""Money received for a course: only ever added, so that the balance is always its sum."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cryoclinic.audit import audited
from scheduling.models.course import Course


@audited()
class Payment(models.Model):
    """A refund or a correction is a payment of a negative amount."""

    course = models.ForeignKey(
        Course, verbose_name=_("course"), on_delete=models.PROTECT, related_name="payments"
    )
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    comment = models.CharField(_("comment"), max_length=200, blank=True)
    received_at = models.DateTimeField(_("received at"))
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("received by"), on_delete=models.PROTECT
    )

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["received_at", "id"]
        constraints = [models.CheckConstraint(name="payment_not_zero", condition=~Q(amount=0))]
        triggers = [
            pgtrigger.Protect(name="keep_payment", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
