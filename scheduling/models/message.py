"""The outbox: one e-mail to one client that is due at a time."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from cryoclinic.audit import audited
from scheduling.models.appointment import Appointment
from scheduling.models.course import Course
from scheduling.querysets import MessageQuerySet


class MessageKind(models.TextChoices):
    COURSE_BOOKED = "course_booked", _("course booked")
    REMINDER = "reminder", _("reminder")


class MessageStatus(models.TextChoices):
    DUE = "due", _("due")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    RETRYING = "retrying", _("to be tried again")
    FAILED = "failed", _("failed")
    WITHDRAWN = "withdrawn", _("withdrawn")


# What a worker may still pick up; a row being sent comes back when its lease runs out.
PENDING = [MessageStatus.DUE, MessageStatus.RETRYING, MessageStatus.SENDING]


@audited(exclude=["attempts", "leased_until", "source"])
class Message(models.Model):
    """What it says is read from the database when it is sent, never stored here beforehand.

    Unique per (course or appointment, kind, version of its schedule), so that it goes out once.
    ``source`` is the mail that was sent, whole (RFC 5322), for the desk to look at afterwards;
    ``problem`` is a code that ``scheduling.selectors.messages.problem_text`` puts into words.
    """

    Kind = MessageKind
    Status = MessageStatus

    client = models.ForeignKey(
        Client, verbose_name=_("client"), on_delete=models.PROTECT, related_name="messages"
    )
    course = models.ForeignKey(
        Course, verbose_name=_("course"), on_delete=models.PROTECT, related_name="messages"
    )
    appointment = models.ForeignKey(
        Appointment,
        verbose_name=_("appointment"),
        on_delete=models.PROTECT,
        related_name="messages",
        null=True,
        blank=True,
    )
    kind = models.CharField(_("kind"), max_length=20, choices=MessageKind)
    version = models.PositiveIntegerField(_("version of the schedule"), default=1)
    due_at = models.DateTimeField(_("due at"))
    status = models.CharField(
        _("status"), max_length=9, choices=MessageStatus, default=MessageStatus.DUE
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    message_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    sent_to = models.EmailField(_("sent to"), blank=True)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    source = models.TextField(_("as sent"), blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-due_at", "-id"]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="message_pending",
                condition=Q(status__in=["due", "retrying", "sending"]),
            ),
            models.Index(fields=["-due_at", "-id"], name="message_by_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "appointment", "kind", "version"],
                name="message_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="message_sent_when",
                condition=~Q(status="sent") | Q(sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
