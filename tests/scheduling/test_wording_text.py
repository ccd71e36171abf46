"""A manager's words: what may stand in them, and what is filled in."""

import pytest

from scheduling.wording_text import BrokenWording, fill, mistakes

KNOWN = ("name", "time", "address")
VALUES = {"name": "Anna {time}", "time": "14:05", "address": "{name} <b>"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hello {name}!", "Hello Anna {time}!"),
        ("{ time }{time}", "14:0514:05"),
        ("{address}", "{name} <b>"),
        ("100 % sure, %s and {% now %}"[:16], "100 % sure, %s a"),
        ("", ""),
    ],
)
def test_names_are_filled_in_once_and_values_are_left_alone(text, filled):
    assert fill(text, VALUES) == filled
    assert mistakes(text, KNOWN) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{nmae}", ["“{nmae}” is not known here. Did you mean “{name}”?"]),
        ("{Name}", ["“{Name}” is not known here. Did you mean “{name}”?"]),
        (
            "{diagnosis}",
            ["“{diagnosis}” is not known here. Known are: {name}, {time}, {address}."],
        ),
        ("{}", ["“{}” is not known here. Known are: {name}, {time}, {address}."]),
        (
            "{name.__class__}",
            ["“{name.__class__}” is not known here. Known are: {name}, {time}, {address}."],
        ),
        ("{name!r}", ["“{name!r}” is not known here. Did you mean “{name}”?"]),
        (
            "{name:>99999999}",
            ["“{name:>99999999}” is not known here. Known are: {name}, {time}, {address}."],
        ),
        (
            "At {time, in the morning",
            ["“{” has no counterpart near “At {time, in the”. Names stand between { and }."],
        ),
        (
            "At time} in the morning",
            ["“}” has no counterpart near “At time} in the morn”. Names stand between { and }."],
        ),
        (
            "{{name}}",
            [
                "“{” has no counterpart near “{{name}}”. Names stand between { and }.",
                "“}” has no counterpart near “{{name}}”. Names stand between { and }.",
            ],
        ),
        (
            "{na\nme}",
            [
                "“{” has no counterpart near “{na\nme}”. Names stand between { and }.",
                "“}” has no counterpart near “{na\nme}”. Names stand between { and }.",
            ],
        ),
        (
            "{one} {two} {one}",
            [
                "“{one}” is not known here. Known are: {name}, {time}, {address}.",
                "“{two}” is not known here. Known are: {name}, {time}, {address}.",
            ],
        ),
    ],
)
def test_what_can_t_be_filled_in_is_named_and_refused(text, found):
    assert mistakes(text, KNOWN) == found
    with pytest.raises(BrokenWording):
        fill(text, VALUES)


@pytest.mark.parametrize("text", ["{% now 'Y' %}", "{{ settings.SECRET_KEY }}", "{# note #}"])
def test_no_template_language_is_understood(text):
    assert mistakes(text, KNOWN) != []
    with pytest.raises(BrokenWording):
        fill(text, VALUES)
