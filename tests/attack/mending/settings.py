"""The laboratory's settings; beat has the worker look at courses as often as at messages."""

from tests.attack.messages.settings import *  # noqa: F403 (all of them are the laboratory's)
from tests.attack.messages.settings import CELERY_BEAT_SCHEDULE, PERIOD

CELERY_BEAT_SCHEDULE["spacing"] |= {
    "schedule": PERIOD,
    "options": {"expires": PERIOD.total_seconds()},
}
