"""A database of its own for figures that need one: made by the migrations, dropped afterwards.

``BENCH_DATABASE`` names one to keep instead, so that the next run finds it loaded.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def scratch_database(name: str) -> Iterator[None]:
    """Inside, the product's models read and write an empty database on the configured server.

    The server is the embedded one unless ``DATABASE_URL`` names another. Import models inside.
    """
    with _database(name):
        yield


@contextmanager
def loaded_database(name: str, rows: int) -> Iterator[int]:
    """The same with about ``rows`` appointments in it; gives the seconds that loading took.

    With ``BENCH_DATABASE`` what is there already is not loaded again, and all of it is kept.
    """
    with _database(name, kept=os.environ.get("BENCH_DATABASE", "")):
        from time import perf_counter

        from cryoclinic.models import Clinic
        from scheduling import scale

        began = perf_counter()
        if not Clinic.objects.exists():
            scale.load(appointments=rows, clinics=max(1, rows // 125_000))
        yield round(perf_counter() - began)


@contextmanager
def _database(name: str, kept: str = "") -> Iterator[None]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    os.environ["STATEMENT_TIMEOUT_SECONDS"] = "0"

    import django
    from django.db import connection

    django.setup()
    usual = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = kept or f"{usual}_{name}"
    keep = bool(kept)
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(usual, verbosity=0, keepdb=keep)
