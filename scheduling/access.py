"""May this user have this object? Everything is looked up here, within the user's clinic."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from cryoclinic.access import clinic_of
from cryoclinic.models import User
from scheduling.models import Appointment, Course, Message, Specialist


def courses_of(user: User) -> QuerySet[Course]:
    return Course.objects.filter(clinic=clinic_of(user))


def appointments_of(user: User) -> QuerySet[Appointment]:
    return Appointment.objects.filter(clinic=clinic_of(user))


def messages_of(user: User) -> QuerySet[Message]:
    return Message.objects.filter(clinic=clinic_of(user))


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
