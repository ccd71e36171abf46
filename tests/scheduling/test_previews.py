"""A mail is shown as its reader sees it, whatever the alphabet."""

import icalendar
import pytest

from scheduling.models import Message
from scheduling.previews import preview
from scheduling.services.outbox import announce_course
from tests.scheduling.outbox_clinic import NOON, make_course

pytestmark = pytest.mark.django_db


def test_preview_shows_cyrillic_in_text_html_and_calendar(clinic):
    clinic.name, clinic.address = "Полюс", "Москва, Примерная, 7"
    clinic.save()
    course, visits = make_course(clinic)
    announce_course(course, visits, now=NOON)
    message = Message.objects.select_related("client", "course__clinic", "appointment").get(
        kind="course_booked"
    )

    shown = preview(message, now=NOON)

    assert shown is not None
    assert [clinic.address in part for part in (shown.text, shown.html)] == [True, True]
    events = icalendar.Calendar.from_ical(shown.calendar).walk("VEVENT")
    assert {str(event["LOCATION"]) for event in events} == {clinic.address}
