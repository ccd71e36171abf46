"""The outbox: one e-mail to one client that is due at a time."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from cryoclinic.audit import audited
from cryoclinic.models import Clinic
from scheduling.models.appointment import Appointment
from scheduling.models.course import Course
from scheduling.querysets import MessageQuerySet


class MessageKind(models.TextChoices):
    COURSE_BOOKED = "course_booked", _("course booked")
    REMINDER = "reminder", _("reminder")
    MOVED = "moved", _("visits changed")
    CANCELLED = "cancelled", _("visits cancelled")
    MISSED = "missed", _("visit missed")
    RESCREENING_DUE = "rescreening_due", _("new screening needed")
    AFTERCARE = "aftercare", _("after a session")
    COURSE_FINISHED = "course_finished", _("course finished")
    PROPOSALS_WAITING = "proposals_waiting", _("proposals waiting")


# One of them at a time tells all that has changed since the client was last told.
CHANGES = [MessageKind.MOVED, MessageKind.CANCELLED]
# What goes only to those who have not turned it off.
OPTIONAL = [MessageKind.AFTERCARE, MessageKind.COURSE_FINISHED]


class MessageStatus(models.TextChoices):
    DUE = "due", _("due")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    RETRYING = "retrying", _("to be tried again")
    FAILED = "failed", _("failed")
    WITHDRAWN = "withdrawn", _("withdrawn")


# What a worker may still pick up; a row being sent comes back when its lease runs out.
PENDING = [MessageStatus.DUE, MessageStatus.RETRYING, MessageStatus.SENDING]


@audited(exclude=["clinic", "repeat", "attempts", "leased_until", "source", "told", "fell_back"])
class Message(models.Model):
    """What it says is read from the database when it is sent, never stored here beforehand.

    Unique per (clinic, course or appointment, kind, lead, version), so that it goes out once; it
    has neither client nor course where it is for the desk. ``version`` is that of the appointment's
    schedule, for a change the number of the change in its course, for a new screening the id of the
    one that runs out. ``lead_hours`` tells several reminders of one visit apart, and ``repeat`` (0
    but for those) what the desk sent again by hand.

    ``told`` is what the client knows of the course once the mail is there, as
    ``scheduling.told.Told`` writes it: ids and times, nothing else. ``source`` is the mail that was
    sent, whole (RFC 5322), for the desk to look at afterwards; ``problem`` is a code that
    ``scheduling.selectors.messages.problem_text`` puts into words; ``fell_back`` says that the
    clinic's own wording could not be used.
    """

    Kind = MessageKind
    Status = MessageStatus

    clinic = models.ForeignKey(
        Clinic, verbose_name=_("clinic"), on_delete=models.PROTECT, db_index=False
    )
    client = models.ForeignKey(
        Client,
        verbose_name=_("client"),
        on_delete=models.PROTECT,
        related_name="messages",
        null=True,
        blank=True,
    )
    course = models.ForeignKey(
        Course,
        verbose_name=_("course"),
        on_delete=models.PROTECT,
        related_name="messages",
        null=True,
        blank=True,
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
    lead_hours = models.PositiveSmallIntegerField(_("hours before the visit"), default=0)
    version = models.PositiveBigIntegerField(_("version of the schedule"), default=1)
    repeat = models.PositiveSmallIntegerField(_("repeat"), default=0, db_default=0)
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
    told = models.JSONField(null=True, blank=True, editable=False)
    source = models.TextField(_("as sent"), blank=True, editable=False)
    fell_back = models.BooleanField(_("in the shipped words"), default=False, db_default=False)
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
            models.Index(fields=["clinic", "-due_at", "-id"], name="message_by_due"),
            models.Index(fields=["clinic", "status", "-due_at", "-id"], name="message_by_status"),
            models.Index(fields=["clinic", "kind", "-due_at", "-id"], name="message_by_kind"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "clinic",
                    "course",
                    "appointment",
                    "kind",
                    "lead_hours",
                    "version",
                    "repeat",
                ],
                name="message_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="message_sent_when",
                condition=~Q(status="sent") | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="message_to_a_client_or_the_desk",
                condition=Q(client__isnull=False, course__isnull=False)
                | Q(client=None, course=None, appointment=None, kind="proposals_waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_words} {self.pk}"

    @property
    def kind_words(self) -> str:
        """What staff call it: its kind, and of a reminder how long before the visit it is sent."""
        kind = self.get_kind_display()
        if self.kind != MessageKind.REMINDER:
            return kind
        return gettext("%(kind)s, %(hours)s h before") % {"kind": kind, "hours": self.lead_hours}


class SendingPace(models.Model):
    """One row, once mails are rationed: when the next may go, whichever worker sends it.

    Not audited: it says nothing about anybody, and is written with every mail.
    """

    next_at = models.DateTimeField()

    class Meta:
        verbose_name = _("sending pace")
        verbose_name_plural = _("sending pace")

    def __str__(self) -> str:
        return str(self.next_at)


class ReminderRewrite(models.Model):
    """How far the worker has got in having a clinic's reminders follow what the clinic changed.

    ``asked`` counts the changes, ``done`` says up to which of them all is rewritten; ``after`` is
    the course (its id) up to which the present one is, and ``begins_at`` when it may begin: None
    until the worker has seen it. Not audited: it is the worker's own note.
    """

    clinic = models.OneToOneField(Clinic, on_delete=models.CASCADE, primary_key=True)
    asked = models.PositiveBigIntegerField()
    done = models.PositiveBigIntegerField(default=0, db_default=0)
    begins_at = models.DateTimeField(null=True)
    after = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("reminders to rewrite")
        verbose_name_plural = _("reminders to rewrite")

    def __str__(self) -> str:
        return f"{self.clinic_id}: {self.done} of {self.asked}"
