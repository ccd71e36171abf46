"""One booked visit, and the rules that the database itself holds over all of them."""

from datetime import date, datetime, timedelta

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Screening
from cryoclinic.audit import audited
from cryoclinic.models import Clinic
from scheduling.expressions import ClinicDay, GapSpan, IdRange
from scheduling.models import triggers
from scheduling.models.course import Course
from scheduling.models.resources import Device, Room, Specialist
from scheduling.querysets import AppointmentQuerySet


class AppointmentStatus(models.TextChoices):
    BOOKED = "booked", _("booked")
    CHECKED_IN = "checked_in", _("checked in")
    COMPLETED = "completed", _("completed")
    MISSED = "missed", _("missed")
    CANCELLED = "cancelled", _("cancelled")


# What counts towards the course: it is to come, under way or done.
LIVE = [AppointmentStatus.BOOKED, AppointmentStatus.CHECKED_IN, AppointmentStatus.COMPLETED]


# Every exclusion is deferrable, so that a re-plan may let two appointments change places: it is
# checked at the end of the statement, or of the transaction where a service asks for that.
def _never_twice(resource: str, span: str, *, where: Q | None = None) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=f"appointment_{resource}_free",
        expressions=[
            (IdRange(f"{resource}_id"), RangeOperators.EQUAL),
            (span, RangeOperators.OVERLAPS),
        ],
        condition=~Q(status=AppointmentStatus.CANCELLED) & (where or Q()),
        deferrable=Deferrable.IMMEDIATE,
    )


@audited(exclude=["day"])
class Appointment(models.Model):
    """One visit of a course.

    ``treatment`` is when specialist, room and device are taken (cleaning included), ``visit`` when
    the client is there (rest included); both half-open, starting together, in UTC. ``place`` is the
    appointment's place among the course's planned sessions: a cancelled or missed one gives it up.
    ``schedule_version`` rises with every change of the time, and messages quote it. ``undo_until``
    is there on what the client has cancelled by their link: until then they may take it back.

    Copies that constraints need (client, clinic, time zone, number of sessions, minimum gap) are
    kept equal to the course's and the clinic's by foreign keys over all of them together.
    """

    Status = AppointmentStatus

    course = models.ForeignKey(
        Course,
        verbose_name=_("course"),
        on_delete=models.PROTECT,
        related_name="appointments",
        db_constraint=False,
    )
    client = models.ForeignKey(
        Client,
        verbose_name=_("client"),
        on_delete=models.PROTECT,
        related_name="appointments",
        db_constraint=False,
        db_index=False,
    )
    clinic = models.ForeignKey(
        Clinic,
        verbose_name=_("clinic"),
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
    )
    time_zone = models.CharField(max_length=64, editable=False)
    sessions_planned = models.PositiveSmallIntegerField(editable=False)
    min_gap_days = models.PositiveSmallIntegerField(editable=False)
    place = models.PositiveSmallIntegerField(_("place in the course"))

    treatment = DateTimeRangeField(_("treatment"))
    visit = DateTimeRangeField(_("visit"))
    day = models.GeneratedField(
        expression=ClinicDay("treatment", "time_zone"),
        output_field=models.DateField(_("day")),
        db_persist=True,
    )
    schedule_version = models.PositiveIntegerField(default=1, editable=False)

    specialist = models.ForeignKey(
        Specialist, verbose_name=_("specialist"), on_delete=models.PROTECT, db_index=False
    )
    room = models.ForeignKey(Room, verbose_name=_("room"), on_delete=models.PROTECT, db_index=False)
    device = models.ForeignKey(
        Device,
        verbose_name=_("device"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
    )

    screening = models.ForeignKey(
        Screening,
        verbose_name=_("screening"),
        on_delete=models.PROTECT,
        related_name="appointments",
        db_constraint=False,
    )
    visit_check = models.OneToOneField(
        Screening,
        verbose_name=_("asked again at the visit"),
        on_delete=models.PROTECT,
        related_name="visit",
        null=True,
        blank=True,
        db_constraint=False,
    )

    status = models.CharField(
        _("status"), max_length=10, choices=AppointmentStatus, default=AppointmentStatus.BOOKED
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    status_reason = models.CharField(_("reason"), max_length=200, blank=True)
    undo_until = models.DateTimeField(null=True, blank=True, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        indexes = [
            models.Index(fields=["clinic", "day"], name="appointment_by_day"),
            models.Index(fields=["specialist", "day"], name="appointment_by_specialist"),
        ]
        constraints = [
            _never_twice("specialist", "treatment"),
            _never_twice("room", "treatment"),
            # The range of no id is everything, and so equal to that of every other row.
            _never_twice("device", "treatment", where=Q(device__isnull=False)),
            _never_twice("client", "visit"),
            ExclusionConstraint(
                name="appointment_min_gap",
                expressions=[
                    (IdRange("course_id"), RangeOperators.EQUAL),
                    (GapSpan(), RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=LIVE),
                deferrable=Deferrable.IMMEDIATE,
            ),
            models.UniqueConstraint(
                fields=["course", "place"], condition=Q(status__in=LIVE), name="appointment_place"
            ),
            models.CheckConstraint(
                name="appointment_place_planned",
                condition=Q(place__gte=1) & Q(place__lte=F("sessions_planned")),
            ),
            models.CheckConstraint(
                name="appointment_treatment_in_visit",
                condition=Q(visit__contains=F("treatment"))
                & Q(visit__startswith=F("treatment__startswith")),
            ),
            models.CheckConstraint(
                name="appointment_bounded",
                condition=Q(
                    treatment__isempty=False, visit__lower_inf=False, visit__upper_inf=False
                ),
            ),
            models.CheckConstraint(
                name="appointment_undo_of_cancelled",
                condition=Q(undo_until=None) | Q(status=AppointmentStatus.CANCELLED),
            ),
            models.CheckConstraint(
                name="appointment_checked_before_completed",
                condition=~Q(status=AppointmentStatus.COMPLETED) | Q(visit_check__isnull=False),
            ),
        ]
        permissions = [
            ("view_board", _("Can see the day board")),
            ("view_my_day", _("Can see their own day")),
            ("move_appointment", _("Can move an appointment")),
            ("cancel_appointment", _("Can cancel an appointment")),
            ("check_in_appointment", _("Can check a client in and mark a missed visit")),
            ("ask_again", _("Can ask the passing contraindications at a visit")),
        ]
        triggers = [
            pgtrigger.Protect(name="keep_appointment", operation=pgtrigger.Delete),
            pgtrigger.FSM(
                name="appointment_status_order",
                field="status",
                transitions=[
                    ("booked", "checked_in"),
                    ("booked", "missed"),
                    ("booked", "cancelled"),
                    ("checked_in", "booked"),
                    ("checked_in", "completed"),
                    ("checked_in", "cancelled"),
                    ("missed", "booked"),
                    ("cancelled", "booked"),
                ],
            ),
            triggers.CLEARED_ON_THE_DAY,
            triggers.REVIEWED_BEFORE_CHECK_IN,
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.client_id}"

    @property
    def starts_at(self) -> datetime:
        """When treatment and visit begin, aware, in UTC."""
        return self.treatment.lower

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def needs_rescreening(self) -> bool:
        """True where the screening it was booked on no longer counts on its day."""
        return self.day > self.screening.valid_until

    def first_day_after(self) -> date:
        """The first day on which the course's next session may be."""
        return self.day + timedelta(days=self.min_gap_days)
