"""What holds for every test: what may be missing, and what is cleaned up at the end."""

import os
import shutil
from collections.abc import Generator

import pytest
from django.apps import AppConfig, apps
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from pytest_django import DjangoDbBlocker

from cryoclinic import embedded
from cryoclinic.models import CLIENT_USERNAME, WORKER_USERNAME, User
from procedures.catalogue import loading
from tests import template
from tests.fixtures import browse as browse
from tests.fixtures import client_person as client_person
from tests.fixtures import clinic as clinic
from tests.fixtures import cosmetologist as cosmetologist
from tests.fixtures import manager as manager
from tests.fixtures import practice as practice
from tests.fixtures import reception as reception
from tests.smtp import smtp as smtp

# With this set, what is missing is a failure: a suite that quietly tests less proves less.
REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@receiver(post_migrate)
def keep_what_migrations_loaded(sender: AppConfig, **_signal: object) -> None:
    """A test that commits is followed by a flush, which takes the catalogue, the worker and
    the account of clients away.

    Django says so with this signal; the next test finds them again.
    """
    if sender.name == "scheduling":
        loading.load(apps)
        for username, name in ((WORKER_USERNAME, "CryoClinic"), (CLIENT_USERNAME, "Client")):
            User.objects.get_or_create(
                username=username,
                defaults={
                    "first_name": name,
                    "is_active": False,
                    "password": make_password(None),
                },
            )


@pytest.fixture(scope="session")
def template_database(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> str:
    """The name of a database that is migrated and otherwise empty, to make copies of."""
    with django_db_blocker.unblock():
        return template.ready()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, template_database: str
) -> None:
    """The suite's own database is such a copy."""
    connection.settings_dict["TEST"]["TEMPLATE"] = template_database


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's executable."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    pytest.skip("no Chromium on this machine (Debian, Ubuntu: apt install chromium)")


@pytest.fixture(scope="session")
def redis_url() -> str:
    """A Redis for tests of what only Redis does."""
    if url := os.environ.get("REDIS_URL"):
        return url
    pytest.skip("REDIS_URL is not set")


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"REQUIRE_ALL=1, but this was skipped: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the embedded server that ``tests/settings.py`` started, unless others use it."""
    if os.environ.get("TEST_CLUSTER_STARTED") and not hasattr(config, "workerinput"):
        from django.db import connections

        connections.close_all()
        embedded.TEST.stop(only_idle=True)
