"""What every template can ask for."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from cryoclinic.models import Clinic


def demo(request: HttpRequest) -> dict[str, Any]:
    """``demo_accounts``: true where the demo clinic was loaded; asked for only where it is used."""
    return {"demo_accounts": SimpleLazyObject(Clinic.objects.filter(is_demo=True).exists)}
