"""Withdrawing the addresses of calendars that somebody has who should not."""

from django.db.models import F

from cryoclinic.audit import service
from cryoclinic.models import User
from scheduling.models import CalendarFeed, Course, Specialist


@service
def renew_course_feed(*, by: User, course: Course) -> None:
    """No address of the course's calendar given out so far counts any more."""
    feed, _created = CalendarFeed.objects.get_or_create(course=course)
    _raise(feed)


@service
def renew_specialist_feed(*, by: User, specialist: Specialist) -> None:
    """No address of the specialist's calendar given out so far counts any more."""
    feed, _created = CalendarFeed.objects.get_or_create(specialist=specialist)
    _raise(feed)


def _raise(feed: CalendarFeed) -> None:
    CalendarFeed.objects.filter(pk=feed.pk).update(version=F("version") + 1)
