"""What a manager has set up before the first client comes; run as a program."""

import django

django.setup()

from cryoclinic.models import Clinic  # noqa: E402 (the line above makes the models known)
from procedures.models import ProcedureType  # noqa: E402
from tests import factories  # noqa: E402


def main() -> None:
    clinic = Clinic.objects.create(
        name="Frost House",
        address="1 Frost Street, Berlin",
        phone="+493012345678",
        email="desk@frost.example",
        map_url="https://map.example/frost",
        time_zone="Europe/Berlin",
        currency="EUR",
        language="en",
    )
    factories.open_daily(clinic)
    factories.UserFactory(clinic=clinic, username="reception", role="receptionist")
    nitrogen = ProcedureType.objects.filter(code="nitrogen")
    factories.SpecialistFactory(
        clinic=clinic, user__username="cosmetologist", skills=list(nitrogen)
    )
    factories.RoomFactory(clinic=clinic, procedure_types=list(nitrogen))


if __name__ == "__main__":
    main()
