"""The free slots nearest to a refused one, against the plain search through all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.planner import CELLS_PER_DAY, Slot, nearest
from scheduling.planner.masks import possible_starts, starts_on
from tests.scheduling.planner_clinic import TEN, busy, clinic, day, slot


def test_of_two_times_as_near_the_earlier_one_is_taken() -> None:
    taken = busy(clinic().specialists[1], 3, TEN + 8, TEN + 12)
    asked = clinic(specialists={1: taken, 2: clinic().specialists[2]})
    # A treatment takes four cells: it begins at +4 at the latest before, or at +12 after.
    assert nearest(asked, slot(3, TEN + 8)) == (
        slot(3, TEN + 8, specialist=2),
        slot(3, TEN + 4),
    )


def test_on_another_day_the_same_time_of_day_is_nearest() -> None:
    asked = clinic(specialists={1: busy(clinic().specialists[1], 3, 0, CELLS_PER_DAY)})
    assert nearest(asked, slot(3, TEN + 2)) == (slot(2, TEN + 2),)


def test_the_gap_to_every_other_session_is_kept() -> None:
    asked = clinic(specialists={1: busy(clinic().specialists[1], 4, 0, CELLS_PER_DAY)})
    assert nearest(asked, slot(4), sessions=[day(2), day(8)]) == (slot(5),)
    assert nearest(asked, slot(4), sessions=[day(2), day(4)]) == (slot(6),)
    assert nearest(asked, slot(4), sessions=[day(n) for n in range(1, 14, 3)]) == ()


@pytest.mark.parametrize("index", [-5, 40])
def test_a_day_outside_the_horizon_is_answered_from_its_edge(index: int) -> None:
    found = nearest(clinic(), slot(index))
    assert {each.day for each in found} == {day(0 if index < 0 else 13)}


Masks = st.lists(st.integers(0, (1 << CELLS_PER_DAY) - 1), min_size=3, max_size=3).map(tuple)


@given(
    st.dictionaries(st.integers(1, 3), Masks, min_size=1),
    Masks,
    st.tuples(st.integers(-1, 3), st.integers(0, CELLS_PER_DAY - 1)),
    st.lists(st.integers(-2, 5), max_size=2),
)
def test_nothing_possible_is_nearer(
    specialists: dict[int, tuple[int, ...]],
    room: tuple[int, ...],
    at: tuple[int, int],
    sessions: list[int],
) -> None:
    asked = clinic(3, specialists=specialists, rooms={1: room})
    wanted = Slot(day=day(at[0]), cell=at[1], specialist=1, room=1)
    possible = {
        specialist: [
            (abs(index - at[0]), abs(cell - at[1]), index, cell, specialist)
            for index in range(asked.days)
            for cell in range(CELLS_PER_DAY)
            if starts_on(starts, index) >> cell & 1
            and all(abs(index - other) >= asked.min_gap for other in sessions)
        ]
        for specialist, starts in possible_starts(asked).items()
    }
    found = nearest(asked, wanted, sessions=[day(index) for index in sessions])
    assert [(each.day, each.cell, each.specialist) for each in found] == [
        (day(index), cell, specialist)
        for _away, _distance, index, cell, specialist in sorted(
            min(near) for near in possible.values() if near
        )
    ]
