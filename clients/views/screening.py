"""Asking the questionnaire, and what came of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clients.access import get_client, get_screening
from clients.errors import WrongAnswer
from clients.forms import ScreeningForm
from clients.selectors import answers_of, current_screening, verdict_table
from clients.services import screen_client
from clients.words import summarise, tell_table
from cryoclinic.access import clinic_of
from cryoclinic.http import UNPROCESSABLE, StaffRequest, next_path, refusal
from procedures.models import Contraindication, Zone


@login_required
@permission_required(["clients.view_client", "clients.add_screening"], raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def screen(request: StaffRequest, pk: int) -> HttpResponse:
    """Those who may screen: all the questions of the catalogue on one page."""
    client = get_client(request.user, pk)
    form = _form(request)
    context = {"client": client, "form": form, "next": next_path(request, "")}
    if not form.is_bound:
        return render(request, "clients/screen.html", context)
    if not form.is_valid():
        return render(request, "clients/screen.html", context, status=UNPROCESSABLE)
    try:
        screen_client(
            by=request.user,
            client=client,
            clinic=clinic_of(request.user),
            answers=form.answers(),
        )
    except WrongAnswer as error:
        return refusal(request, error, "clients/screen.html", context)
    messages.success(request, _("The answers are kept."))
    return redirect(next_path(request, reverse("clients:detail", args=[pk])))


@login_required
@permission_required("clients.view_screening", raise_exception=True)
@require_safe
def screening_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """Those who may see verdicts: the screening's; its answers need one permission more."""
    asked = get_screening(request.user, pk)
    full = asked.follows or asked
    detailed = request.user.has_perm("clients.view_answers")
    table = verdict_table(full, day=clinic_of(request.user).today())
    context = {
        "client": asked.client,
        "screening": asked,
        "current": current_screening(asked.client),
        "full": full,
        "summary": summarise(table, full, detailed=detailed),
        "table": table,
        "rows": tell_table(table, detailed=detailed),
        "answers": answers_of(full) if detailed else None,
    }
    return render(request, "clients/screening.html", context)


def _form(request: StaffRequest) -> ScreeningForm:
    return ScreeningForm(
        request.POST if request.method == "POST" else None,
        questions=list(Contraindication.objects.active()),
        zones=list(Zone.objects.active()),
        today=clinic_of(request.user).today(),
    )
