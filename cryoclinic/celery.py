"""The worker and its clock; how they are tuned stands in the settings under ``CELERY_``."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryoclinic.settings")

app = Celery("cryoclinic")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def use_project_logging(**_kwargs: Any) -> None:
    """Log as the web processes do: Celery's own set-up would print task arguments."""
    from django.conf import settings  # the settings may not be read yet when this file is

    logging.config.dictConfig(settings.LOGGING)
