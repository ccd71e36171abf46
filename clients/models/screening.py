"""One answered questionnaire, kept as it was asked, and a clinician's permission over it.

The verdict is computed (``clients.verdict``), never stored. The database computes it once more, on
its own, before it lets an appointment be booked, checked in or completed.
"""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models.person import Client
from clients.querysets import AnswerQuerySet, ClearanceQuerySet, ScreeningQuerySet
from cryoclinic.audit import audited
from procedures.models import Contraindication, ContraindicationKind


@audited()
class Screening(models.Model):
    """One asking: in full, or at a visit (``follows`` set: the passing ones asked again).

    ``asked_on`` and ``valid_until`` are days of the clinic's calendar; the last one still counts.
    """

    client = models.ForeignKey(
        Client, verbose_name=_("client"), on_delete=models.PROTECT, related_name="screenings"
    )
    follows = models.ForeignKey(
        "self",
        verbose_name=_("asks again after"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="follow_ups",
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), on_delete=models.PROTECT
    )
    asked_at = models.DateTimeField(_("asked at"))
    asked_on = models.DateField(_("asked on"))
    valid_until = models.DateField(_("valid until"))

    objects = ScreeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["client", "-asked_at"], name="screening_by_client")]
        constraints = [
            # The target of the appointments' foreign key: a screening of the same client.
            models.UniqueConstraint(fields=["id", "client"], name="screening_client_key"),
            models.CheckConstraint(
                name="screening_validity_ordered", condition=Q(valid_until__gte=F("asked_on"))
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="keep_screening", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.client}, {self.asked_on}"

    @property
    def is_full(self) -> bool:
        return self.follows_id is None


@audited()
class Answer(models.Model):
    """One question of a screening and its answer, with the wording and the rule of that day.

    Where ``present``, it stops the procedure from the day it was asked until ``stops_until``, the
    first day on which it no longer does; without one, for good.
    """

    screening = models.ForeignKey(
        Screening, verbose_name=_("screening"), on_delete=models.PROTECT, related_name="answers"
    )
    contraindication = models.ForeignKey(
        Contraindication, verbose_name=_("contraindication"), on_delete=models.PROTECT
    )
    question = models.CharField(_("question as asked"), max_length=300)
    kind = models.CharField(_("kind"), max_length=8, choices=ContraindicationKind)
    zone_bound = models.BooleanField(_("only for the affected zones"))
    present = models.BooleanField(_("answered yes"))
    affected_zones = ArrayField(
        models.BigIntegerField(), verbose_name=_("affected zones"), default=list, blank=True
    )
    stops_until = models.DateField(_("stops until"), null=True, blank=True)
    comment = models.CharField(_("comment"), max_length=300, blank=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["contraindication__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["screening", "contraindication"], name="answer_one_per_question"
            ),
            # The target of the clearances' foreign key: only a passing one can be cleared.
            models.UniqueConstraint(fields=["id", "kind"], name="answer_kind_key"),
            models.CheckConstraint(
                name="answer_zones_iff_zone_bound",
                condition=Q(zone_bound=True, present=True, affected_zones__len__gt=0)
                | (~Q(zone_bound=True, present=True) & Q(affected_zones=[])),
            ),
            models.CheckConstraint(
                name="answer_stops_until_iff_passing",
                condition=Q(present=True, kind="passing", stops_until__isnull=False)
                | Q(present=True, kind="absolute", stops_until__isnull=True)
                | Q(present=False, stops_until__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="keep_answer", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.question


@audited()
class Clearance(models.Model):
    """A clinician's written permission over one passing contraindication, from a day to a day.

    Both ends are days of the clinic's calendar and count. ``kind`` is always "passing": a foreign
    key in the database ties it to the answer's own, so an absolute one can't be cleared.
    """

    answer = models.ForeignKey(
        Answer, verbose_name=_("answer"), on_delete=models.PROTECT, related_name="clearances"
    )
    kind = models.CharField(
        max_length=8, choices=ContraindicationKind, default="passing", editable=False
    )
    valid_from = models.DateField(_("valid from"))
    expires_on = models.DateField(_("last day"))
    reason = models.TextField(_("reason"))
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("given by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    given_at = models.DateTimeField(_("given at"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = ClearanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("clearance")
        verbose_name_plural = _("clearances")
        ordering = ["-given_at"]
        constraints = [
            models.CheckConstraint(
                name="clearance_passing_only", condition=Q(kind=ContraindicationKind.PASSING)
            ),
            models.CheckConstraint(
                name="clearance_days_ordered", condition=Q(expires_on__gte=F("valid_from"))
            ),
            models.CheckConstraint(name="clearance_reasoned", condition=~Q(reason="")),
        ]
        triggers = [
            pgtrigger.Protect(name="keep_clearance", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="clearance_as_given",
                exclude=["revoked_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}–{self.expires_on}"
