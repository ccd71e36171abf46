"""A manager's own words: plain text in which a {name} stands for what is known when it is sent.

Nothing else has a meaning in it: no conditions, no attributes, no markup. What is filled in is
never looked at again, so a value with braces in it stays as it is.
"""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches

from django.utils.translation import gettext as _

PLACE = re.compile(r"\{([^{}\n]*)\}")
# How much of the text around a stray brace tells where it is.
AROUND = 12


class BrokenWording(Exception):
    """The text can't be filled in: it names what is not known, or a brace stands alone."""


def names_in(text: str) -> list[str]:
    """The names in braces, each once, in the order of the text."""
    return list(dict.fromkeys(found.strip() for found in PLACE.findall(text)))


def mistakes(text: str, known: Collection[str]) -> list[str]:
    """What keeps the text from being filled in: a sentence each, in the active language."""
    found = [_unknown(name, known) for name in names_in(text) if name not in known]
    rest = PLACE.sub(lambda place: " " * len(place[0]), text)
    for brace in re.finditer(r"[{}]", rest):
        near = text[max(0, brace.start() - AROUND) : brace.end() + AROUND].strip()
        found.append(
            _("“%(brace)s” has no counterpart near “%(near)s”. Names stand between { and }.")
            % {"brace": brace[0], "near": near}
        )
    return found


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its names replaced; raises ``BrokenWording``."""
    unknown = [name for name in names_in(text) if name not in values]
    if unknown or re.search(r"[{}]", PLACE.sub("", text)):
        raise BrokenWording(", ".join(unknown) or "a brace stands alone")
    return PLACE.sub(lambda place: values[place[1].strip()], text)


def _unknown(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name.lower(), known, n=1)
    if close:
        return _("“{%(name)s}” is not known here. Did you mean “{%(close)s}”?") % {
            "name": name,
            "close": close[0],
        }
    return _("“{%(name)s}” is not known here. Known are: %(known)s.") % {
        "name": name,
        "known": ", ".join(f"{{{each}}}" for each in known),
    }
