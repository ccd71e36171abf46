"""Settings with which the worker could lose work, or do it twice, are refused."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from cryoclinic.celery import app
from cryoclinic.embedded import PROJECT
from cryoclinic.periodic import every


def found() -> list[str]:
    return [str(check.id) for check in run_checks(tags=["delivery"])]


def test_the_settings_as_they_are_pass():
    assert found() == []


@pytest.mark.parametrize(
    ("setting", "value", "refused"),
    [
        ("accept_content", ["json", "pickle"], "cryoclinic.E001"),
        ("task_serializer", "pickle", "cryoclinic.E001"),
        ("task_acks_late", False, "cryoclinic.E001"),
        ("task_reject_on_worker_lost", None, "cryoclinic.E001"),
        ("task_always_eager", True, "cryoclinic.E001"),
        ("task_ignore_result", False, "cryoclinic.E001"),
        ("worker_prefetch_multiplier", 4, "cryoclinic.E001"),
        ("worker_cancel_long_running_tasks_on_connection_loss", True, "cryoclinic.E001"),
        ("broker_connection_retry", False, "cryoclinic.E001"),
        ("broker_connection_max_retries", 100, "cryoclinic.E001"),
        ("broker_channel_error_retry", False, "cryoclinic.E001"),
        ("timezone", "Europe/Berlin", "cryoclinic.E001"),
        ("broker_transport_options", {"visibility_timeout": 120}, "cryoclinic.E002"),
        ("task_soft_time_limit", 120, "cryoclinic.E002"),
        ("task_time_limit", None, "cryoclinic.E002"),
        ("beat_schedule", {"x": every("x", timedelta(1)) | {"options": {}}}, "cryoclinic.E004"),
        ("beat_schedule", {"x": {"task": "x", "schedule": 15.0}}, "cryoclinic.E003"),
    ],
)
def test_each_unsafe_setting_is_refused(
    monkeypatch: pytest.MonkeyPatch, setting: str, value: Any, refused: str
):
    monkeypatch.setitem(app.conf, setting, value)
    assert refused in found()


@pytest.mark.parametrize(
    "program", [["worker", "--pool=solo"], ["beat", "--pidfile="]], ids=["worker", "beat"]
)
def test_neither_worker_nor_beat_starts_with_them(tmp_path: Path, program: list[str]):
    """As processes: what Celery does with a refusal is what counts."""
    (tmp_path / "unsafe.py").write_text(
        "from tests.settings import *\nCELERY_TASK_ACKS_LATE = False\n"
        f"CELERY_BEAT_SCHEDULE_FILENAME = {str(tmp_path / 'schedule')!r}\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "celery", "--quiet", "--app=cryoclinic", *program],
        capture_output=True,
        check=False,
        cwd=PROJECT,
        env={"DJANGO_SETTINGS_MODULE": "unsafe", "PYTHONPATH": f"{PROJECT}:{tmp_path}"},
        text=True,
        timeout=180,
    )
    assert done.returncode != 0
    assert "CELERY_TASK_ACKS_LATE is False" in done.stderr
