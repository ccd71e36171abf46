"""Who may do what: three roles, each a group, kept equal to this table after every migration."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q

from cryoclinic.models import User

RECEPTIONIST = "receptionist"
COSMETOLOGIST = "cosmetologist"
MANAGER = "manager"

_DESK = {
    "clients.view_client",
    "clients.add_client",
    "clients.change_client",
    "clients.view_screening",
    "clients.add_screening",
    "scheduling.view_board",
    "scheduling.view_course",
    "scheduling.book_course",
    "scheduling.hold_course",
    "scheduling.view_appointment",
    "scheduling.move_appointment",
    "scheduling.cancel_appointment",
    "scheduling.check_in_appointment",
    "scheduling.view_message",
    "scheduling.change_message",
    "scheduling.view_coursealert",
    "scheduling.change_coursealert",
    "scheduling.view_courseproposal",
    "scheduling.change_courseproposal",
    "scheduling.view_unavailability",
    "scheduling.add_unavailability",
    "scheduling.delete_unavailability",
    "scheduling.view_payment",
    "scheduling.add_payment",
}
_TREATMENT = {
    "clients.view_client",
    "clients.view_screening",
    "clients.view_answers",
    "clients.add_screening",
    "clients.add_clearance",
    "scheduling.view_board",
    "scheduling.view_my_day",
    "scheduling.view_course",
    "scheduling.hold_course",
    "scheduling.view_appointment",
    "scheduling.check_in_appointment",
    "scheduling.ask_again",
    "scheduling.record_session",
    "scheduling.view_sessionnote",
}
_CATALOGUE = {
    f"procedures.{verb}_{model}"
    for verb in ("view", "add", "change")
    for model in (
        "zone",
        "proceduretype",
        "carrier",
        "protocol",
        "contraindication",
        "indication",
        "price",
        "aftercare",
    )
}
_CLINIC = {
    f"scheduling.{verb}_{model}"
    for verb in ("view", "add", "change", "delete")
    for model in ("room", "device", "specialist", "workinghours", "unavailability")
} | {
    "scheduling.view_wording",
    "scheduling.change_wording",
    "cryoclinic.view_clinic",
    "cryoclinic.change_clinic",
    "cryoclinic.view_user",
    "cryoclinic.add_user",
    "cryoclinic.change_user",
    "pghistory.view_events",
}

# The manager is the clinical lead unless another is named, and so sees and clears as one.
PERMISSIONS: dict[str, set[str]] = {
    RECEPTIONIST: _DESK,
    COSMETOLOGIST: _TREATMENT,
    MANAGER: (_DESK | _TREATMENT | _CATALOGUE | _CLINIC)
    - {"scheduling.record_session", "scheduling.view_my_day"},
}


_APPS = {label.split(".")[0] for labels in PERMISSIONS.values() for label in labels}


def sync_roles(*, app_config: AppConfig | None = None, **signal: Any) -> None:
    """Make the three groups hold exactly the permissions of the table. Safe to repeat.

    Called after each app's migrations, so a permission may not exist yet; the last call has all.
    """
    if app_config is not None:
        if app_config.label not in _APPS:
            return
        # Ahead of Django's own receiver, which would come after this one.
        create_permissions(app_config, using=signal.get("using", DEFAULT_DB_ALIAS), verbosity=0)
    for name, labels in PERMISSIONS.items():
        wanted = Q(pk=None)
        for label in labels:
            app, codename = label.split(".")
            wanted |= Q(content_type__app_label=app, codename=codename)
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.set(Permission.objects.filter(wanted))


def home_of(user: User | AnonymousUser) -> str:
    """The name of the address at which the user's work begins."""
    if user.has_perm("scheduling.view_my_day") and not user.has_perm("scheduling.book_course"):
        return "scheduling:my_day"
    if user.has_perm("scheduling.view_board"):
        return "scheduling:board"
    return "admin:index" if user.is_staff else "account_change_password"
