"""What the client's page says after something was done, by the word in its address."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DONE: dict[str, Promise] = {
    "confirmed": _("Thank you. We are expecting you."),
    "cancelled": _("The visit is cancelled."),
    "restored": _("The visit is on again."),
    "moved": _("The visit is moved."),
    "booked": _("Your session is booked."),
    "answered": _("Thank you. Your answer is with us."),
    "saved": _("Your wishes are saved."),
}
