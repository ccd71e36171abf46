"""The managers' back office: who gets in, on whose clock, and in whose name it writes."""

import functools
from collections.abc import Callable
from typing import Any

import pghistory
from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

View = Callable[..., HttpResponse]


class StaffSite(admin.AdminSite):
    """Django's admin, signed in to like the rest of the product.

    Every page shows times on the clock of the user's clinic, and whatever a page writes is
    attributed to the user.
    """

    site_header = "CryoClinic"
    site_title = "CryoClinic"
    index_title = _("Catalogue, clinic, staff")

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """allauth's sign-in, with its rate limits and, where set up, the second factor."""
        return secure_admin_login(super().login)(request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return super().admin_view(_in_the_users_name(view), cacheable)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        from cryoclinic.admin_views import changes  # the models are loaded only now

        own = [path("changes/", self.admin_view(changes), name="changes")]
        return [*own, *super().get_urls()]


def _in_the_users_name(view: View) -> View:
    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        zone = user.clinic.zone if user.is_authenticated and user.clinic else None
        with timezone.override(zone), pghistory.context(user=user.pk):
            response = view(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response.render()
            return response

    return wrapper
