"""What the product's pages are measured against: the plainest Django page that does the job.

One query, as many rows, a table in the product's frame; the same middleware and sign-in. It is
served by the same gunicorn, at addresses that the product does not have.
"""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from scheduling.models import Appointment


@login_required
def rows(request: HttpRequest) -> HttpResponse:
    """``?date=``: the day's appointments as a table."""
    found = (
        Appointment.objects.filter(
            clinic=request.user.clinic_id, day=date.fromisoformat(request.GET["date"])
        )
        .select_related("client", "course__procedure_type", "course__zone")
        .select_related("specialist__user", "room")
        .order_by("treatment")
    )
    return render(request, "rows.html", {"appointments": found})


urlpatterns = [path("reference/rows/", rows), path("", include("cryoclinic.urls"))]
