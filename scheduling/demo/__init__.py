"""A made-up clinic to try the product on: nobody in it exists.

What lies in the past is written straight into the tables, because the services rightly refuse to
book yesterday; the constraints and triggers hold there as everywhere. What is still to come goes
through the services, as at a real desk. Everything is told relative to the day on which it is
loaded, and comes out the same whenever it is loaded on that day.
"""

from django.db import transaction
from django.utils import timezone, translation

from cryoclinic.models import Clinic, User
from scheduling.demo import bookings, cast, history, place
from scheduling.services.spacing import enforce_spacing


def is_loaded() -> bool:
    return Clinic.objects.filter(is_demo=True).exists()


@transaction.atomic
def load() -> Clinic:
    """Load the demo clinic, all of it or nothing; the catalogue has to be there. Takes seconds."""
    clinic = place.open_clinic()
    with translation.override(clinic.language):
        people = cast.add_clients(by=User.objects.get(username=place.RECEPTION))
        past = history.write(clinic, people)
        bookings.book(clinic, people, past)
    enforce_spacing(by=User.objects.worker(), now=timezone.now())
    return clinic
