"""What every connection to PostgreSQL is asked for."""

from collections.abc import Mapping
from typing import Any

WAITS = {"lock_timeout": "5s", "idle_in_transaction_session_timeout": "60s"}
# Every statement reads a few hundred rows by an index: helpers would take longer to start than all
# of it, and the other requests need their cores.
ONE_CORE = {"max_parallel_workers_per_gather": 0, "jit": "off"}


def connection_options(given: Mapping[str, Any], *, statement_seconds: int) -> dict[str, Any]:
    """Django's ``OPTIONS``: those that the database's address gives, and ours.

    ``statement_seconds``: how long a statement may take, 0 for as long as it likes.
    """
    settings = {"statement_timeout": f"{statement_seconds}s", **WAITS, **ONE_CORE}
    ours = [f"-c {name}={value}" for name, value in settings.items()]
    usual = {"application_name": "cryoclinic", "connect_timeout": 5}
    return {**usual, **given, "options": " ".join([str(given.get("options", "")), *ours]).strip()}
