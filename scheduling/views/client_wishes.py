"""The client's answers and wishes: has anything changed, which language, which e-mails."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.models import Client
from clients.services import MailWish, change_mail_wishes
from cryoclinic.errors import Refused
from cryoclinic.http import UNPROCESSABLE
from cryoclinic.models import User
from scheduling.client_rules import NotAnswered
from scheduling.forms.client_page import ChangesForm, WishesForm
from scheduling.link_access import client_by_unsubscribe_link, course_by_link
from scheduling.selectors.client_page import Place
from scheduling.services.pre_visit import answer_before_visit
from scheduling.views.client_link import OpenLink, by_link, of_course
from scheduling.views.client_page import about_visit, visit_of

CHANGES = "scheduling/client_page/changes.html"
WISHES = "scheduling/client_page/wishes.html"
UNSUBSCRIBE = "scheduling/client_page/unsubscribe.html"


@of_course(course_by_link)
@require_http_methods(["GET", "HEAD", "POST"])
def changes(request: HttpRequest, link: OpenLink, pk: int) -> HttpResponse:
    """GET: the questions, never the answers. POST ``changed``, ``present``, ``comment``."""
    visit = visit_of(link, pk)
    form = ChangesForm(request.POST or None)
    context = {**about_visit(link, visit), "form": form}
    if request.method != "POST":
        return render(request, CHANGES, context)
    try:
        if not form.is_valid():
            raise NotAnswered(_("Your answer could not be read. Please answer again."))
        answer_before_visit(
            by=User.objects.client_by_link(), course=link.course, visit=pk, **form.answer()
        )
    except Refused as error:
        context = {**about_visit(link, visit_of(link, pk)), "form": form, "refused": error}
        return render(request, CHANGES, context, status=error.status)
    return link.back("answered")


@of_course(course_by_link)
@require_http_methods(["GET", "HEAD", "POST"])
def wishes(request: HttpRequest, link: OpenLink) -> HttpResponse:
    """GET: as they are. POST ``language`` and ``mail``."""
    client = link.course.client
    form = WishesForm(request.POST) if request.method == "POST" else WishesForm.of(client)
    if request.method == "POST" and form.is_valid():
        change_mail_wishes(by=User.objects.client_by_link(), client=client, **form.wishes())
        return link.back("saved")
    context = {
        "token": link.token,
        "form": form,
        "place": Place.of(link.course.clinic),
        "email": client.email,
    }
    return render(
        request, WISHES, context, status=UNPROCESSABLE if request.method == "POST" else 200
    )


@by_link(client_by_unsubscribe_link)
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, client: Client) -> HttpResponse:
    """GET: a button. POST: no more optional mail (``all``: none at all), in one click.

    RFC 8058: mail providers POST ``List-Unsubscribe=One-Click`` on their user's behalf.
    """
    mail = MailWish.NONE if "all" in request.POST else MailWish.NEEDED
    with translation.override(client.language):
        if request.method == "POST" and MailWish.of(client) is not MailWish.NONE:
            client = change_mail_wishes(by=User.objects.client_by_link(), client=client, mail=mail)
        context = {"done": request.method == "POST", "mail": MailWish.of(client).value}
        response = render(request, UNSUBSCRIBE, context)
    response["Content-Language"] = client.language
    return response
