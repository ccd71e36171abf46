"""Tables of others that ours have something to add to: the link tables of the many-to-many fields,
so that the record of changes covers them too, clearances, on which booked sessions depend, and
clinics, by whose hours clients are reminded.
"""

from django.utils.translation import gettext_lazy as _

from clients.models import Clearance
from cryoclinic.audit import audited
from cryoclinic.models import Clinic
from cryoclinic.remembered import CHANGED
from scheduling.models import watch_triggers
from scheduling.models.course import Course
from scheduling.models.resources import Device, Room, Specialist


@audited(obj_field=None)
class RoomProcedureType(
    Room.procedure_types.through  # type: ignore[name-defined]  # made at run time
):
    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("procedure type of a room")
        verbose_name_plural = _("procedure types of rooms")
        triggers = [watch_triggers.able("room"), CHANGED]


@audited(obj_field=None)
class DeviceProcedureType(
    Device.procedure_types.through  # type: ignore[name-defined]  # made at run time
):
    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("procedure type of a device")
        verbose_name_plural = _("procedure types of devices")
        triggers = [watch_triggers.able("device"), CHANGED]


@audited(obj_field=None)
class SpecialistSkill(
    Specialist.skills.through  # type: ignore[name-defined]  # made at run time
):
    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("skill of a specialist")
        verbose_name_plural = _("skills of specialists")
        triggers = [watch_triggers.able("specialist"), CHANGED]


@audited(obj_field=None)
class CourseIndication(
    Course.indications.through  # type: ignore[name-defined]  # made at run time
):
    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("indication of a course")
        verbose_name_plural = _("indications of courses")


class WatchedClearance(Clearance):
    """A clearance given or revoked has the client's courses looked at."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("clearance")
        verbose_name_plural = _("clearances")
        triggers = [watch_triggers.CLEARANCE]


class WatchedClinic(Clinic):
    """When the clinic reminds: a change of that has the reminders to come rewritten."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("clinic")
        verbose_name_plural = _("clinics")
        triggers = [watch_triggers.REMINDERS]
