"""What a client sends from their own page."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.services import MailWish
from procedures.models import Contraindication, ContraindicationKind
from scheduling.forms.fields import SlotField


class VersionForm(forms.Form):
    """The visit as it was on the page that the button stood on."""

    version = forms.IntegerField(min_value=1)


class BookForm(forms.Form):
    """``slot``: when to come, as the page offered it."""

    slot = SlotField()


class MoveForm(VersionForm, BookForm):
    """The visit as it was, and where to."""


class QuestionsField(forms.ModelMultipleChoiceField):
    """The passing contraindications in use, each as its question; ticked: yes."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Model) -> str:
        return obj.question if isinstance(obj, Contraindication) else str(obj)


class ChangesForm(forms.Form):
    """“Has anything changed?” ``changed`` is the button, ``present`` what was ticked."""

    changed = forms.ChoiceField(choices=[("yes", ""), ("no", "")])
    present = QuestionsField(
        Contraindication.objects.active().filter(kind=ContraindicationKind.PASSING), required=False
    )
    comment = forms.CharField(
        label=_("Something else, in your own words"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )

    def answer(self) -> dict[str, Any]:
        """The validated answer, by the names of the service's arguments."""
        return {
            "changed": self.cleaned_data["changed"] == "yes",
            "present": list(self.cleaned_data["present"]),
            "comment": self.cleaned_data["comment"],
        }


class WishesForm(forms.Form):
    """In which language, and which e-mails."""

    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
    mail = forms.ChoiceField(label=_("E-mail"), choices=MailWish.choices, widget=forms.RadioSelect)

    @classmethod
    def of(cls, client: Client) -> "WishesForm":
        return cls(initial={"language": client.language, "mail": MailWish.of(client)})

    def wishes(self) -> dict[str, Any]:
        """The validated wishes, by the names of the service's arguments."""
        return {
            "language": self.cleaned_data["language"],
            "mail": MailWish(self.cleaned_data["mail"]),
        }
