"""What the admin pages of this product have in common."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cryoclinic.changes import changes_of
from cryoclinic.models import User


def staff(request: HttpRequest) -> User:
    """Who is signed in; the admin site lets nobody else get this far."""
    return cast("User", request.user)


class RecordedAdmin(admin.ModelAdmin):
    """Its history page is the record of changes, which knows every write, not the admin's alone."""

    list_per_page = 50
    save_on_top = True

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Record of changes: %s") % row,
            "changes": changes_of(row, page=request.GET.get("page", 1)),
            "module_name": str(capfirst(self.opts.verbose_name_plural)),
            "object": row,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/row_changes.html", context)


class FirstPages(Paginator):
    """Pages of a list of any length: it counts no further than anybody leafs."""

    MOST = 5_000

    @cached_property
    def count(self) -> int:
        rows: models.QuerySet = self.object_list  # type: ignore[assignment]  # the admin's
        return rows.order_by().values("pk")[: self.MOST].count()


class LongList(admin.ModelAdmin):
    """Of what grows with the years. Its order has to be one that an index has."""

    list_per_page = 50
    show_full_result_count = False
    paginator = FirstPages


class SwitchedOffAdmin(RecordedAdmin):
    """Rows that others refer to: they are switched off, never deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Lines(admin.TabularInline):
    """Rows of a page of their own, without the buttons that open what they refer to."""

    extra = 0

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class ReadOnly:
    """Shown, not written: a service is the only writer. For admins and inlines alike."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OfOneClinicAdmin(RecordedAdmin):
    """Managers see and add rows of their own clinic; who administers the installation, all.

    ``clinic_lookup`` is the way from the model to its clinic.
    """

    clinic_lookup = "clinic"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        rows = super().get_queryset(request)
        if staff(request).is_superuser:
            return rows
        return rows.filter(**{self.clinic_lookup: staff(request).clinic_id})

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        excluded = list(super().get_exclude(request, obj) or [])
        hidden = self.clinic_lookup == "clinic" and not staff(request).is_superuser
        return [*excluded, "clinic"] if hidden else excluded

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if self.clinic_lookup == "clinic" and "clinic" not in form.cleaned_data:
            obj.clinic_id = obj.clinic_id or staff(request).clinic_id
        super().save_model(request, obj, form, change)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(
            db_field, request, **_of_the_clinic(db_field, request), **kwargs
        )


def _of_the_clinic(db_field: Any, request: HttpRequest) -> dict[str, Any]:
    """Limit a choice of rooms, devices, specialists… to the user's clinic."""
    related = db_field.related_model
    has_clinic = any(field.name == "clinic" for field in related._meta.fields)
    if not has_clinic or staff(request).is_superuser:
        return {}
    return {"queryset": related._default_manager.filter(clinic=staff(request).clinic_id)}
