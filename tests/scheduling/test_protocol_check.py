"""The check of an exposure against its protocol."""

from dataclasses import dataclass

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from scheduling.protocol_check import Breach, Fault, breaches, sentence, sentences


@dataclass(frozen=True)
class FixedLimits:
    temperature_min_c: int = -120
    temperature_max_c: int = -60
    exposure_min_seconds: int = 10
    exposure_max_seconds: int = 180


LIMITS = FixedLimits()


@pytest.mark.parametrize(
    ("seconds", "temperature_c", "expected"),
    [
        (10, -120, ()),
        (180, -60, ()),
        (90, -90, ()),
        (9, -90, (Breach("Face", Fault.TOO_SHORT, 9, 10),)),
        (181, -90, (Breach("Face", Fault.TOO_LONG, 181, 180),)),
        (90, -121, (Breach("Face", Fault.TOO_COLD, -121, -120),)),
        (90, -59, (Breach("Face", Fault.TOO_WARM, -59, -60),)),
        (
            600,
            -150,
            (
                Breach("Face", Fault.TOO_LONG, 600, 180),
                Breach("Face", Fault.TOO_COLD, -150, -120),
            ),
        ),
    ],
)
def test_breaches_both_ends_are_within(
    seconds: int, temperature_c: int, expected: tuple[Breach, ...]
) -> None:
    assert breaches("Face", seconds=seconds, temperature_c=temperature_c, limits=LIMITS) == expected


def test_breaches_without_a_protocol() -> None:
    found = breaches("Hands", seconds=60, temperature_c=-10, limits=None)
    assert found == (Breach("Hands", Fault.NO_PROTOCOL),)


def limits_between(coldest: int, span: int, shortest: int, longer: int) -> FixedLimits:
    return FixedLimits(coldest, coldest + span, shortest, shortest + longer)


@given(
    seconds=st.integers(-5, 400),
    temperature_c=st.integers(-250, 60),
    limits=st.builds(
        limits_between,
        st.integers(-196, 10),
        st.integers(0, 150),
        st.integers(0, 100),
        st.integers(0, 200),
    ),
)
def test_breaches_are_none_exactly_within_the_limits(
    seconds: int, temperature_c: int, limits: FixedLimits
) -> None:
    found = breaches("Face", seconds=seconds, temperature_c=temperature_c, limits=limits)
    assert (found == ()) is (
        limits.exposure_min_seconds <= seconds <= limits.exposure_max_seconds
        and limits.temperature_min_c <= temperature_c <= limits.temperature_max_c
    )


@pytest.mark.parametrize(
    ("breach", "expected"),
    [
        (
            Breach("Face", Fault.TOO_LONG, 300, 180),
            "Face: 300 seconds are longer than the protocol's 180.",
        ),
        (
            Breach("Face", Fault.TOO_SHORT, 1, 10),
            "Face: 1 second is shorter than the protocol's 10.",
        ),
        (
            Breach("Face", Fault.TOO_COLD, -130, -120),
            "Face: −130\xa0°C is colder than the protocol's −120\xa0°C.",
        ),
        (
            Breach("Face", Fault.TOO_WARM, 5, -60),
            "Face: 5\xa0°C is warmer than the protocol's −60\xa0°C.",
        ),
        (
            Breach("Hands", Fault.NO_PROTOCOL),
            "Hands: the procedure has no protocol for this zone.",
        ),
    ],
)
def test_sentence_names_value_and_limit(breach: Breach, expected: str) -> None:
    with translation.override("en"):
        assert sentence(breach) == expected


def test_sentences_are_joined() -> None:
    found = (Breach("Face", Fault.TOO_LONG, 300, 180), Breach("Hands", Fault.NO_PROTOCOL))
    with translation.override("en"):
        assert sentences(found) == (
            "Face: 300 seconds are longer than the protocol's 180. "
            "Hands: the procedure has no protocol for this zone."
        )
