"""Permitting a procedure in spite of a passing contraindication, and taking that back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clients.access import get_answer, get_clearance
from clients.errors import NotClearable
from clients.forms import ClearanceForm
from clients.services import give_clearance, revoke_clearance
from cryoclinic.access import clinic_of
from cryoclinic.http import UNPROCESSABLE, StaffRequest, refusal

CLINICIAN = ["clients.view_client", "clients.view_answers", "clients.add_clearance"]


@login_required
@permission_required(CLINICIAN, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def clear(request: StaffRequest, pk: int) -> HttpResponse:
    """Those who may clear: from when, until when and why."""
    answer = get_answer(request.user, pk)
    today = clinic_of(request.user).today()
    data = request.POST if request.method == "POST" else None
    form = ClearanceForm(data, answer=answer, today=today)
    context = {"answer": answer, "client": answer.screening.client, "form": form}
    if not form.is_bound:
        return render(request, "clients/clear.html", context)
    if not form.is_valid():
        return render(request, "clients/clear.html", context, status=UNPROCESSABLE)
    try:
        give_clearance(by=request.user, answer=answer, **form.cleaned_data)
    except NotClearable as error:
        return refusal(request, error, "clients/clear.html", context)
    messages.success(request, _("Cleared. The courses of this client may go on in these days."))
    return redirect("clients:screening", answer.screening_id)


@login_required
@permission_required(CLINICIAN, raise_exception=True)
@require_POST
def revoke(request: StaffRequest, pk: int) -> HttpResponse:
    """Those who may clear: take a clearance back."""
    clearance = get_clearance(request.user, pk)
    try:
        revoke_clearance(by=request.user, clearance=clearance)
    except NotClearable as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The clearance is revoked."))
    return redirect("clients:screening", clearance.answer.screening_id)
