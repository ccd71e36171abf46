"""The clinic and its staff, for managers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cryoclinic.admin_base import OfOneClinicAdmin, ReadOnly, SwitchedOffAdmin, staff
from cryoclinic.models import CLIENT_USERNAME, WORKER_USERNAME, Clinic, User
from cryoclinic.roles import COSMETOLOGIST, MANAGER, RECEPTIONIST

ROLE_NAMES = {
    RECEPTIONIST: _("receptionist"),
    COSMETOLOGIST: _("cosmetologist"),
    MANAGER: _("manager"),
}

# Roles are what cryoclinic/roles.py says; here they can be looked at.
admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(ReadOnly, GroupAdmin):
    """The three roles and their permissions, for who administers the installation."""


@admin.register(Clinic)
class ClinicAdmin(OfOneClinicAdmin, SwitchedOffAdmin):
    clinic_lookup = "pk"
    list_display = ["name", "address", "phone", "time_zone", "currency"]
    fieldsets = [
        (None, {"fields": ["name", "address", "phone", "email", "map_url"]}),
        (_("Language and money"), {"fields": ["language", "currency"]}),
        (
            _("Rules"),
            {
                "fields": ["time_zone", "screening_valid_days"],
                "description": _(
                    "30 days of validity are a starting value: the clinical lead reviews it. "
                    "Every day, gap and “tomorrow” is reckoned in the time zone."
                ),
            },
        ),
        (
            _("E-mail to clients"),
            {
                "fields": [
                    "reminder_lead_hours",
                    "change_grace_minutes",
                    "quiet_from",
                    "quiet_until",
                    "client_cutoff_hours",
                    "undo_minutes",
                ],
                "description": _(
                    "What can't wait, such as a visit of this morning called off at night, is sent "
                    "in the quiet hours too. Reminders that have not gone out yet follow a change "
                    "within minutes."
                ),
            },
        ),
    ]


def role_name(group: Group) -> str:
    return str(ROLE_NAMES.get(group.name, group.name))


class RoleField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Model) -> str:
        return role_name(obj) if isinstance(obj, Group) else str(obj)


@admin.register(User)
class StaffAdmin(OfOneClinicAdmin, UserAdmin):
    """Managers give people of their clinic an account and a role, and nobody more than a role."""

    list_display = ["username", "last_name", "first_name", "roles", "is_active", "is_staff"]
    list_filter = ["is_active", "groups"]
    list_select_related = True
    filter_horizontal = ()
    readonly_fields = ["last_login", "date_joined"]
    add_fieldsets = [
        (None, {"fields": ["username", "usable_password", "password1", "password2"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email", "language"]}),
        (_("Role"), {"fields": ["clinic", "groups", "is_staff"]}),
    ]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email", "language"]}),
        (
            _("Role"),
            {
                "fields": ["clinic", "groups", "is_active", "is_staff"],
                "description": _(
                    "The role decides what a person may see and do; managers also need the staff "
                    "status to open these pages. Who has left is made inactive, never deleted."
                ),
            },
        ),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        people = super().get_queryset(request).prefetch_related("groups")
        if staff(request).is_superuser:
            return people
        return people.filter(is_superuser=False).exclude(
            username__in=[WORKER_USERNAME, CLIENT_USERNAME]
        )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if staff(request).is_superuser:
            return fieldsets
        return [
            (name, {**options, "fields": [each for each in options["fields"] if each != "clinic"]})
            for name, options in fieldsets
        ]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs |= {
                "form_class": RoleField,
                "label": _("Role"),
                "help_text": "",
                "widget": forms.CheckboxSelectMultiple,
            }
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        return ", ".join(role_name(group) for group in user.groups.all())
