"""The project: settings, the staff and their clinic, and what every app shares."""

from cryoclinic.celery import app as celery_app

__all__ = ["celery_app"]
