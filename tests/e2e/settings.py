"""The product's own settings, but what it keeps in files is in a folder of the test's."""

import os
from pathlib import Path

from cryoclinic.settings import *  # noqa: F403 (all of them are the product's)
from cryoclinic.settings import CELERY_BROKER_TRANSPORT_OPTIONS, REDIS_URL

FOLDER = Path(os.environ["E2E_FOLDER"])

CELERY_BEAT_SCHEDULE_FILENAME = str(FOLDER / "beat-schedule")
if not REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"folder": str(FOLDER / "broker")}
