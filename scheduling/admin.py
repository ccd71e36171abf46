"""What a clinic has to treat with, for managers to keep; what was booked, for them to look at."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.forms import RangeWidget
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clients.admin import of_clients_found
from cryoclinic.admin_base import Lines, LongList, OfOneClinicAdmin, ReadOnly, SwitchedOffAdmin
from scheduling.models import (
    Addendum,
    Appointment,
    Course,
    CourseAlert,
    CourseProposal,
    Device,
    Exposure,
    Message,
    Payment,
    Room,
    SessionNote,
    Specialist,
    Unavailability,
    WorkingHours,
)

# The browser's own picker; what it gives is read on the clock of the user's clinic.
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class ResourceAdmin(OfOneClinicAdmin, SwitchedOffAdmin):
    list_display = ["__str__", "done", "is_active"]
    list_filter = ["is_active", "procedure_types"]
    search_fields = ["name"]
    filter_horizontal = ["procedure_types"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("procedure_types")

    @admin.display(description=_("procedure types"))
    def done(self, resource: Room | Device) -> str:
        return ", ".join(each.name for each in resource.procedure_types.all())


admin.site.register([Room, Device], ResourceAdmin)


class WorkingHoursInline(Lines):
    model = WorkingHours
    fields = ["weekday", "starts", "ends", "valid_from", "valid_until"]


@admin.register(Specialist)
class SpecialistAdmin(OfOneClinicAdmin, SwitchedOffAdmin):
    list_display = ["__str__", "can", "is_active"]
    list_filter = ["is_active", "skills"]
    list_select_related = ["user"]
    search_fields = ["user__last_name", "user__first_name", "user__username"]
    filter_horizontal = ["skills"]
    inlines = [WorkingHoursInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Specialist]:
        return super().get_queryset(request).prefetch_related("skills")

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """The hours of a specialist are hours at the specialist's clinic."""
        for hours in formset.forms:
            hours.instance.clinic_id = form.instance.clinic_id
        super().save_formset(request, form, formset, change)

    @admin.display(description=_("skills"))
    def can(self, specialist: Specialist) -> str:
        return ", ".join(each.name for each in specialist.skills.all())


@admin.register(WorkingHours)
class WorkingHoursAdmin(OfOneClinicAdmin):
    list_display = ["whose", "weekday", "starts", "ends", "valid_from", "valid_until"]
    list_display_links = ["whose", "weekday"]
    list_filter = ["weekday", ("specialist", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["specialist__user"]

    @admin.display(description=_("whose"), ordering="specialist")
    def whose(self, hours: WorkingHours) -> str:
        return str(hours.specialist or _("the clinic"))


@admin.register(Unavailability)
class UnavailabilityAdmin(OfOneClinicAdmin):
    list_display = ["what", "starts", "ends", "reason"]
    list_select_related = ["specialist__user", "room", "device"]
    search_fields = ["reason"]
    formfield_overrides = {DateTimeRangeField: {"widget": RangeWidget(MOMENT)}}
    fieldsets = [
        (
            None,
            {
                "fields": ["specialist", "room", "device", "period", "reason"],
                "description": _(
                    "Name one specialist, room or device, or none for the whole clinic. What is "
                    "already booked in that time stays booked until the desk accepts a new plan, "
                    "which is proposed within minutes."
                ),
            },
        )
    ]

    @admin.display(description=_("what"))
    def what(self, away: Unavailability) -> str:
        return str(away.specialist or away.room or away.device or _("the whole clinic"))

    @admin.display(description=_("from"), ordering="period")
    def starts(self, away: Unavailability) -> Any:
        return away.period.lower

    @admin.display(description=_("until"))
    def ends(self, away: Unavailability) -> Any:
        return away.period.upper


class BookedAdmin(LongList, ReadOnly, OfOneClinicAdmin):
    """Booked, moved, recorded and sent through the services alone."""

    client_lookup = "client"
    search_help_text = _("Any three or more characters out of name, phone or e-mail.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The product's own search for clients, over its index."""
        return of_clients_found(queryset, search_term, client=self.client_lookup), False


class ExposureInline(ReadOnly, Lines):
    model = Exposure


class AddendumInline(ReadOnly, Lines):
    model = Addendum


class PaymentInline(ReadOnly, Lines):
    model = Payment


@admin.register(Course)
class CourseAdmin(BookedAdmin):
    list_display = ["client", "procedure_type", "zone", "sessions_planned", "status", "created_at"]
    list_filter = ["status", "procedure_type", "zone"]
    list_select_related = ["client", "procedure_type", "zone"]
    search_fields = ["client__search_text"]
    date_hierarchy = "created_at"
    inlines = [PaymentInline]


@admin.register(Appointment)
class AppointmentAdmin(BookedAdmin):
    list_display = ["on_day", "starts", "client", "specialist", "room", "status", "place"]
    list_filter = ["status", "specialist", "room"]
    list_select_related = ["client", "specialist__user", "room"]
    search_fields = ["client__search_text"]
    date_hierarchy = "day"
    ordering = ["-day", "-treatment"]

    # A generated field takes no name of its own from the field it puts out.
    @admin.display(description=_("day"), ordering="day")
    def on_day(self, appointment: Appointment) -> date:
        return appointment.day

    @admin.display(description=_("time"), ordering="treatment")
    def starts(self, appointment: Appointment) -> str:
        return f"{appointment.clinic.local(appointment.starts_at):%H:%M}"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appointment]:
        return super().get_queryset(request).select_related("clinic")


@admin.register(SessionNote)
class SessionNoteAdmin(BookedAdmin):
    clinic_lookup = "appointment__clinic"
    list_display = ["client", "day", "author", "reaction", "closed_at"]
    list_filter = ["reaction", "author"]
    list_select_related = ["appointment__client", "author"]
    client_lookup = "appointment__client"
    search_fields = ["appointment__client__search_text"]
    date_hierarchy = "closed_at"
    inlines = [ExposureInline, AddendumInline]

    @admin.display(description=_("client"))
    def client(self, note: SessionNote) -> str:
        return note.appointment.client.name

    @admin.display(description=_("day"), ordering="appointment__day")
    def day(self, note: SessionNote) -> Any:
        return note.appointment.day


@admin.register(Message)
class MessageAdmin(BookedAdmin):
    list_display = ["due_at", "client", "kind_words", "status", "sent_at"]
    list_filter = ["status", "kind"]
    list_select_related = ["client"]
    search_fields = ["client__search_text"]
    exclude = ["leased_until"]
    date_hierarchy = "due_at"

    @admin.display(description=_("kind"), ordering="kind")
    def kind_words(self, message: Message) -> str:
        return message.kind_words


@admin.register(CourseAlert)
class CourseAlertAdmin(BookedAdmin):
    clinic_lookup = "course__clinic"
    list_display = ["course", "kind", "raised_at", "resolved_at"]
    list_filter = ["kind", ("resolved_at", admin.EmptyFieldListFilter)]
    list_select_related = ["course__client", "course__procedure_type", "course__zone"]
    date_hierarchy = "raised_at"


@admin.register(CourseProposal)
class CourseProposalAdmin(BookedAdmin):
    clinic_lookup = "course__clinic"
    list_display = ["course", "reason", "status", "created_at", "decided_at"]
    list_filter = ["status", "reason"]
    list_select_related = ["course__client", "course__procedure_type", "course__zone"]
    date_hierarchy = "created_at"
