"""People in the admin: the card is changed through its services, screenings are only read."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clients import search
from clients.forms import CardFields
from clients.models import Answer, Clearance, Client, Screening
from clients.querysets import ClientQuerySet
from clients.services import add_client, change_client
from cryoclinic.admin_base import ReadOnly, RecordedAdmin, SwitchedOffAdmin, staff


@admin.register(Client)
class ClientAdmin(SwitchedOffAdmin):
    form = CardFields
    fields = list(CardFields.Meta.fields)
    list_display = ["name", "phone", "email", "birth_date", "email_consent"]
    search_fields = ["search_text"]
    search_help_text = _("Any three or more characters out of name, phone or e-mail.")
    # Counting a million rows would take longer than finding one of them.
    show_full_result_count = False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Client], search_term: str
    ) -> tuple[QuerySet[Client], bool]:
        """The product's own search, over its index."""
        if search_term and isinstance(queryset, ClientQuerySet):
            return queryset.matching(search.parse(search_term)), False
        return queryset, False

    def save_model(self, request: HttpRequest, obj: Client, form: Any, change: bool) -> None:
        if change:
            change_client(by=staff(request), client=obj, **form.card())
        else:
            obj.pk = add_client(by=staff(request), **form.card()).pk


class SeenAdmin(ReadOnly, RecordedAdmin):
    show_full_result_count = False


class AnswersSeenAdmin(SeenAdmin):
    """For those who may see answers, whatever else they may see."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return staff(request).has_perm("clients.view_answers")


@admin.register(Screening)
class ScreeningAdmin(SeenAdmin):
    list_display = ["client", "asked_on", "valid_until", "asked_by"]
    list_select_related = ["client", "asked_by"]
    date_hierarchy = "asked_on"


@admin.register(Answer)
class AnswerAdmin(AnswersSeenAdmin):
    list_display = ["question", "screening", "present", "kind", "stops_until"]
    list_filter = ["present", "kind"]
    list_select_related = ["screening__client"]


@admin.register(Clearance)
class ClearanceAdmin(AnswersSeenAdmin):
    list_display = ["answer", "valid_from", "expires_on", "given_by", "revoked_at"]
    list_select_related = ["answer", "given_by"]
