"""A mail's own words, checked as they are typed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

from scheduling.emails.shipped import SHIPPED
from scheduling.emails.words import Draft
from scheduling.models.message import MessageKind
from scheduling.wording_text import mistakes

ONE_LINE = RegexValidator(r"[\r\n]", _("The subject is one line."), inverse_match=True)


def _text(label: Any, help_text: Any, rows: int) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class WordingForm(forms.Form):
    """Subject, beginning and end of one kind of mail, as plain text with {names}."""

    subject = forms.CharField(
        label=_("Subject"), max_length=150, validators=[ONE_LINE, ProhibitNullCharactersValidator()]
    )
    intro = _text(_("Beginning"), _("Before the visits; an empty line parts paragraphs."), 5)
    closing = _text(_("End"), _("After the visits and the button."), 3)

    def __init__(self, data: Any, *, kind: MessageKind, draft: Draft) -> None:
        self.kind = kind
        initial = {"subject": draft.subject, "intro": draft.intro, "closing": draft.closing}
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for field in ("subject", "intro", "closing"):
            for mistake in mistakes(values.get(field, ""), SHIPPED[self.kind].names):
                self.add_error(field, ValidationError(mistake))
        return values

    @property
    def draft(self) -> Draft:
        """Of a valid form, or of one that was not sent yet."""
        values = self.cleaned_data if self.is_bound else self.initial
        return Draft(
            *(values[name].replace("\r\n", "\n") for name in ("subject", "intro", "closing"))
        )
