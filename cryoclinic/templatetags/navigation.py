"""The main navigation: what the signed-in person may open, and where they are."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.template.context import Context
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()


@dataclass(frozen=True, slots=True)
class Place:
    """One entry; an empty permission stands for whoever may enter the admin."""

    path: str
    permission: str
    label: str | Promise
    icon: str


PLACES = (
    Place("/board/", "scheduling.view_board", _("Board"), "calendar"),
    Place("/my-day/", "scheduling.view_my_day", _("My day"), "list"),
    Place("/clients/", "clients.view_client", _("Clients"), "users"),
    Place("/messages/", "scheduling.view_message", _("Messages"), "mail"),
    Place("/admin/", "", _("Admin"), "shield"),
)


@register.inclusion_tag("components/navigation.html", takes_context=True)
def main_navigation(context: Context) -> dict[str, Any]:
    """The entries the user may open, each with whether the current page lies under it."""
    request = context.get("request")
    user = context.get("user")
    if user is None or not user.is_authenticated:
        return {"entries": []}
    here = getattr(request, "path", "")
    allowed = (
        place
        for place in PLACES
        if (user.has_perm(place.permission) if place.permission else user.is_staff)
    )
    return {"entries": [{"place": place, "here": here.startswith(place.path)} for place in allowed]}
