"""What the catalogue has no answer to, in the user's words."""

from cryoclinic.errors import Refused


class NoProtocol(Refused):
    """The procedure type is not done on this zone, or no longer."""


class NoPrice(Refused):
    """No price of the procedure type and zone is in force on the day."""
