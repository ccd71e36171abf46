"""The desk's view of the outbox."""

from datetime import date, timedelta

import icalendar
import pytest
import time_machine
from django.urls import reverse

from cryoclinic.changes import event_model_of
from scheduling.models import Appointment, Message
from scheduling.selectors import messages
from scheduling.services.outbox import announce_course, withdraw
from tests import factories
from tests.scheduling.outbox_clinic import DAYS, NOON, make_course, send

pytestmark = pytest.mark.django_db

LIST = "/messages/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def booked(clinic):
    course, visits = make_course(clinic)
    announce_course(course, visits, now=NOON)
    return course, visits


@pytest.fixture
def desk(browse, reception):
    return browse(reception)


def shown(response) -> list[Message]:
    return [line.message for line in response.context["page"].lines]


def test_list_shows_the_latest_due_first_on_the_clinic_s_clock(desk, booked):
    course, _visits = booked
    response = desk.get(LIST, {"client": course.client_id})

    lines = response.context["page"].lines
    assert [(line.message.kind, line.due_at.strftime("%d %H:%M")) for line in lines] == [
        ("reminder", "18 14:05"),
        ("reminder", "15 14:05"),
        ("reminder", "13 14:05"),
        ("course_booked", "12 12:00"),
    ]
    assert {line.address for line in lines} == {course.client.email}
    assert "18 May, 14:05" in response.content.decode()
    message = desk.get(f"/messages/{lines[0].message.pk}/").content.decode()
    assert "18 May 2026, 14:05" in message


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["Reminder, 2 h before", "Reminder, 24 h before", "Course booked"]),
        ("ru", ["Напоминание за 2 ч", "Напоминание за 24 ч", "Запись на курс"]),
    ],
)
def test_reminders_are_told_apart_wherever_messages_are_named(
    browse, manager, clinic, language, names
):
    clinic.reminder_lead_hours = [24, 2]
    clinic.save()
    course, visits = make_course(clinic, DAYS[:1])
    announce_course(course, visits, now=NOON)
    desk = browse(manager)
    desk.cookies["django_language"] = language

    found = desk.get(LIST, {"client": course.client_id})
    for message, name in zip(shown(found), names, strict=True):
        assert f'<a href="/messages/{message.pk}/">{name}</a>' in found.content.decode()
        page = desk.get(f"/messages/{message.pk}/").content.decode()
        assert f"{name} · {course.client.name}" in page
    of_course = desk.get(f"/courses/{course.pk}/").content.decode()
    told = [of_course.count(f'<span class="row-title">{name}</span>') for name in names]
    assert told == [1, 1, 1]
    listed = desk.get("/admin/scheduling/message/").content.decode().lower()
    assert [name.lower() in listed for name in names] == [True, True, True]


def test_list_begins_with_what_went_out_lately_and_goes_out_soon(desk, booked):
    assert [
        (line.message.kind, line.due_at.strftime("%d %H:%M"))
        for line in desk.get(LIST).context["page"].lines
    ] == [("reminder", "13 14:05"), ("course_booked", "12 12:00")]


def test_list_filters_by_status_and_client(desk, booked, clinic):
    _course, visits = booked
    other, others = make_course(clinic, [date(2026, 5, 20)])
    announce_course(other, others, now=NOON)
    withdraw(visits[:1])

    assert [
        message.appointment_id for message in shown(desk.get(LIST, {"status": "withdrawn"}))
    ] == [visits[0].pk]
    for asked in ({"client": other.client_id}, {"q": other.client.email}):
        assert {message.course_id for message in shown(desk.get(LIST, asked))} == {other.pk}
    assert shown(desk.get(LIST, {"q": "nobody of that name"})) == []


def test_list_is_paged_and_every_message_is_on_one_page(desk, clinic):
    for _ in range(9):
        course, visits = make_course(clinic)
        announce_course(course, visits, now=NOON)
    first = desk.get(LIST, {"status": "due"})
    after = first.context["page"].next_after
    second = desk.get(LIST, {"status": "due", "after": after})

    assert (len(shown(first)), len(shown(second))) == (30, 6)
    assert {m.pk for m in shown(first) + shown(second)} == set(
        Message.objects.values_list("pk", flat=True)
    )
    assert second.context["page"].next_after == ""


@pytest.mark.parametrize("nonsense", ["x", "_1", "2026-05-12_5", "2026-13-41T00:00:00+00:00_7"])
def test_list_takes_nonsense_in_its_address(desk, booked, nonsense):
    asked = {"after": nonsense, "status": "nonsense", "client": nonsense}

    assert shown(desk.get(LIST, asked)) == shown(desk.get(LIST))


@pytest.mark.parametrize("courses", [1, 8])
def test_list_asks_a_fixed_number_of_queries(desk, clinic, courses, django_assert_num_queries):
    for _ in range(courses):
        course, visits = make_course(clinic)
        announce_course(course, visits, now=NOON)
    desk.get(LIST, {"status": "due"})

    with django_assert_num_queries(6):
        desk.get(LIST, {"status": "due"})


@pytest.mark.parametrize(
    ("looked_at", "hint"),
    [(1, "messages of the newest 1 are shown"), (2, "messages of the newest 2 are shown"), (3, "")],
)
def test_name_that_more_clients_have_than_are_looked_at_is_said_to_be_one(
    desk, clinic, monkeypatch, looked_at, hint
):
    people = factories.ClientFactory.create_batch(3, name="Vera Frost")
    for person in people:
        announce_course(*make_course(clinic, DAYS[:1], client=person), now=NOON)
    monkeypatch.setattr(messages, "CLIENTS", looked_at)

    answer = desk.get(LIST, {"q": "vera frost"})

    assert {message.client for message in shown(answer)} == set(people[-looked_at:])
    page = answer.content.decode()
    assert ("Type more of the name" in page, hint in page) == (bool(hint), True)


def test_list_is_the_own_clinic_s(browse, booked):
    elsewhere = factories.UserFactory(role="receptionist")

    assert shown(browse(elsewhere).get(LIST)) == []
    message = Message.objects.first()
    assert browse(elsewhere).get(f"/messages/{message.pk}/").status_code == 404


@pytest.mark.parametrize("name", ["message", "message_html", "message_calendar"])
def test_pages_need_the_permission(browse, cosmetologist, booked, name):
    url = reverse(f"scheduling:{name}", args=[Message.objects.first().pk])

    assert browse(cosmetologist).get(url).status_code == 403
    assert browse(cosmetologist).get(LIST).status_code == 403
    assert browse(None).get(url).status_code == 302
    assert browse(None).get(LIST).status_code == 302


def test_detail_shows_what_would_be_sent_then_what_was(desk, booked, clinic, smtp):
    message = Message.objects.get(kind="course_booked")
    before = desk.get(f"/messages/{message.pk}/").context["preview"]
    send(NOON)
    clinic.name = "Another name"
    clinic.save()
    after = desk.get(f"/messages/{message.pk}/").context["preview"]

    assert (before.is_final, after.is_final) == (False, True)
    assert (before.subject, before.text) == (after.subject, after.text)
    assert "Another name" not in after.text


def test_detail_shows_a_reminder_as_it_will_read_when_it_is_due(desk, booked, clinic):
    message = Message.objects.filter(kind="reminder").order_by("-due_at")[0]

    shown = desk.get(f"/messages/{message.pk}/").context["preview"]

    assert shown.subject == f"{clinic.name}: tomorrow at 14:05, session 3 of 3"


def test_html_is_shown_under_a_policy_that_lets_nothing_run(desk, booked):
    message = Message.objects.get(kind="course_booked")
    response = desk.get(f"/messages/{message.pk}/html/")

    assert response["X-Frame-Options"] == "SAMEORIGIN"
    policy = {part.strip() for part in response["Content-Security-Policy"].split(";")}
    assert policy == {
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "frame-ancestors 'self'",
        "sandbox",
    }


def test_calendar_can_be_downloaded(desk, booked):
    message = Message.objects.get(kind="course_booked")
    response = desk.get(f"/messages/{message.pk}/visits.ics")

    calendar = icalendar.Calendar.from_ical(response.content)
    assert len(calendar.walk("VEVENT")) == 3
    assert response["Content-Disposition"] == 'attachment; filename="visits.ics"'


def test_message_that_never_goes_out_has_nothing_to_show(desk, booked):
    _course, visits = booked
    withdraw(visits[:1])
    Appointment.objects.filter(pk=visits[0].pk).update(status="cancelled")
    message = Message.objects.get(appointment=visits[0])

    page = desk.get(f"/messages/{message.pk}/")

    assert (page.status_code, page.context["preview"]) == (200, None)
    assert page.context["line"].problem == "The visit was cancelled or missed."
    assert desk.get(f"/messages/{message.pk}/html/").status_code == 404


def test_mail_that_went_out_and_was_not_kept_is_not_made_up(desk, booked):
    Message.objects.filter(kind="course_booked").update(status="sent", sent_at=NOON)
    message = Message.objects.get(kind="course_booked")

    assert desk.get(f"/messages/{message.pk}/").context["preview"] is None


def test_list_names_the_problem(desk, booked, smtp, clock):
    smtp.at_rcpt = lambda address: "550 no such user"
    send(NOON)

    [line] = desk.get(LIST, {"status": "failed"}).context["page"].lines
    assert line.problem == "The mail server refused it for good (code 550). Check the address."
    assert line.due_at - NOON == timedelta(0)


def test_list_filters_by_kind(desk, booked):
    assert {message.kind for message in shown(desk.get(LIST, {"kind": "reminder"}))} == {"reminder"}
    assert shown(desk.get(LIST, {"kind": "aftercare"})) == []


def test_desk_sends_a_message_again(desk, booked, smtp):
    send(NOON)
    message = Message.objects.get(kind="course_booked")
    answer = desk.post(f"/messages/{message.pk}/resend/")
    again = Message.objects.get(kind="course_booked", repeat=1)

    assert (answer.status_code, answer.url) == (302, f"/messages/{again.pk}/")
    assert "goes out within half a minute" in desk.get(answer.url).content.decode()


def test_desk_withdraws_a_message(desk, booked, reception):
    message = Message.objects.get(kind="course_booked")
    answer = desk.post(f"/messages/{message.pk}/withdraw/")
    message.refresh_from_db()

    assert (answer.status_code, answer.url) == (302, f"/messages/{message.pk}/")
    assert (message.status, message.problem) == ("withdrawn", "by_desk")


@pytest.mark.parametrize("verb", ["resend", "withdraw"])
def test_refusal_is_shown_with_its_rule(desk, booked, verb):
    message = Message.objects.get(kind="course_booked")
    Message.objects.update(status="sending")
    answer = desk.post(f"/messages/{message.pk}/{verb}/")

    assert answer.status_code == 409
    assert str(answer.context["refused"].message) in answer.content.decode()


@pytest.mark.parametrize("verb", ["resend", "withdraw"])
def test_outsiders_send_and_withdraw_nothing(browse, cosmetologist, booked, verb):
    Message.objects.filter(kind="course_booked").update(status="failed")
    message = Message.objects.get(kind="course_booked")
    elsewhere = factories.UserFactory(role="receptionist")
    url = f"/messages/{message.pk}/{verb}/"

    assert browse(elsewhere).post(url).status_code == 404
    assert browse(cosmetologist).post(url).status_code == 403
    assert browse(None).post(url).status_code == 302
    assert list(Message.objects.filter(kind="course_booked").values_list("status")) == [("failed",)]


def test_detail_tells_what_became_of_each_attempt(desk, booked, smtp, clock, reception):
    message = Message.objects.get(kind="course_booked")
    smtp.at_data = lambda address: "451 try later"
    send(NOON)
    smtp.at_data = lambda address: "550 no"
    clock.move_to(NOON + timedelta(hours=1))
    send(NOON + timedelta(hours=1))
    smtp.at_data = lambda address: None
    desk.post(f"/messages/{message.pk}/resend/")
    send(NOON + timedelta(hours=1))

    retried = event_model_of(Message).objects.filter(pgh_obj_id=message.pk, status="retrying").get()
    due = f"Tue 12 May, {message.clinic.local(retried.due_at):%H:%M}"
    again = "Tue 12 May, 13:00"
    by_desk, by_program = reception.display_name, "the program itself"
    told = desk.get(f"/messages/{message.pk}/").context["history"]
    assert [(item.what, item.who) for item in told] == [
        ("Written, due on Tue 12 May, 12:00", "outside the program"),
        (
            f"Attempt 1: The mail server could not take it (code 451). Next on {due}",
            by_program,
        ),
        (
            "Attempt 2: The mail server refused it for good (code 550). Check the address. "
            "Given up",
            by_program,
        ),
        (f"To be sent on {again} after all", by_desk),
        ("Attempt 1: sent", by_program),
    ]


def test_board_counts_what_did_not_arrive_and_what_is_stuck(browse, reception, booked, clock):
    assert not browse(reception).get("/board/").context["outbox"]
    Message.objects.filter(kind="course_booked").update(status="failed")
    clock.move_to(NOON + timedelta(days=2))
    page = browse(reception).get("/board/").content.decode()

    assert "1 e-mail did not arrive" in page
    assert "E-mails have been waiting since 13 May, 14:05: the worker sends none" in page
    clock.move_to(NOON + timedelta(days=15))
    assert browse(reception).get("/board/").context["outbox"].failed == 0


def test_board_of_another_clinic_counts_its_own(browse, booked):
    Message.objects.update(status="failed")
    elsewhere = factories.UserFactory(role="receptionist")

    assert not browse(elsewhere).get("/board/").context["outbox"]
