"""What the tests of the client's page stand on: a course, its link, a browser that knows nobody."""

from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any

from django.test import Client as Browser

from cryoclinic.models import Clinic
from scheduling.links import page_token
from scheduling.models import Appointment, Course
from scheduling.planner import Slot
from scheduling.proposals import slot_token
from scheduling.spans import slot_of
from tests.scheduling.outbox_clinic import DAYS, make_course


@dataclass
class LinkHolder:
    """Somebody who has the link to the page of a course, and nothing else."""

    course: Course
    visits: list[Appointment]
    token: str = ""
    browser: Browser = field(default_factory=lambda: Browser(enforce_csrf_checks=True))

    def __post_init__(self) -> None:
        self.token = self.token or page_token(self.course)

    @property
    def page(self) -> str:
        return f"/v/{self.token}/"

    def address(self, visit: Appointment, what: str) -> str:
        return f"{self.page}visits/{visit.pk}/{what}/"

    def get(self, address: str = "") -> Any:
        return self.browser.get(address or self.page)

    def post(self, visit: Appointment, what: str, **data: object) -> Any:
        return self.browser.post(self.address(visit, what), data)

    @property
    def booking(self) -> str:
        return f"{self.page}sessions/new/"

    def book(self, slot: Slot) -> Any:
        return self.browser.post(self.booking, {"slot": slot_token(slot)})

    def cancel(self, visit: Appointment, **data: object) -> Any:
        version = Appointment.objects.get(pk=visit.pk).schedule_version
        return self.post(visit, "cancel", **{"version": version, **data})

    def move(self, visit: Appointment, day: date, at: time, **data: object) -> Any:
        """To another time of the same specialist, room and device."""
        now = Appointment.objects.select_related("clinic").get(pk=visit.pk)
        slot = slot_of(now)
        to = replace(slot, day=day, cell=(at.hour * 60 + at.minute) // 5)
        sent = {"version": now.schedule_version, "slot": slot_token(to), **data}
        return self.post(visit, "move", **sent)


def link_holder(clinic: Clinic, days: tuple[date, ...] = DAYS, **fields: Any) -> LinkHolder:
    """A client of the clinic with visits on these days at 14:05, in one room."""
    course, visits = make_course(clinic, days, **fields)
    room = visits[0].room
    for visit in visits[1:]:
        visit.room = room
        visit.save(update_fields=["room"])
    return LinkHolder(course, visits)


def state_of(visit: Appointment) -> str:
    return Appointment.objects.values_list("status", flat=True).get(pk=visit.pk)
