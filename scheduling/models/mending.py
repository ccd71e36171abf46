"""When a course is looked at next, and what was found that the desk has to decide."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cryoclinic.audit import audited
from scheduling.models.course import Course
from scheduling.querysets import CourseProposalQuerySet


class CourseCheck(models.Model):
    """The worker's own note of when to look at a course again; a course without one is left alone.

    ``asked`` counts the times that somebody wanted it looked at, so that what changes while the
    worker is looking is not taken for looked at. Not audited: it says nothing about the course, and
    is written with every change of it.
    """

    course = models.OneToOneField(
        Course, on_delete=models.CASCADE, primary_key=True, related_name="check_due"
    )
    due_at = models.DateTimeField()
    asked = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("course to look at")
        verbose_name_plural = _("courses to look at")
        indexes = [models.Index(fields=["due_at", "course"], name="coursecheck_due")]

    def __str__(self) -> str:
        return f"{self.course_id}: {self.due_at}"


class ProposalReason(models.TextChoices):
    UNAVAILABLE = "unavailable", _("what it needs is not there")
    SESSION_LOST = "session_lost", _("session lost")
    GAP_TOO_LONG = "gap_too_long", _("gap too long")


class ProposalStatus(models.TextChoices):
    OPEN = "open", _("open")
    ACCEPTED = "accepted", _("accepted")
    DISMISSED = "dismissed", _("dismissed")
    STALE = "stale", _("overtaken")


@audited()
class CourseProposal(models.Model):
    """A plan that would mend a course by changing what the client was told: the desk decides.

    ``steps`` are tokens of ``scheduling.standing.Step`` in order, empty where no plan was found;
    ``fingerprint`` is the course's for which they hold, ``cells`` how long each takes specialist,
    room and device. ``relaxed`` names the wish that the plan sets aside, as ``Relax`` does.
    """

    Reason = ProposalReason
    Status = ProposalStatus

    course = models.ForeignKey(
        Course, verbose_name=_("course"), on_delete=models.PROTECT, related_name="proposals"
    )
    reason = models.CharField(_("reason"), max_length=16, choices=ProposalReason)
    relaxed = models.CharField(_("wish set aside"), max_length=16, blank=True)
    steps = models.JSONField(_("plan"), default=list, blank=True)
    cells = models.PositiveSmallIntegerField(_("cells"))
    fingerprint = models.CharField(max_length=32, editable=False)
    status = models.CharField(
        _("status"), max_length=9, choices=ProposalStatus, default=ProposalStatus.OPEN
    )
    created_at = models.DateTimeField(_("proposed at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = CourseProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("course proposal")
        verbose_name_plural = _("course proposals")
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["course"], condition=Q(status="open"), name="proposal_one_open_per_course"
            ),
            models.CheckConstraint(
                name="proposal_decided_unless_open",
                condition=Q(status="open", decided_at=None)
                | (~Q(status="open") & Q(decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.course_id}"
