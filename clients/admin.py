"""People in the admin: the card is changed through its services, screenings are only read."""

from typing import Any, TypeVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clients import search
from clients.forms import CardFields
from clients.models import Answer, Clearance, Client, Screening
from clients.querysets import ClientQuerySet
from clients.services import add_client, change_client
from cryoclinic.admin_base import LongList, ReadOnly, RecordedAdmin, SwitchedOffAdmin, staff

Row = TypeVar("Row", bound=Model)


def of_clients_found(rows: QuerySet[Row], typed: str, *, client: str = "client") -> QuerySet[Row]:
    """Those whose client the product's own search finds; ``client`` is the way to them."""
    if not typed:
        return rows
    found = Client.objects.matching(search.parse(typed)).order_by()
    return rows.filter(**{f"{client}__in": found.values("pk")})


@admin.register(Client)
class ClientAdmin(LongList, SwitchedOffAdmin):
    form = CardFields
    fields = list(CardFields.Meta.fields)
    list_display = ["name", "phone", "email", "birth_date", "email_consent"]
    search_fields = ["search_text"]
    search_help_text = _("Any three or more characters out of name, phone or e-mail.")

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


class SeenAdmin(LongList, ReadOnly, RecordedAdmin):
    """The newest first, which is the order of the ids."""

    ordering = ["-pk"]


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
    search_fields = ["client__search_text"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Screening], search_term: str
    ) -> tuple[QuerySet[Screening], bool]:
        return of_clients_found(queryset, search_term), False


@admin.register(Answer)
class AnswerAdmin(AnswersSeenAdmin):
    list_display = ["question", "screening", "present", "kind", "stops_until"]
    list_filter = ["present", "kind"]
    list_select_related = ["screening__client"]


@admin.register(Clearance)
class ClearanceAdmin(AnswersSeenAdmin):
    list_display = ["answer", "valid_from", "expires_on", "given_by", "revoked_at"]
    list_select_related = ["answer", "given_by"]
