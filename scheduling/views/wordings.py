"""The words of a clinic's mails, for its managers: what is typed is shown before it is saved."""

from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cryoclinic.access import clinic_of
from cryoclinic.errors import Refused
from cryoclinic.http import UNPROCESSABLE, StaffRequest, partial
from scheduling.emails.sample import sample_mail
from scheduling.forms.wordings import WordingForm
from scheduling.models.message import MessageKind
from scheduling.selectors.wordings import draft_of, names_known, wording_table
from scheduling.services import wording as services

LIST, PAGE = "scheduling/wordings/list.html", "scheduling/wordings/edit.html"
PREVIEW = "scheduling/wordings/_preview.html"
MAY = "scheduling.change_wording"
# The mail is shown in a frame that takes its rules from this page, and has its styles in its
# elements. All that is typed into it is escaped, and nothing runs in the frame.
FRAME_POLICY = {"style-src": ["'self'", "'unsafe-inline'"]}


@login_required
@permission_required(MAY, raise_exception=True)
@require_safe
def wordings(request: StaffRequest) -> HttpResponse:
    """GET: every kind of mail in every language, and whose words it goes out in."""
    return render(request, LIST, {"lines": wording_table(clinic_of(request.user))})


@login_required
@permission_required(MAY, raise_exception=True)
@never_cache
@csp_update(FRAME_POLICY)
@require_http_methods(["GET", "HEAD", "POST"])
def wording(request: StaffRequest, kind: str, language: str) -> HttpResponse:
    """POST: show the mail in what is typed, writing nothing; ``save`` keeps it, ``test`` sends it
    to oneself.
    """
    clinic, which = clinic_of(request.user), _kind(kind, language)
    draft, is_own = draft_of(clinic, which, language)
    form = WordingForm(request.POST or None, kind=which, draft=draft)
    context = {"form": form, "language": language, "is_own": is_own}
    if form.is_bound and not form.is_valid():
        return _page(request, context, status=UNPROCESSABLE)
    what: dict[str, Any] = {
        "by": request.user,
        "clinic": clinic,
        "kind": which,
        "language": language,
    }
    try:
        if "save" in request.POST:
            services.save_wording(**what, draft=form.draft)
            messages.success(request, _("Mails of this kind say it from now on."))
            return redirect("scheduling:wordings")
        if "test" in request.POST:
            services.send_test(**what, draft=form.draft, now=timezone.now())
            told = _("A test is on its way to %(address)s.") % {"address": request.user.email}
            messages.success(request, told)
    except Refused as error:
        return _page(request, context, status=error.status, refused=error)
    return _page(request, context)


def _page(
    request: StaffRequest, context: dict[str, Any], *, status: int = 200, **told: Any
) -> HttpResponse:
    form: WordingForm = context["form"]
    if not form.is_bound or form.is_valid():
        told["preview"] = sample_mail(
            form.kind,
            clinic_of(request.user),
            language=context["language"],
            to=request.user.email or "client@example.com",
            now=timezone.now(),
            draft=form.draft,
        )
    told |= {
        "kind": form.kind,
        "language_name": dict(settings.LANGUAGES)[context["language"]],
        "names": names_known(form.kind),
    }
    return partial(request, PAGE, PREVIEW, context | told, status=status)


@login_required
@permission_required(MAY, raise_exception=True)
@require_POST
def reset(request: StaffRequest, kind: str, language: str) -> HttpResponse:
    """Back to the shipped words."""
    which = _kind(kind, language)
    services.reset_wording(
        by=request.user, clinic=clinic_of(request.user), kind=which, language=language
    )
    messages.success(request, _("Mails of this kind go out in the shipped words again."))
    return redirect("scheduling:wording", kind, language)


def _kind(kind: str, language: str) -> MessageKind:
    if kind not in MessageKind or language not in dict(settings.LANGUAGES):
        raise Http404
    return MessageKind(kind)
