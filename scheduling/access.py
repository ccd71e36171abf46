"""May this user have this object? Everything is looked up here, within the user's clinic."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from cryoclinic.models import Clinic, User
from scheduling.models import Appointment, Course, Message, Specialist


def clinic_of(user: User) -> Clinic:
    """The clinic the user works at; without one nothing of a clinic can be opened."""
    if user.clinic is None:
        raise PermissionDenied(
            _("Your account belongs to no clinic. Ask a manager to assign you to one.")
        )
    return user.clinic


def courses_of(user: User) -> QuerySet[Course]:
    return Course.objects.filter(clinic=clinic_of(user))


def appointments_of(user: User) -> QuerySet[Appointment]:
    return Appointment.objects.filter(clinic=clinic_of(user))


def messages_of(user: User) -> QuerySet[Message]:
    return Message.objects.filter(course__clinic=clinic_of(user))


def get_course(user: User, pk: int) -> Course:
    return get_object_or_404(
        courses_of(user).select_related("client", "clinic", "procedure_type", "zone"), pk=pk
    )


def get_appointment(user: User, pk: int) -> Appointment:
    return get_object_or_404(
        appointments_of(user).select_related(
            "client",
            "clinic",
            "course__procedure_type",
            "course__zone",
            "specialist__user",
            "room",
            "device",
            "screening",
        ),
        pk=pk,
    )


def specialist_of(user: User) -> Specialist | None:
    """The user as a specialist, if they treat."""
    return Specialist.objects.active().select_related("user").filter(user=user).first()
