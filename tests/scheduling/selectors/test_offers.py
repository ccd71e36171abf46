"""Free times for one session: the few that are shown are those out of all that there are."""

from collections.abc import Iterator
from datetime import date, time
from itertools import groupby

import pytest
import time_machine

from cryoclinic.models import Clinic
from scheduling.models import Appointment
from scheduling.proposals import Offer, slot_token
from scheduling.selectors.offers import Offered, free_for, free_in, move_offers, session_offers
from scheduling.spans import slot_of
from tests import factories
from tests.scheduling.outbox_clinic import NOON, make_course

pytestmark = pytest.mark.django_db

# Seven days; a specialist's day with more starts than sixteen is shown by the quarter of an hour.
DAYS, STARTS, QUARTER = 7, 16, 3


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def visit(clinic: Clinic) -> Appointment:
    """The last of three, off the quarter of an hour; a second specialist is there for an hour."""
    course, visits = make_course(clinic, at=time(14, 5))
    other = factories.SpecialistFactory(clinic=clinic, skills=[course.procedure_type])
    other.working_hours.all().delete()
    for weekday in range(7):
        other.working_hours.create(clinic=clinic, weekday=weekday, starts=time(10), ends=time(11))
    return Appointment.objects.select_related("clinic", "course__clinic", "screening").get(
        pk=visits[2].pk
    )


def shown(offered: Offered) -> list[str]:
    return [time.token for each in offered.days for lane in each.lanes for time in lane.times]


def thinned(offers: list[Offer], days: set[date], own: tuple[date, int]) -> list[str]:
    """What is to be shown of the offers, by day and specialist, counted from all of them."""
    by_day = [each for each in offers if each.slot.day in days]
    tokens = []
    for _day, of_day in groupby(by_day, key=lambda each: each.slot.day):
        lanes: dict[int, list[Offer]] = {}
        for each in of_day:
            lanes.setdefault(each.slot.specialist, []).append(each)
        for lane in lanes.values():
            tokens += [
                slot_token(each.slot)
                for each in lane
                if len(lane) <= STARTS
                or each.slot.cell % QUARTER == 0
                or (each.slot.day, each.slot.cell) == own
            ]
    return tokens


def nearest(offers: list[Offer], day: date) -> set[date]:
    days = {each.slot.day for each in offers}
    return set(sorted(days, key=lambda each: (abs(each - day), each))[:DAYS])


def test_a_move_is_offered_the_nearest_days_out_of_all(visit: Appointment) -> None:
    every, own = free_for(visit), slot_of(visit)
    days, near = {each.slot.day for each in every}, nearest(every, own.day)
    assert (len(days), len(near)) == (12, 7)

    offered = move_offers(visit)
    assert shown(offered) == thinned(every, near, (own.day, own.cell))
    [now] = [
        time
        for each in offered.days
        for lane in each.lanes
        for time in lane.times
        if time.is_current
    ]
    assert now.time == "14:05"
    assert offered.more == len(days - near)

    whole = move_offers(visit, every_day=True)
    assert shown(whole) == thinned(every, days, (own.day, own.cell))
    assert whole.more == 0


def test_a_lost_session_is_offered_the_first_days_out_of_all(visit: Appointment) -> None:
    Appointment.objects.filter(pk=visit.pk).update(status="missed")
    every = free_in(visit.course)
    days, near = {each.slot.day for each in every}, nearest(every, every[0].slot.day)

    offered = session_offers(visit.course)
    assert shown(offered) == thinned(every, near, (date.min, 0))
    assert offered.more == len(days - near) > 0
    assert shown(session_offers(visit.course, every_day=True)) == thinned(
        every, days, (date.min, 0)
    )
