"""The day board of the desk."""

from datetime import date

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from cryoclinic.access import clinic_of
from cryoclinic.http import StaffRequest
from scheduling.selectors.alerts import courses_to_watch
from scheduling.selectors.board import day_board
from scheduling.selectors.outbox_state import outbox_state
from scheduling.selectors.reviews import reviews_waiting


@login_required
@permission_required("scheduling.view_board", raise_exception=True)
@require_safe
def board(request: StaffRequest) -> HttpResponse:
    """GET: one day, ``?date=`` (today without), a column per specialist or ``?by=rooms``."""
    clinic = clinic_of(request.user)
    day = _asked_day(request.GET.get("date", "")) or clinic.today()
    lanes = "rooms" if request.GET.get("by") == "rooms" else "specialists"
    permissions = request.user.get_all_permissions()
    sees_alerts = "scheduling.view_coursealert" in permissions
    context = {
        "board": day_board(clinic, day, lanes=lanes, permissions=permissions),
        "courses_to_watch": [
            *reviews_waiting(clinic, permissions),
            *(courses_to_watch(clinic) if sees_alerts else []),
        ],
        "outbox": outbox_state(clinic, now=timezone.now())
        if "scheduling.view_message" in permissions
        else None,
        "lanes": lanes,
    }
    return render(request, "scheduling/board/board.html", context)


def _asked_day(text: str) -> date | None:
    """The day of the address; None where it is no date of these two centuries."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and 2000 <= day.year < 2200 else None
