"""The demo clinic itself: opening hours, rooms, a device, staff with skills and hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from django.contrib.auth.models import Group

from cryoclinic.models import Clinic, User
from cryoclinic.roles import COSMETOLOGIST, MANAGER, RECEPTIONIST
from procedures.models import ProcedureType
from scheduling.models import Device, Room, Specialist, WorkingHours

# What the sign-in page names where a demo clinic is loaded.
RECEPTION, TREATS, MANAGES = "reception", "cosmetologist", "manager"
PASSWORD = "cryoclinic-demo"  # noqa: S105 (printed on the sign-in page; in demo data alone)

WORKDAYS, WEEKEND = range(5), range(5, 7)

OPEN = [
    (WORKDAYS, time(9), time(20)),
    (range(5, 6), time(9), time(20)),
    (range(6, 7), time(10), time(18)),
]

ROOMS = {
    "Кабинет 1": ["ice", "nitrogen"],
    "Кабинет 2": ["ice", "nitrogen"],
    "Криозал": ["cryochamber"],
}
DEVICES = {"Криокамера «Север»": ["cryochamber"]}


@dataclass(frozen=True)
class Person:
    """A specialist and when they work: weekdays (Monday = 0), from, until."""

    username: str
    first_name: str
    last_name: str
    skills: Sequence[str]
    hours: Sequence[tuple[range, time, time]]


# The account that visitors sign in with works every day, so that its day is never empty.
SPECIALISTS = [
    Person(
        TREATS,
        "Анна",
        "Соколова",
        ["ice", "nitrogen"],
        [(WORKDAYS, time(9), time(16)), (WEEKEND, time(10), time(16))],
    ),
    Person(
        "orlova",
        "Мария",
        "Орлова",
        ["ice", "nitrogen"],
        [(WORKDAYS, time(13), time(20)), (WEEKEND, time(12), time(18))],
    ),
    Person(
        "lebedeva",
        "Елена",
        "Лебедева",
        ["nitrogen", "cryochamber"],
        [(range(1, 5), time(9), time(17)), (WEEKEND, time(10), time(18))],
    ),
    Person(
        "volkov",
        "Дмитрий",
        "Волков",
        ["ice", "cryochamber"],
        [(range(6), time(11), time(20))],
    ),
]


def open_clinic() -> Clinic:
    """The clinic with everything that a manager would set up before the first client."""
    clinic = Clinic.objects.create(
        name="Полюс",
        address="Москва, ул. Примерная, 7",
        phone="+74950000007",
        email="clinic@example.com",
        map_url="https://maps.example.com/polus",
        time_zone="Europe/Moscow",
        language="ru",
        is_demo=True,
    )
    _open_hours(clinic, None, OPEN)
    _hire(clinic, RECEPTION, name=("Ольга", "Белова"), role=RECEPTIONIST)
    _hire(clinic, MANAGES, name=("Ирина", "Павлова"), role=MANAGER)
    for person in SPECIALISTS:
        _employ(clinic, person)
    for name, codes in ROOMS.items():
        Room.objects.create(clinic=clinic, name=name).procedure_types.set(_types(codes))
    for name, codes in DEVICES.items():
        Device.objects.create(clinic=clinic, name=name).procedure_types.set(_types(codes))
    return clinic


def _employ(clinic: Clinic, person: Person) -> None:
    name = (person.first_name, person.last_name)
    user = _hire(clinic, person.username, name=name, role=COSMETOLOGIST)
    specialist = Specialist.objects.create(clinic=clinic, user=user)
    specialist.skills.set(_types(person.skills))
    _open_hours(clinic, specialist, person.hours)


def _hire(clinic: Clinic, username: str, *, name: tuple[str, str], role: str) -> User:
    """An account; only with those that the sign-in page names can anybody sign in."""
    user = User.objects.create_user(
        username,
        password=PASSWORD if username in (RECEPTION, TREATS, MANAGES) else None,
        first_name=name[0],
        last_name=name[1],
        clinic=clinic,
        is_staff=role == MANAGER,
    )
    user.groups.add(Group.objects.get(name=role))
    return user


def _open_hours(
    clinic: Clinic, specialist: Specialist | None, spans: Sequence[tuple[range, time, time]]
) -> None:
    WorkingHours.objects.bulk_create(
        WorkingHours(
            clinic=clinic, specialist=specialist, weekday=weekday, starts=starts, ends=ends
        )
        for weekdays, starts, ends in spans
        for weekday in weekdays
    )


def _types(codes: Sequence[str]) -> list[ProcedureType]:
    return list(ProcedureType.objects.filter(code__in=codes))
