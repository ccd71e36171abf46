"""The session note: written, closed, added to."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cryoclinic.errors import Refused
from cryoclinic.http import UNPROCESSABLE, StaffRequest, refusal
from scheduling.access import get_appointment
from scheduling.forms.notes import AddendumForm, NoteForm
from scheduling.models import Appointment, SessionNote
from scheduling.note_rules import (
    NoteChanged,
    OutOfProtocol,
    refuse_a_closed,
    refuse_unless_may_write,
)
from scheduling.selectors.notes import exposure_rows, note_of
from scheduling.selectors.session_start import (
    carriers_of,
    protocols_by_zone,
    treatable_zones,
)
from scheduling.services.notes import add_addendum, close_note, save_note, version_of

EDIT = "scheduling/note/edit.html"
READ = "scheduling/note/read.html"
CLOSE = "scheduling/note/close.html"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("scheduling.view_sessionnote", raise_exception=True)
def note(request: StaffRequest, pk: int) -> HttpResponse:
    """Those who see notes read it; a specialist with the skill writes it once the session is
    started.
    """
    appointment = get_appointment(request.user, pk)
    stored = note_of(appointment)
    if request.method == "POST":
        return _write(request, appointment, stored)
    refused = _why_not(request, appointment, stored)
    context = _context(appointment, stored)
    if refused is None:
        return render(request, EDIT, context | {"form": _form(appointment, stored)})
    shown = {"addendum_form": AddendumForm(), "refused": None if _is_closed(stored) else refused}
    return render(request, READ, context | shown)


@permission_required("scheduling.record_session", raise_exception=True)
def _write(
    request: StaffRequest, appointment: Appointment, stored: SessionNote | None
) -> HttpResponse:
    form = _form(appointment, stored, request.POST)
    context = _context(appointment, stored) | {"form": form}
    if not form.is_valid():
        return render(request, EDIT, context, status=UNPROCESSABLE)
    try:
        save_note(by=request.user, appointment=appointment, **form.values())
    except NoteChanged as error:
        theirs = note_of(appointment)
        # What was typed stays in the form, which now knows what is stored.
        form.data = request.POST.copy()
        form.data["seen"] = version_of(theirs)
        shown = context | _context(appointment, theirs) | {"theirs": theirs}
        return refusal(request, error, EDIT, shown)
    except OutOfProtocol as error:
        form.add_error("out_of_protocol_reason", str(error))
        return render(request, EDIT, context, status=error.status)
    except Refused as error:
        return refusal(request, error, EDIT, context)
    if request.POST.get("then") == "close":
        return redirect("scheduling:note_close", appointment.pk)
    messages.success(request, _("Draft saved."))
    return redirect("scheduling:note", appointment.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("scheduling.record_session", raise_exception=True)
def close(request: StaffRequest, pk: int) -> HttpResponse:
    """A specialist with the skill: the note as it will stay, then for good."""
    appointment = get_appointment(request.user, pk)
    stored = _stored(appointment)
    context = _context(appointment, stored)
    if request.method != "POST":
        if stored.is_closed:
            return redirect("scheduling:note", pk)
        return render(request, CLOSE, context)
    try:
        close_note(by=request.user, note=stored)
    except Refused as error:
        return refusal(request, error, CLOSE, context)
    messages.success(request, _("Note closed, session completed."))
    return redirect(f"{reverse('scheduling:my_day')}?date={appointment.day.isoformat()}")


@require_POST
@login_required
@permission_required("scheduling.record_session", raise_exception=True)
def add(request: StaffRequest, pk: int) -> HttpResponse:
    """A specialist with the skill adds to the closed note."""
    appointment = get_appointment(request.user, pk)
    stored = _stored(appointment)
    form = AddendumForm(request.POST)
    context = _context(appointment, stored) | {"addendum_form": form}
    if not form.is_valid():
        return render(request, READ, context, status=UNPROCESSABLE)
    try:
        add_addendum(by=request.user, note=stored, text=form.cleaned_data["text"])
    except Refused as error:
        return refusal(request, error, READ, context)
    messages.success(request, _("Addendum added."))
    return redirect("scheduling:note", pk)


def _stored(appointment: Appointment) -> SessionNote:
    stored = note_of(appointment)
    if stored is None:
        raise Http404
    return stored


def _is_closed(stored: SessionNote | None) -> bool:
    return stored is not None and stored.is_closed


def _why_not(
    request: StaffRequest, appointment: Appointment, stored: SessionNote | None
) -> Refused | None:
    """Why the user can't write the note now; None where they can."""
    if not request.user.has_perm("scheduling.record_session"):
        return Refused(_("The note is written by the specialist who treats."))
    try:
        refuse_a_closed(stored)
        refuse_unless_may_write(request.user, appointment)
    except Refused as error:
        return error
    return None


def _context(appointment: Appointment, stored: SessionNote | None) -> dict[str, Any]:
    return {
        "appointment": appointment,
        "note": stored,
        "exposures": exposure_rows(stored, appointment),
    }


def _form(appointment: Appointment, stored: SessionNote | None, data: Any = None) -> NoteForm:
    carriers = carriers_of(appointment)
    if stored and stored.carrier and stored.carrier not in carriers:
        carriers.append(stored.carrier)
    initial: dict[str, Any] = {"seen": version_of(stored), "reaction": "none"}
    if len(carriers) == 1:
        initial["carrier"] = carriers[0].pk
    if stored is not None:
        initial |= {
            "carrier": stored.carrier_id,
            "reaction": stored.reaction,
            "text": stored.text,
            "out_of_protocol_reason": stored.out_of_protocol_reason,
        }
        for exposure in stored.exposures.all():
            initial[f"seconds_{exposure.zone_id}"] = exposure.seconds
            initial[f"temperature_{exposure.zone_id}"] = exposure.temperature_c
    return NoteForm(
        data,
        zones=treatable_zones(appointment),
        protocols=protocols_by_zone(appointment),
        carriers=carriers,
        initial=initial,
    )
