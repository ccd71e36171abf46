"""The base of every refusal: a rule of the business said no."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(eq=False)
class Refused(Exception):
    """A rule refused what was asked; nothing was written.

    ``message`` names what is wrong and the rule in the user's words, ``next_step`` what to do now.
    Views answer it with ``status``: 409 where somebody else was faster or the state has moved on,
    422 where the request itself can't be.
    """

    message: Text
    next_step: Text = ""
    status: int = 409

    def __str__(self) -> str:
        return " ".join(str(part) for part in self.parts())

    def parts(self) -> Sequence[Text]:
        return [part for part in (self.message, self.next_step) if part]
