"""Beat's sign of life goes on with the broker or the database away."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError

from cryoclinic import health
from cryoclinic.beat import Scheduler
from cryoclinic.celery import app
from cryoclinic.models import Heartbeat
from cryoclinic.periodic import every

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheduler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Beat with one entry that is always due, and a producer that takes everything."""
    app.loader.import_default_modules()  # as the program does; the tasks are registered by it
    schedule = {"heartbeat": every("scheduling.tasks.beat_heartbeat", timedelta(0))}
    monkeypatch.setitem(app.conf, "beat_schedule", schedule)
    monkeypatch.setattr(Scheduler, "producer", None)
    made = Scheduler(app, schedule_filename=str(tmp_path / "schedule"))
    yield made
    made.close()


def test_beat_says_that_it_works_when_it_asks_the_worker(scheduler, monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr(
        app.tasks["scheduling.tasks.beat_heartbeat"],
        "apply_async",
        lambda *_a, **_k: asked.append(""),
    )
    scheduler.tick()
    assert (len(asked), health.check_heartbeat(health.BEAT)) == (1, "ok")


def test_beat_says_so_without_a_broker(scheduler, monkeypatch):
    def refuse(*_args: object, **_options: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(app.tasks["scheduling.tasks.beat_heartbeat"], "apply_async", refuse)
    scheduler.tick()
    assert health.check_heartbeat(health.BEAT) == "ok"


def test_beat_goes_on_without_a_database(scheduler, monkeypatch):
    closed: list[bool] = []

    def away(name: str) -> None:
        raise OperationalError

    monkeypatch.setattr(
        app.tasks["scheduling.tasks.beat_heartbeat"], "apply_async", lambda *_a, **_k: None
    )
    monkeypatch.setattr("cryoclinic.beat.health.beat", away)
    monkeypatch.setattr("cryoclinic.beat.connection.close", lambda: closed.append(True))
    scheduler.tick()
    assert (closed, Heartbeat.objects.count()) == ([True], 0)
