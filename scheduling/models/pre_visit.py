"""What a client says on their own page before a visit, and what the clinic made of it."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cryoclinic.audit import audited
from scheduling.models.appointment import Appointment
from scheduling.querysets import PreVisitAnswerQuerySet


class ReviewOutcome(models.TextChoices):
    GOES_ON = "goes_on", _("the visit goes on")
    HELD = "held", _("the course is on hold")


@audited()
class PreVisitAnswer(models.Model):
    """One answer to “has anything changed?”. It is the client's own word, not a screening: the
    passing contraindications are asked again at the visit whatever it says.

    ``present`` are ids of the contraindications that the client ticked. Where something has
    changed, the appointment waits: a trigger lets nobody check in before the answer is reviewed.
    ``schedule_version`` is the appointment's when it was asked: after a move it is asked again.
    """

    Outcome = ReviewOutcome

    appointment = models.ForeignKey(
        Appointment,
        verbose_name=_("appointment"),
        on_delete=models.PROTECT,
        related_name="pre_visit_answers",
    )
    schedule_version = models.PositiveIntegerField(editable=False)
    changed = models.BooleanField(_("something has changed"))
    present = ArrayField(
        models.BigIntegerField(), verbose_name=_("contraindications"), default=list, blank=True
    )
    comment = models.CharField(_("comment"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("answered at"))
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reviewed by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    outcome = models.CharField(_("outcome"), max_length=7, choices=ReviewOutcome, blank=True)
    review_comment = models.CharField(_("comment of the review"), max_length=300, blank=True)

    objects = PreVisitAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer before a visit")
        verbose_name_plural = _("answers before visits")
        ordering = ["-answered_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="pre_visit_answer_says_what_changed",
                condition=Q(changed=False, present=[], comment="")
                | (Q(changed=True) & (Q(present__len__gt=0) | ~Q(comment=""))),
            ),
            models.CheckConstraint(
                name="pre_visit_answer_reviewed_whole",
                condition=Q(reviewed_at=None, reviewed_by=None, outcome="", review_comment="")
                | (
                    Q(changed=True, reviewed_by__isnull=False, reviewed_at__isnull=False)
                    & ~Q(outcome="")
                ),
            ),
            # One at a time: while it waits for the clinic there is nothing to answer.
            models.UniqueConstraint(
                fields=["appointment"],
                condition=Q(changed=True, reviewed_at=None),
                name="pre_visit_answer_one_to_review",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="keep_pre_visit_answer", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="pre_visit_answer_as_given",
                fields=[
                    "appointment",
                    "schedule_version",
                    "changed",
                    "present",
                    "comment",
                    "answered_at",
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment}, {self.answered_at:%Y-%m-%d}"

    @property
    def awaits_review(self) -> bool:
        return self.changed and self.reviewed_at is None
