"""A database of its own for figures that need one: made by the migrations, dropped afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def scratch_database(name: str) -> Iterator[None]:
    """Inside, the product's models read and write an empty database on the configured server.

    The server is the embedded one unless ``DATABASE_URL`` names another. Import models inside.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    os.environ["STATEMENT_TIMEOUT_SECONDS"] = "0"

    import django
    from django.db import connection

    django.setup()
    usual = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"{usual}_{name}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(usual, verbosity=0)
