"""The settings as a process reads them from its environment."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.db import connection

from cryoclinic.embedded import PROJECT

SERVER = {
    "SECRET_KEY": "0123456789" * 5,
    "ALLOWED_HOSTS": "clinic.example.org",
    "SITE_URL": "https://clinic.example.org",
    "DATABASE_URL": "postgres://ann:p%40ss@db.example.org:6543/clinic",
    "REDIS_URL": "redis://redis.example.org:6379/1",
    "EMAIL_URL": "submission://mail:secret@smtp.example.org:587",
}
# Set and empty, so that a developer's own .env file says nothing here.
NOTHING = dict.fromkeys([*SERVER, "DEBUG", "PORT"], "")
READ = (
    "import json; from django.conf import settings; "
    "print(json.dumps({name: getattr(settings, name) for name in %r}, default=str))"
)


def start(command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
    return subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        check=False,
        cwd=PROJECT,
        env=inherited
        | NOTHING
        | {"DJANGO_SETTINGS_MODULE": "cryoclinic.settings", "PYTHONWARNINGS": "error"}
        | variables,
        text=True,
    )


def read(*names: str, **variables: str) -> dict[str, Any]:
    done = start(["-c", READ % (names,)], **variables)
    assert done.stderr == ""
    return dict(json.loads(done.stdout))


def refusal(**variables: str) -> str:
    """The one sentence with which manage.py ends."""
    done = start(["manage.py", "check"], **variables)
    assert done.returncode == 1
    return done.stderr.strip()


def test_settings_without_an_environment_are_the_embedded_development_default() -> None:
    names = ("DEBUG", "EMBEDDED_DATABASE", "CELERY_BROKER_URL", "SITE_URL", "ALLOWED_HOSTS")
    assert read(*names) == {
        "DEBUG": True,
        "EMBEDDED_DATABASE": True,
        "CELERY_BROKER_URL": "filesystem://localhost//",
        "SITE_URL": "http://127.0.0.1:8000",
        "ALLOWED_HOSTS": [],
    }


def test_settings_of_a_server_are_what_its_environment_says() -> None:
    read_back = read("DEBUG", "DATABASES", "EMAIL_HOST", "DEFAULT_FROM_EMAIL", **SERVER)
    database = read_back.pop("DATABASES")["default"]
    assert read_back == {
        "DEBUG": False,
        "EMAIL_HOST": "smtp.example.org",
        "DEFAULT_FROM_EMAIL": "CryoClinic <noreply@clinic.example.org>",
    }
    assert {key: database[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")} == {
        "USER": "ann",
        "PASSWORD": "p@ss",
        "HOST": "db.example.org",
        "PORT": 6543,
        "NAME": "clinic",
    }


def test_settings_take_a_socket_folder_from_the_database_address() -> None:
    found = read("DATABASES", DEBUG="1", DATABASE_URL="postgres://ann@/clinic?host=%2FRun%2Fpg")
    database = found["DATABASES"]["default"]
    assert (database["HOST"], "host" in database["OPTIONS"]) == ("/Run/pg", False)


def test_settings_pass_deployment_checks() -> None:
    done = start(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], **SERVER)
    assert (done.returncode, done.stderr) == (0, "")


def test_settings_ask_for_everything_a_server_lacks_at_once() -> None:
    said = refusal(DATABASE_URL=SERVER["DATABASE_URL"])
    assert [name for name in SERVER if f"{name} (" in said] == [
        name for name in SERVER if name != "DATABASE_URL"
    ]
    assert said.startswith("Set SECRET_KEY (50 random characters")
    assert said.endswith("Or set DEBUG=1 to develop on this machine.")


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (
            {"SITE_URL": "http://clinic.example.org"},
            "SITE_URL must begin with https:// (it is “http://clinic.example.org”), or sign-in "
            "cookies and health data would cross the network in the clear.",
        ),
        (
            {"DATABASE_URL": "mysql://ann@localhost/clinic"},
            "DATABASE_URL must begin with postgres://: double booking is prevented by constraints "
            "that only PostgreSQL has.",
        ),
        (
            {"DEBUG": "perhaps"},
            'The environment can\'t be read: Environment variable "DEBUG" invalid: '
            "Not a valid boolean.",
        ),
        (
            {"PORT": "http"},
            'The environment can\'t be read: Environment variable "PORT" invalid: '
            "Not a valid integer.",
        ),
    ],
)
def test_settings_name_what_is_wrong(variables: dict[str, str], sentence: str) -> None:
    assert refusal(**SERVER | variables) == sentence


def test_settings_refuse_a_guessable_key_without_repeating_it() -> None:
    said = refusal(**SERVER | {"SECRET_KEY": "letmein"})
    assert said.startswith("SECRET_KEY is too short: 50 random characters or more")
    assert "letmein" not in said


@pytest.mark.django_db
def test_connections_end_waiting_and_plan_for_one_core() -> None:
    expected = {
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "1min",
        "max_parallel_workers_per_gather": "0",
        "jit": "off",
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, current_setting(name) FROM unnest(%s) name", [list(expected)])
        assert dict(cursor.fetchall()) == expected
