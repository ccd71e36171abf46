"""The clinic's free times as data, for the desk's own pages and scripts."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cryoclinic.access import clinic_of
from cryoclinic.http import StaffRequest
from procedures.models import Protocol
from scheduling.forms.slots import SlotsForm
from scheduling.selectors.free_time import free_time


@login_required
@permission_required("scheduling.view_board", raise_exception=True)
@require_safe
def slots(request: StaffRequest) -> HttpResponse:
    """``?protocol=&from=&days=``: per specialist, when the treatment could begin, as JSON."""
    clinic = clinic_of(request.user)
    form = SlotsForm(request.GET, today=clinic.today())
    if not form.is_valid():
        return JsonResponse({"errors": form.errors.get_json_data()}, status=422)
    asked = form.cleaned_data
    protocol = get_object_or_404(
        Protocol.objects.active().select_related("procedure_type"), pk=asked["protocol"]
    )
    found = free_time(clinic, protocol, first_day=asked["from"], days=asked["days"])
    return JsonResponse(
        {
            "from": asked["from"],
            "days": asked["days"],
            "specialists": [
                {
                    "id": each.specialist.pk,
                    "name": each.specialist.name,
                    "days": {
                        day.isoformat(): [[window.first, window.last] for window in windows]
                        for day, windows in each.days.items()
                    },
                }
                for each in found
            ],
        }
    )
