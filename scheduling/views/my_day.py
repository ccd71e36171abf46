"""The treatment room's first page."""

from datetime import date, timedelta

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from cryoclinic.access import clinic_of
from cryoclinic.http import StaffRequest
from scheduling.access import specialist_of
from scheduling.selectors.feeds import specialist_feed_url
from scheduling.selectors.my_day import my_day


@require_safe
@login_required
@permission_required("scheduling.view_my_day", raise_exception=True)
def show_my_day(request: StaffRequest) -> HttpResponse:
    """``?date=`` is a day of the clinic's calendar; without one, or with a wrong one, today."""
    clinic = clinic_of(request.user)
    specialist = specialist_of(request.user)
    if specialist is None or specialist.clinic_id != clinic.pk:
        return render(request, "scheduling/my_day/no_specialist.html")
    day = _asked_day(request.GET.get("date", "")) or clinic.today()
    specialist.clinic = clinic
    context = {
        "my_day": my_day(specialist, day),
        "specialist": specialist,
        "feed_url": specialist_feed_url(specialist),
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "board_url": f"{reverse('scheduling:board')}?date={day.isoformat()}",
    }
    return render(request, "scheduling/my_day/page.html", context)


def _asked_day(text: str) -> date | None:
    """The day of the address; None where it is no date, or none that a clinic has."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and 2000 <= day.year <= 2200 else None
