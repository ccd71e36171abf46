"""Finding, adding and changing clients, and the client's page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clients import search
from clients.access import get_client
from clients.forms import CardForm, typed_as
from clients.selectors import client_page, current_screening, verdict_table
from clients.services import add_client, change_client
from clients.words import summarise, tell_table
from cryoclinic.access import clinic_of
from cryoclinic.http import UNPROCESSABLE, StaffRequest, next_path, partial

SCREENINGS_SHOWN = 10


@login_required
@permission_required("clients.view_client", raise_exception=True)
@require_safe
def client_list(request: HttpRequest) -> HttpResponse:
    """Those who may see clients: all of them by name, or those found."""
    typed = request.GET.get("q", "").strip()[:100]
    after = request.GET.get("after", "")
    query = search.parse(typed) if typed else None
    context = {
        "typed": typed,
        "too_short": query is not None and not query,
        "page": client_page(query, after=int(after) if after.isdecimal() else None),
        "is_first_page": not after,
        "new_url": f"{reverse('clients:new')}?{urlencode({'q': typed} if typed else {})}",
    }
    return partial(request, "clients/list.html", "clients/_results.html", context)


@login_required
@permission_required(["clients.view_client", "clients.add_client"], raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def client_new(request: StaffRequest) -> HttpResponse:
    """Those who may add clients: the empty card, with what was typed into the search."""
    if request.method == "GET":
        return _card_page(request, CardForm(initial=typed_as(request.GET.get("q", ""))))
    form = CardForm(request.POST)
    if not form.is_valid():
        return _card_page(request, form)
    client = add_client(by=request.user, **form.card())
    messages.success(request, _("%(name)s is added.") % {"name": client.name})
    return redirect("clients:detail", client.pk)


@login_required
@permission_required(["clients.view_client", "clients.change_client"], raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def client_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Those who may change clients: the card."""
    client = get_client(request.user, pk)
    if request.method == "GET":
        return _card_page(request, CardForm(client=client))
    form = CardForm(request.POST, client=client)
    if not form.is_valid():
        return _card_page(request, form)
    change_client(by=request.user, client=client, **form.card())
    messages.success(request, _("Saved."))
    return redirect(next_path(request, reverse("clients:detail", args=[pk])))


@login_required
@permission_required("clients.view_client", raise_exception=True)
@require_safe
def client_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """Those who may see clients: the card, the verdict of today, the way to courses."""
    client = get_client(request.user, pk)
    screening = current_screening(client)
    table = verdict_table(screening, day=clinic_of(request.user).today())
    detailed = request.user.has_perm("clients.view_answers")
    context = {
        "client": client,
        # Addresses of the scheduling app; this app knows nothing else of it.
        "book_url": f"/courses/new/?client={client.pk}",
        "courses_url": f"/clients/{client.pk}/courses/",
        "screening": screening,
        "summary": summarise(table, screening, detailed=detailed),
        "table": table,
        "rows": tell_table(table, detailed=detailed),
        "screenings": client.screenings.select_related("asked_by")[:SCREENINGS_SHOWN],
    }
    return render(request, "clients/detail.html", context)


def _card_page(request: HttpRequest, form: CardForm) -> HttpResponse:
    status = UNPROCESSABLE if form.is_bound else 200
    context = {"form": form, "client": form.client}
    return render(request, "clients/form.html", context, status=status)
