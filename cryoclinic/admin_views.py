"""The page of the admin that is about no model: the record of changes."""

from django import forms
from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cryoclinic.admin_base import staff
from cryoclinic.changes import changes_in, recorded_models
from cryoclinic.models import User


def _tables() -> list[tuple[str, str]]:
    names = {
        label: str(capfirst(model._meta.verbose_name_plural))
        for label, model in recorded_models().items()
    }
    return sorted(names.items(), key=lambda pair: pair[1])


class ChangesForm(forms.Form):
    """Whose changes, in which table, of which row."""

    table = forms.ChoiceField(label=_("What"), choices=_tables)
    user = forms.ModelChoiceField(
        label=_("Who"), queryset=User.objects.none(), required=False, empty_label=_("anybody")
    )
    row = forms.IntegerField(label=_("Number"), min_value=1, required=False)

    def __init__(self, data: QueryDict, *, people: QuerySet[User]) -> None:
        super().__init__(data)
        user = self.fields["user"]
        assert isinstance(user, forms.ModelChoiceField)  # noqa: S101 (declared above; for mypy)
        user.queryset = people


@permission_required("pghistory.view_events", raise_exception=True)
def changes(request: HttpRequest) -> HttpResponse:
    """Managers: who changed what and when, one table at a time; appointments at first."""
    from django.contrib import admin

    given = request.GET.copy()
    given.setdefault("table", "scheduling.appointment")
    form = ChangesForm(given, people=_people(staff(request)))
    page = None
    if form.is_valid():
        page = changes_in(
            recorded_models()[form.cleaned_data["table"]],
            user=form.cleaned_data["user"],
            row_id=form.cleaned_data["row"],
            page=request.GET.get("page", 1),
        )
    context = {
        **admin.site.each_context(request),
        "title": _("Record of changes"),
        "form": form,
        "changes": page,
    }
    return TemplateResponse(request, "admin/changes.html", context)


def _people(user: User) -> QuerySet[User]:
    everybody = User.objects.order_by("username")
    return everybody if user.is_superuser else everybody.filter(clinic=user.clinic_id)
