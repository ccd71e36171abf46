"""Why people, screenings and clearances are refused. All are ``Refused``: nothing was written."""

from cryoclinic.errors import Refused


class WrongAnswer(Refused):
    """An answer to a questionnaire is missing or can't be kept as it was given."""


class NotClearable(Refused):
    """No clearance can be given over this answer, or not for these days."""


class ScreeningEnded(Refused):
    """The screening no longer counts, so nothing can be added to it."""
