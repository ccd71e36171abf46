"""Looking is free: GET and HEAD write nothing, on any address of the product, for anybody.

The addresses are those of the resolver, so a new view is looked at here from its first day. What
was written is asked of PostgreSQL's own counters, which see triggers and undone writes too.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from clients.models import Answer, Clearance, Client, Screening
from cryoclinic.models import User
from scheduling.links import page_token, unsubscribe_url
from scheduling.models import Appointment, Course, Message, Specialist, Unavailability
from scheduling.selectors.feeds import course_feed_url, specialist_feed_url
from tests import factories
from tests.fixtures import Practice
from tests.small_clinic import MORNING, populate

pytestmark = pytest.mark.django_db

# Whose row a number in an address names; the first beginning that fits counts.
ROWS: dict[str, type[Model]] = {
    "clients/screenings/": Screening,
    "clients/answers/": Answer,
    "clients/clearances/": Clearance,
    "clients/": Client,
    "courses/": Course,
    "appointments/": Appointment,
    "messages/": Message,
    "unavailabilities/": Unavailability,
}
# The addresses of a route that names no row by its number.
MADE: dict[str, Callable[[], list[str]]] = {
    "feeds/<str:token>.ics": lambda: [
        course_feed_url(Course.objects.earliest("pk")),
        specialist_feed_url(Specialist.objects.earliest("pk")),
    ],
    "u/<str:token>/": lambda: [unsubscribe_url(Client.objects.earliest("pk"))],
    "messages/wordings/<slug:kind>/<slug:language>/": lambda: [
        reverse("scheduling:wording", args=[kind, "ru"]) for kind in Message.Kind
    ],
    "messages/wordings/<slug:kind>/<slug:language>/reset/": lambda: [
        reverse("scheduling:reset_wording", args=["reminder", "ru"])
    ],
}
# A visitor's own session, and what counts visitors; nothing of the clinic's.
NOT_BUSINESS = {"django_session", "cache"}
# Open to anybody; everything else sends to the sign-in page or refuses.
PUBLIC = {
    "account_confirm_email",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_signup",
    "healthz",
    "readyz",
    "scheduling:client_book",
    "scheduling:client_cancel",
    "scheduling:client_changes",
    "scheduling:client_move",
    "scheduling:client_page",
    "scheduling:client_wishes",
    "scheduling:feed",
    "scheduling:unsubscribe",
}
POST_ONLY = {
    "clients:revoke",
    "scheduling:accept_plans",
    "scheduling:cancel_appointment",
    "scheduling:check_in",
    "scheduling:client_confirm",
    "scheduling:client_undo",
    "scheduling:dismiss_proposal",
    "scheduling:hold_course",
    "scheduling:mark_missed",
    "scheduling:note_add",
    "scheduling:pay",
    "scheduling:plan_hit_courses",
    "scheduling:renew_course_feed",
    "scheduling:renew_specialist_feed",
    "scheduling:rescreen",
    "scheduling:resend_message",
    "scheduling:reset_wording",
    "scheduling:restore_appointment",
    "scheduling:resume_course",
    "scheduling:session_admit",
    "scheduling:stop_course",
    "scheduling:undo_check_in",
    "scheduling:undo_missed",
    "scheduling:unavailability_remove",
    "scheduling:withdraw_link",
    "scheduling:withdraw_message",
}
# “Not ready” is an answer, and true of a test without a worker.
MAY_BE_UNREADY = {"/readyz"}
WHO = ["nobody", "no role", "reception", "cosmetologist", "manager"]


def routes() -> Iterator[tuple[str, str]]:
    """``("clients/<int:pk>/", "clients:detail")`` for every address."""

    def walk(patterns: list[Any], before: str, namespace: str) -> Iterator[tuple[str, str]]:
        for each in patterns:
            route = before + str(each.pattern)
            if isinstance(each, URLResolver):
                inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
                yield from walk(each.url_patterns, route, inner)
            elif isinstance(each, URLPattern):
                yield route, f"{namespace}{each.name}"

    return walk(get_resolver().url_patterns, "", "")


def addresses() -> Iterator[tuple[str, str]]:
    """``("clients:detail", "/clients/7/")``: each route with every kind of row it can be about."""
    for route, name in routes():
        for address in (
            _of_the_admin(route, name) if name.startswith("admin:") else _of(route, name)
        ):
            yield name, address


# What the addresses of the sign-in's own pages are about.
OF_ACCOUNTS = {"uidb36": {"uidb36": "1", "key": "set-password"}, "?P<key>": {"key": "0"}}


def _of(route: str, name: str) -> list[str]:
    if route.startswith("v/<str:token>/"):
        return _of_client_page(route, name)
    if "<int:pk>" in route:
        start = next((start for start in ROWS if route.startswith(start)), "")
        assert start, f"ROWS does not say whose number is in {route}"
        return [reverse(name, args=[pk]) for pk in one_of_each(ROWS[start])]
    for mark, kwargs in OF_ACCOUNTS.items():
        if mark in route:
            return [reverse(name, kwargs=kwargs)]
    if route in MADE:
        return [urlsplit(made).path for made in MADE[route]()]
    assert "<" not in route, f"no rows are named for {route}"
    return [f"/{route}"]


def _of_client_page(route: str, name: str) -> list[str]:
    """Behind a genuine link for each course, with a visit in each state; and behind a wrong one."""
    tokens = {page_token(course): course.appointments.all() for course in Course.objects.all()}
    if "<int:pk>" not in route:
        return [reverse(name, args=[token]) for token in [*tokens, "wrong"]]
    visits = [
        (token, pk)
        for token, of_course in tokens.items()
        for pk in of_course.order_by("status", "pk").distinct("status").values_list("pk", flat=True)
    ]
    return [reverse(name, args=[*each]) for each in [*visits, ("wrong", 1)]]


def _of_the_admin(route: str, name: str) -> list[str]:
    if name == "admin:None":  # a redirect to the page after it, and the page that is not there
        return ["/admin/clients/client/1/" if "<path" in route else "/admin/none/"]
    if name == "admin:app_list":
        apps_shown = ("cryoclinic", "procedures", "clients", "scheduling")
        return [reverse(name, args=[app]) for app in apps_shown]
    if name == "admin:view_on_site":
        return [reverse(name, args=[1, 1])]
    if name == "admin:auth_user_password_change":
        return [reverse(name, args=[User.objects.earliest("pk").pk])]
    if "<path:object_id>" in route:
        app, model = name.removeprefix("admin:").split("_")[:2]
        row = apps.get_model(app, model)._default_manager.first()
        return [reverse(name, args=[row.pk if row else 1])]
    assert "<" not in route, f"no rows are named for {route}"
    return [f"/{route}"]


def one_of_each(model: type[Model]) -> list[int]:
    """A row in each state that the model's rows are in; those without states: the first two."""
    rows = model._default_manager.order_by("pk")
    if not any(field.name == "status" for field in model._meta.fields):
        return list(rows.values_list("pk", flat=True)[:2])
    states = rows.values_list("status", flat=True).order_by("status").distinct()
    return [rows.filter(status=state).values_list("pk", flat=True)[0] for state in states]


def questions() -> list[tuple[str, str]]:
    """Addresses that show something only when asked for it."""
    client = Client.objects.order_by("pk").first()
    protocol = Appointment.objects.first().course.procedure_type.protocols.first()
    return [
        ("scheduling:course_new", f"/courses/new/?client={client.pk}"),
        ("scheduling:board", f"/board/?date={MORNING:%Y-%m-%d}"),
        ("scheduling:board", f"/board/?date={MORNING:%Y-%m-%d}&by=room"),
        ("scheduling:my_day", f"/my-day/?date={MORNING:%Y-%m-%d}"),
        ("scheduling:slots", f"/slots/?protocol={protocol.pk}&from={MORNING:%Y-%m-%d}&days=7"),
        ("clients:list", f"/clients/?q={client.name[:4]}"),
        ("scheduling:messages", f"/messages/?client={client.pk}"),
    ]


def written() -> dict[str, int]:
    """Rows written so far in this transaction, by table: inserted, updated and deleted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
        )
        return {name: count for name, count in cursor.fetchall() if name not in NOT_BUSINESS}


@pytest.fixture
def morning() -> Iterator[None]:
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def small_clinic(
    morning: None, practice: Practice, reception: User, cosmetologist: User
) -> Practice:
    """Everything of it, the first screening too, came about on that morning or before."""
    populate(practice, reception=reception, cosmetologist=cosmetologist)
    return practice


@pytest.fixture
def visitors(
    small_clinic: Practice,
    browse: Callable[[User | None], Browser],
    reception: User,
    cosmetologist: User,
    manager: User,
) -> dict[str, Browser]:
    people = {
        "nobody": None,
        "no role": factories.UserFactory(clinic=small_clinic.clinic),
        "reception": reception,
        "cosmetologist": cosmetologist,
        "manager": manager,
    }
    return {name: browse(person) for name, person in people.items()}


def ask(browser: Browser, method: str, address: str, **headers: str) -> Any:
    browser.raise_request_exception = False
    return getattr(browser, method)(address, headers=headers)


@pytest.mark.parametrize("who", WHO)
def test_looking_writes_nothing_and_breaks_nothing(visitors: dict[str, Browser], who: str) -> None:
    """HEAD is asked of our own views; Django's admin answers it as it answers GET."""
    wrong = []
    for name, address in [*addresses(), *questions()]:
        for method in ["get"] if name.startswith("admin:") else ["get", "head"]:
            before = written()
            answer = ask(visitors[who], method, address)
            if written() != before:
                wrong.append((method, address, "wrote"))
            if answer.status_code >= 500 and address not in MAY_BE_UNREADY:
                wrong.append((method, address, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("who", ["reception", "cosmetologist"])
def test_looking_through_htmx_writes_nothing(visitors: dict[str, Browser], who: str) -> None:
    before, answers = written(), set()
    for name, address in [*addresses(), *questions()]:
        if name.startswith(("clients:", "scheduling:")):
            answer = ask(visitors[who], "get", address, **{"HX-Request": "true"})
            answers.add(answer.status_code)
    assert written() == before
    assert answers <= {200, 302, 403, 404, 405, 409, 422, 429}


def test_the_counters_see_what_a_post_writes(visitors: dict[str, Browser]) -> None:
    """Otherwise the tests above would prove nothing."""
    appointment = Appointment.objects.filter(status="booked").order_by("pk").first()
    before = written()
    answer = ask(visitors["reception"], "post", f"/appointments/{appointment.pk}/cancel/")
    after = written()
    changed = {name for name in after if after[name] != before.get(name, 0)}
    assert answer.status_code == 302
    assert {"scheduling_appointment", "scheduling_appointmentevent"} <= changed


def test_what_acts_answers_to_post_alone(visitors: dict[str, Browser]) -> None:
    deaf = {
        name
        for name, address in addresses()
        if not name.startswith("admin:")
        for who in ("reception", "cosmetologist", "manager")
        if ask(visitors[who], "get", address).status_code == 405
    }
    assert deaf == POST_ONLY


def test_nobody_sees_the_public_pages_alone(visitors: dict[str, Browser]) -> None:
    """Whoever is not signed in is sent to the sign-in page, or refused."""
    seen, elsewhere = set(), set()
    for name, address in [*addresses(), *questions()]:
        answer = ask(visitors["nobody"], "get", address)
        if answer.status_code in (200, 503):
            seen.add(name)
        elif answer.status_code == 302 and not answer.url.startswith(("/accounts/", "/admin/log")):
            elsewhere.add((name, answer.url))
    assert seen == PUBLIC
    # The admin itself sends on to the sign-in page; the language is only set by a POST.
    assert elsewhere == {("admin:logout", "/admin/"), ("set_language", "/")}
