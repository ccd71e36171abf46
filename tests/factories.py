"""Dull objects for tests: every factory makes the plainest valid one."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import factory
from django.contrib.auth.models import Group
from django.utils import timezone
from factory.django import DjangoModelFactory

from clients.models import Answer, Client, Screening
from cryoclinic.models import Clinic, User
from procedures.models import Contraindication, Indication, Price, ProcedureType, Protocol, Zone
from scheduling.models import (
    Appointment,
    Course,
    Device,
    Room,
    Specialist,
    Unavailability,
    WorkingHours,
)
from scheduling.planner import Slot
from scheduling.services.booking import new_appointment

PASSWORD = "cold-and-exact"


class ClinicFactory(DjangoModelFactory):
    class Meta:
        model = Clinic

    name = factory.Sequence(lambda n: f"Clinic {n}")
    address = "1 Frost Street"
    phone = "+74950000000"
    email = "desk@clinic.example"
    time_zone = "Europe/Moscow"
    language = "en"
    reminder_lead_hours = factory.LazyFunction(lambda: [24])


class UserFactory(DjangoModelFactory):
    """A member of staff with one role: ``UserFactory(clinic=…, role="receptionist")``."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    first_name = factory.Sequence(lambda n: f"First{n}")
    last_name = factory.Sequence(lambda n: f"Last{n}")
    clinic = factory.SubFactory(ClinicFactory)
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def role(self: User, create: bool, role: str | None, **kwargs: object) -> None:
        if create and role:
            self.groups.add(Group.objects.get(name=role))
            if role == "manager":
                self.is_staff = True
                self.save()


class ClientFactory(DjangoModelFactory):
    class Meta:
        model = Client

    name = factory.Sequence(lambda n: f"Client {n}")
    phone = factory.Sequence(lambda n: f"+7912{n:07d}")
    email = factory.Sequence(lambda n: f"client{n}@example.com")
    language = "en"
    email_consent = True
    email_consent_at = factory.LazyFunction(timezone.now)


class ZoneFactory(DjangoModelFactory):
    class Meta:
        model = Zone

    code = factory.Sequence(lambda n: f"zone-{n}")
    name_en = factory.Sequence(lambda n: f"Zone {n}")
    name_ru = factory.Sequence(lambda n: f"Зона {n}")


class ProcedureTypeFactory(DjangoModelFactory):
    class Meta:
        model = ProcedureType

    code = factory.Sequence(lambda n: f"procedure-{n}")
    name_en = factory.Sequence(lambda n: f"Procedure {n}")
    name_ru = factory.Sequence(lambda n: f"Процедура {n}")


class ProtocolFactory(DjangoModelFactory):
    """Treatment 15 minutes, cleaning 5, rest 30; with a price of 1000 from long ago."""

    class Meta:
        model = Protocol
        skip_postgeneration_save = True

    procedure_type = factory.SubFactory(ProcedureTypeFactory)
    zone = factory.SubFactory(ZoneFactory)
    temperature_min_c = -120
    temperature_max_c = 0
    exposure_min_seconds = 60
    exposure_max_seconds = 600

    @factory.post_generation
    def price(self: Protocol, create: bool, amount: Decimal | None, **kwargs: object) -> None:
        if create:
            PriceFactory(
                procedure_type=self.procedure_type,
                zone=self.zone,
                amount=amount or Decimal("1000.00"),
            )


class PriceFactory(DjangoModelFactory):
    class Meta:
        model = Price

    procedure_type = factory.SubFactory(ProcedureTypeFactory)
    zone = factory.SubFactory(ZoneFactory)
    valid_from = date(2020, 1, 1)
    amount = Decimal("1000.00")


class IndicationFactory(DjangoModelFactory):
    class Meta:
        model = Indication

    code = factory.Sequence(lambda n: f"indication-{n}")
    name_en = factory.Sequence(lambda n: f"Indication {n}")
    name_ru = factory.Sequence(lambda n: f"Показание {n}")


class ContraindicationFactory(DjangoModelFactory):
    """A passing one that defers for two weeks."""

    class Meta:
        model = Contraindication

    code = factory.Sequence(lambda n: f"contraindication-{n}")
    name_en = factory.Sequence(lambda n: f"Contraindication {n}")
    name_ru = factory.Sequence(lambda n: f"Противопоказание {n}")
    question_en = factory.Sequence(lambda n: f"Question {n}?")
    question_ru = factory.Sequence(lambda n: f"Вопрос {n}?")
    kind = "passing"
    default_days = 14


class RoomFactory(DjangoModelFactory):
    class Meta:
        model = Room
        skip_postgeneration_save = True

    clinic = factory.SubFactory(ClinicFactory)
    name = factory.Sequence(lambda n: f"Room {n}")

    @factory.post_generation
    def procedure_types(self: Room, create: bool, types: list | None, **kwargs: object) -> None:
        if create and types:
            self.procedure_types.set(types)


class DeviceFactory(DjangoModelFactory):
    class Meta:
        model = Device
        skip_postgeneration_save = True

    clinic = factory.SubFactory(ClinicFactory)
    name = factory.Sequence(lambda n: f"Device {n}")

    @factory.post_generation
    def procedure_types(self: Device, create: bool, types: list | None, **kwargs: object) -> None:
        if create and types:
            self.procedure_types.set(types)


class SpecialistFactory(DjangoModelFactory):
    """Works every day from 9 to 18 unless ``hours=False``."""

    class Meta:
        model = Specialist
        skip_postgeneration_save = True

    clinic = factory.SubFactory(ClinicFactory)
    user = factory.SubFactory(
        UserFactory, clinic=factory.SelfAttribute("..clinic"), role="cosmetologist"
    )

    @factory.post_generation
    def skills(self: Specialist, create: bool, types: list | None, **kwargs: object) -> None:
        if create and types:
            self.skills.set(types)

    @factory.post_generation
    def hours(self: Specialist, create: bool, wanted: bool | None, **kwargs: object) -> None:
        if create and wanted is not False:
            open_daily(self.clinic, specialist=self)


class UnavailabilityFactory(DjangoModelFactory):
    class Meta:
        model = Unavailability

    clinic = factory.SubFactory(ClinicFactory)
    reason = "away"


class ScreeningFactory(DjangoModelFactory):
    """Everything answered no today, valid for 30 days (asked on the clinic's today)."""

    class Meta:
        model = Screening

    client = factory.SubFactory(ClientFactory)
    asked_by = factory.SubFactory(UserFactory)
    asked_at = factory.LazyFunction(timezone.now)
    asked_on = factory.LazyAttribute(lambda made: made.asked_by.clinic.local(made.asked_at).date())
    valid_until = factory.LazyAttribute(lambda made: made.asked_on + timedelta(days=29))


class AnswerFactory(DjangoModelFactory):
    class Meta:
        model = Answer

    screening = factory.SubFactory(ScreeningFactory)
    contraindication = factory.SubFactory(ContraindicationFactory)
    question = factory.LazyAttribute(lambda made: made.contraindication.question_en)
    kind = factory.LazyAttribute(lambda made: made.contraindication.kind)
    zone_bound = factory.LazyAttribute(lambda made: made.contraindication.zone_bound)
    present = False


class CourseFactory(DjangoModelFactory):
    """Ten sessions of a fresh procedure type and zone, gaps 2 to 3."""

    class Meta:
        model = Course
        skip_postgeneration_save = True

    clinic = factory.SubFactory(ClinicFactory)
    client = factory.SubFactory(ClientFactory)
    protocol = None
    procedure_type = factory.LazyAttribute(
        lambda made: (made.protocol or ProtocolFactory()).procedure_type
    )
    zone = factory.LazyAttribute(
        lambda made: Protocol.objects.filter(procedure_type=made.procedure_type).first().zone
    )
    sessions_planned = 10
    min_gap_days = 2
    max_gap_days = 3
    price = Decimal("1000.00")
    currency = "RUB"

    @classmethod
    def _create(cls, model_class: type[Course], *args: object, **kwargs: object) -> Course:
        kwargs.pop("protocol", None)
        return super()._create(model_class, *args, **kwargs)


def open_daily(
    clinic: Clinic,
    *,
    specialist: Specialist | None = None,
    starts: time = time(9),
    ends: time = time(18),
) -> None:
    """Working hours on all seven weekdays: the clinic's own, or the specialist's."""
    WorkingHours.objects.bulk_create(
        WorkingHours(
            clinic=clinic, specialist=specialist, weekday=weekday, starts=starts, ends=ends
        )
        for weekday in range(7)
    )


def make_appointment(
    course: Course,
    *,
    day: date,
    at: time = time(10),
    specialist: Specialist | None = None,
    room: Room | None = None,
    device: Device | None = None,
    screening: Screening | None = None,
    place: int | None = None,
    **fields: object,
) -> Appointment:
    """A saved appointment at a time of the clinic's clock, written past the services.

    What is not given is made: a specialist and a room of the course's clinic, a screening that
    was asked a week before the day (or the course's earlier one).
    """
    earlier = course.appointments.order_by("id").last()
    screening = screening or (earlier.screening if earlier else None)
    screening = screening or ScreeningFactory(
        client=course.client,
        asked_by=UserFactory(clinic=course.clinic),
        asked_at=datetime.combine(day - timedelta(days=7), time(9), tzinfo=course.clinic.zone),
    )
    specialist = specialist or SpecialistFactory(
        clinic=course.clinic, skills=[course.procedure_type]
    )
    room = room or RoomFactory(clinic=course.clinic, procedure_types=[course.procedure_type])
    appointment = new_appointment(
        course,
        Slot(
            day=day,
            cell=(at.hour * 60 + at.minute) // 5,
            specialist=specialist.pk,
            room=room.pk,
            device=device.pk if device else None,
        ),
        screening,
        Protocol.objects.get(procedure_type=course.procedure_type, zone=course.zone),
        place or course.appointments.live().count() + 1,
    )
    for name, value in fields.items():
        setattr(appointment, name, value)
    appointment.save(force_insert=True)
    return Appointment.objects.get(pk=appointment.pk)
