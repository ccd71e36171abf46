"""What beat asks of the worker."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from cryoclinic import health
from cryoclinic.celery import app
from scheduling import tasks
from scheduling.models import CourseAlert, CourseCheck, Message
from scheduling.services import sending
from scheduling.services.outbox import announce_course
from scheduling.services.rewriting import GRACE
from scheduling.services.watch import look_again
from tests.scheduling.outbox_clinic import NOON, make_course

pytestmark = pytest.mark.django_db


def test_every_task_of_the_schedule_is_known_to_the_worker():
    app.loader.import_default_modules()

    asked = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert asked - set(app.tasks) == set()


@pytest.fixture
def asked(monkeypatch) -> list[dict[str, object]]:
    """What else is asked of the worker meanwhile."""
    found: list[dict[str, object]] = []
    monkeypatch.setattr(
        tasks.send_due_messages, "apply_async", lambda **options: found.append(options)
    )
    return found


def send_backlog_of(number, clinic, monkeypatch):
    monkeypatch.setattr(sending, "send_due", partial(sending.send_due, limit=2))
    with time_machine.travel(NOON):
        for _ in range(number):
            course, visits = make_course(clinic)
            announce_course(course, visits, now=NOON)
        tasks.send_due_messages()
    assert Message.objects.filter(status="sent").count() == number


def test_send_due_messages_goes_on_until_nothing_is_due(clinic, smtp, monkeypatch, asked):
    send_backlog_of(5, clinic, monkeypatch)

    assert len(smtp.mails) == 5


@pytest.mark.parametrize("case", [(0, 0), (1, 0), (2, 1), (5, 1)])
def test_another_process_is_asked_once_where_the_first_claim_is_full(
    clinic, smtp, monkeypatch, asked, case
):
    number, times = case
    send_backlog_of(number, clinic, monkeypatch)

    assert asked == [{"expires": tasks.SECONDS_TO_JOIN}] * times


def test_nobody_is_asked_where_mails_are_rationed(clinic, smtp, monkeypatch, asked, settings):
    settings.MAILS_PER_MINUTE = 60_000
    send_backlog_of(3, clinic, monkeypatch)

    assert asked == []


def test_backlog_is_sent_alone_where_the_broker_is_away(clinic, smtp, monkeypatch):
    def away(**_options: object) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.send_due_messages, "apply_async", away)
    send_backlog_of(3, clinic, monkeypatch)

    assert len(smtp.mails) == 3


def test_enforce_spacing_mends_what_changed(clinic):
    with time_machine.travel(NOON, tick=False):
        course, _visits = make_course(clinic, sessions_planned=5)
        look_again([course.pk], at=NOON)
        tasks.enforce_spacing()

    assert course.appointments.live().count() == 5
    assert CourseAlert.objects.count() == 0


def test_review_every_course_raises_alerts_and_has_the_course_looked_at(clinic):
    with time_machine.travel(NOON, tick=False):
        course, _visits = make_course(clinic, sessions_planned=5)
        tasks.review_every_course()

    assert list(CourseAlert.objects.values_list("course", "kind", "raised_at")) == [
        (course.pk, "sessions_missing", NOON)
    ]
    assert list(CourseCheck.objects.values_list("course", "due_at")) == [(course.pk, NOON)]


def test_rewrite_reminders_goes_on_until_all_follow_the_clinic(clinic):
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(2):
            announce_course(*make_course(clinic), now=NOON)
        clinic.reminder_lead_hours = [2]
        clinic.save()
        for _ in range(2):
            tasks.rewrite_reminders()
            clock.shift(GRACE)

    left = Message.objects.filter(kind="reminder", status="due")
    assert list(left.values_list("lead_hours", flat=True)) == [2] * 6


def test_readiness_tells_a_silent_beat_from_a_silent_worker():
    def silent() -> list[str]:
        return [health.check_heartbeat(name) for name in (health.BEAT, health.WORKER)]

    assert silent() == ["never seen", "never seen"]

    health.beat(health.BEAT)
    assert silent() == ["ok", "never seen"]

    tasks.beat_heartbeat()
    assert silent() == ["ok", "ok"]

    later = health.SILENT_AFTER + timedelta(seconds=30)
    with time_machine.travel(timezone.now() + later, tick=False):
        tasks.beat_heartbeat()
        assert silent()[0].startswith("silent for ")
        assert silent()[1] == "ok"


@pytest.mark.parametrize(
    ("status", "late", "said"),
    [
        ("due", 14, []),
        ("due", 16, ["the oldest unsent message has been due for 16 minutes"]),
        ("retrying", 60, ["the oldest unsent message has been due for 60 minutes"]),
        ("withdrawn", 60, []),
    ],
)
def test_the_log_says_that_mails_do_not_go_out(clinic, caplog, status, late, said):
    with time_machine.travel(NOON, tick=False):
        course, visits = make_course(clinic)
        announce_course(course, visits, now=NOON)
    Message.objects.filter(kind="course_booked").update(status=status)

    with time_machine.travel(NOON + timedelta(minutes=late), tick=False):
        tasks.watch_outbox()

    assert [record.getMessage() for record in caplog.records] == said


@pytest.mark.parametrize(
    ("status", "late", "outbox"),
    [("due", 14, "ok"), ("retrying", 25, "overdue for 25 min"), ("withdrawn", 60, "ok")],
)
def test_readiness_tells_of_late_mails_and_stays_ready(browse, clinic, status, late, outbox):
    with time_machine.travel(NOON, tick=False):
        course, visits = make_course(clinic)
        announce_course(course, visits, now=NOON)
    Message.objects.filter(kind="course_booked").update(status=status)

    with time_machine.travel(NOON + timedelta(minutes=late), tick=False):
        health.beat(health.BEAT)
        health.beat(health.WORKER)
        answer = browse(None).get("/readyz")

    working = dict.fromkeys(("database", "broker", "beat", "worker"), "ok")
    assert (answer.status_code, answer.json()) == (200, working | {"outbox": outbox})


def test_readiness_is_lost_with_the_worker_whatever_the_mails_do(browse, clinic):
    health.beat(health.BEAT)

    answer = browse(None).get("/readyz")

    assert (answer.status_code, answer.json()) == (
        503,
        {"database": "ok", "broker": "ok", "beat": "ok", "worker": "never seen", "outbox": "ok"},
    )


def test_readiness_asks_a_database_that_is_away_for_nothing(browse, clinic, monkeypatch):
    monkeypatch.setattr(health, "check_database", lambda: "unreachable")

    answer = browse(None).get("/readyz")

    unknown = dict.fromkeys(("beat", "worker", "outbox"), "unknown: no database")
    assert (answer.status_code, answer.json()) == (
        503,
        {"database": "unreachable", "broker": "ok"} | unknown,
    )
