"""The client card, with the warning that the person may be here already."""

import re
from collections.abc import Mapping
from copy import copy
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from clients import phones
from clients.models import Client
from clients.selectors import lookalikes

IDENTIFYING = ("name", "phone", "email", "birth_date")


def typed_as(text: str) -> dict[str, str]:
    """What was typed into the search, as the field of the card it most likely belongs to."""
    text = " ".join(text.split())
    if not text:
        return {}
    if "@" in text:
        return {"email": text}
    if re.fullmatch(r"[+\d\s()\-.]+", text):
        return {"phone": text}
    return {"name": text}


class CardFields(forms.ModelForm):
    """The fields of the card, with the phone as people type it."""

    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        help_text=_("Such as 8 912 345-67-89 or +49 30 901820."),
    )

    class Meta:
        model = Client
        fields = [
            "name",
            "phone",
            "email",
            "birth_date",
            "language",
            "email_consent",
            "optional_mail",
            "note",
        ]
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "birth_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def clean_phone(self) -> str:
        return phones.parse(self.cleaned_data["phone"])

    def card(self) -> dict[str, Any]:
        """The validated values, by the names of the services' arguments."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class CardForm(CardFields):
    """``client`` is the one to change. ``lookalikes`` holds, after validation, those who may be the
    same person and were not confirmed: their ids, comma-separated, come back in ``anyway``.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        client: Client | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.client = client
        self.lookalikes: list[Client] = []
        # A copy: a card that is not valid must not change the one that is shown around the form.
        super().__init__(data, instance=copy(client), initial=dict(initial or {}))
        if client:
            self.initial["phone"] = phones.spaced(client.phone)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "name",
            Div("phone", "email", css_class="form-grid"),
            Div("birth_date", "language", css_class="form-grid"),
            "email_consent",
            "optional_mail",
            "note",
        )

    def clean(self) -> dict[str, Any]:
        card = super().clean() or self.cleaned_data
        if card.keys() >= set(IDENTIFYING) and self._identity_changed(card):
            self.lookalikes = self._unconfirmed(card)
        return card

    def is_valid(self) -> bool:
        """False for lookalikes as well: nothing is wrong at any field, but a question is open."""
        return super().is_valid() and not self.lookalikes

    @property
    def lookalike_ids(self) -> str:
        """What ``anyway`` must say for the card to be kept in spite of them."""
        seen = [str(pk) for pk in self._confirmed()]
        return ",".join(seen + [str(client.pk) for client in self.lookalikes])

    def _identity_changed(self, card: dict[str, Any]) -> bool:
        return any(card[name] != getattr(self.client, name, None) for name in IDENTIFYING)

    def _unconfirmed(self, card: dict[str, Any]) -> list[Client]:
        confirmed = self._confirmed()
        found = lookalikes(**{name: card[name] for name in IDENTIFYING}, besides=self.client)
        return [client for client in found if client.pk not in confirmed]

    def _confirmed(self) -> list[int]:
        return [int(pk) for pk in self.data.get("anyway", "").split(",") if pk.isdecimal()]
