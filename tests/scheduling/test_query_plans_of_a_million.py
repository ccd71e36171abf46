"""A million appointments themselves: no table is read from end to end, nor an index in its place.

``SCALE_DATABASE`` names a database of the server that ``seed_scale`` has filled already; it is left
as it was. Without it a million are loaded first.
"""

import os
import re
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from cryoclinic.models import Clinic, User
from scheduling import scale
from scheduling.models import Appointment
from tests import factories
from tests.scheduling.statement_plans import rows_read, sequential_scans, statements
from tests.scheduling.test_query_plans import (
    BACK_OFFICE,
    PAGES,
    change,
    targets_of,
    the_worker_at_work,
)

pytestmark = pytest.mark.prove

ROWS = 1_000_000
READ_AT_MOST = 20_000  # rows of one table for one statement
# The back office counts pages and offers years, which is done over all rows of one clinic.
OF_A_CLINIC = 150_000


@pytest.fixture
def million(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Clinic]:
    settings, usual = connection.settings_dict, connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        connection.close()
        settings["NAME"] = os.environ.get("SCALE_DATABASE", usual)
        try:
            with transaction.atomic():
                if "SCALE_DATABASE" not in os.environ:
                    scale.load(appointments=ROWS, clinics=8)
                yield Clinic.objects.filter(user__username__startswith="scale-desk").earliest("pk")
                transaction.set_rollback(True)
        finally:
            connection.close()
            settings["NAME"] = usual


def too_much(run: Callable[[], object], most: int) -> dict[str, object]:
    """The statements that read more rows of a table than they should, and what."""
    with CaptureQueriesContext(connection) as queries:
        run()
    found: dict[str, object] = {}
    for sql in statements(queries):
        if re.match(r"\s*SELECT\b", sql):
            read = {table: rows for table, rows in rows_read(sql).items() if rows > most}
        else:  # not to be carried out once more
            read = {
                table: size for table in sequential_scans(sql) if (size := rows_of(table)) > most
            }
        found |= {sql[:3000]: read} if read else {}
    return found


def rows_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def test_nothing_reads_a_million_rows(million, browse, mailoutbox):
    clinic = million
    assert Appointment.objects.count() >= ROWS
    desk = User.objects.get(username=f"scale-desk-{clinic.pk}")
    treats = User.objects.filter(clinic=clinic, groups__name="cosmetologist").earliest("pk")
    manager = factories.UserFactory(clinic=clinic, role="manager", is_staff=True)
    at_desk, at_back_office, targets = browse(desk), browse(manager), targets_of(clinic)
    runs: dict[str, Callable[[], object]] = {
        **{name: partial(visit, targets, at_desk) for name, visit in PAGES.items()},
        **{
            f"back office: {name}": partial(visit, targets, at_back_office)
            for name, visit in BACK_OFFICE.items()
        },
        "my day": lambda: browse(treats).get(reverse("scheduling:my_day")),
        "booking and changing": lambda: change(clinic, desk),
        "worker": lambda: the_worker_at_work(timezone.now()),
    }
    found = {
        name: too_much(run, OF_A_CLINIC if name.startswith("back office") else READ_AT_MOST)
        for name, run in runs.items()
    }
    assert {name: statements for name, statements in found.items() if statements} == {}
