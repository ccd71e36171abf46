"""The product's own settings, with what it keeps in files in the laboratory's folder.

Beat's periods are ``BEAT_PERIOD_SECONDS`` instead of 15 seconds and 5 minutes: so many scans of the
outbox don't have to be waited for. The log says when each task ended (``created``), and for how
long it ran.
"""

import os
from datetime import timedelta

from tests.e2e.settings import *  # noqa: F403 (all of them are the product's)
from tests.e2e.settings import CELERY_BEAT_SCHEDULE, LOGGING

PERIOD = timedelta(seconds=float(os.environ["BEAT_PERIOD_SECONDS"]))

for name in ("messages", "heartbeat"):
    CELERY_BEAT_SCHEDULE[name] |= {
        "schedule": PERIOD,
        "options": {"expires": PERIOD.total_seconds()},
    }

LOGGING["loggers"]["celery.app.trace"]["level"] = "INFO"
LOGGING["formatters"]["plain"]["format"] = "{created:.6f} {levelname} {name}: {message}"
