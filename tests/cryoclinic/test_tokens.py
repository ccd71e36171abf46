"""The colours of the design system can be read: WCAG 2.2 contrast in both themes."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"
TEXT = 4.5
CONTROL = 3.0


def colours() -> dict[str, tuple[str, str]]:
    """Token name to its (light, dark) colours."""
    found = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", TOKENS.read_text())
    return {name: (light, dark) for name, light, dark in found}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it, 0 for black to 1 for white."""
    channels = (int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5))
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        *[("ink", ground, TEXT) for ground in ("ground", "surface", "sunken", "raised")],
        *[("ink-muted", ground, TEXT) for ground in ("ground", "surface", "sunken", "raised")],
        *[("accent", ground, TEXT) for ground in ("ground", "surface", "raised", "accent-soft")],
        ("accent-strong", "accent-soft", TEXT),
        ("ink-muted", "accent-soft", TEXT),
        ("on-accent", "accent", TEXT),
        ("on-accent", "accent-strong", TEXT),
        *[(tone, f"{tone}-soft", TEXT) for tone in ("success", "warning", "danger")],
        *[("ink", f"{tone}-soft", TEXT) for tone in ("success", "warning", "danger")],
        *[(tone, "surface", TEXT) for tone in ("success", "warning", "danger")],
        ("on-danger", "danger", TEXT),
        *[("line-strong", ground, CONTROL) for ground in ("surface", "ground")],
    ],
)
def test_tokens_have_enough_contrast_in_both_themes(ink: str, ground: str, least: float) -> None:
    known = colours()
    ratios = [round(contrast(known[ink][side], known[ground][side]), 2) for side in (0, 1)]
    assert [ratio for ratio in ratios if ratio < least] == []


def test_colours_are_decided_in_the_tokens_alone() -> None:
    sheets = (path for path in TOKENS.parent.glob("*.css"))
    coloured = {path.name for path in sheets if re.search(r"#[0-9a-f]{3,8}\b", path.read_text())}
    assert coloured == {"tokens.css"}
