"""Template tags of the design system: one tag per component of ``templates/components/``.

Arguments called title, label, rule, next and note are plain text and are escaped; what stands
between a block tag and its end tag is markup. ``docs/design-system.md`` shows each in use.
"""

from functools import cache, lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()

STATUS_LOOKS: dict[str, tuple[str, str]] = {
    look_code: look
    for codes, look in (
        ("booked planned", ("neutral", "calendar")),
        ("due sending pending", ("neutral", "clock")),
        ("confirmed", ("accent", "check")),
        ("checked_in arrived", ("accent", "door")),
        ("in_progress started", ("accent", "clock")),
        ("completed done cleared active closed", ("success", "check")),
        ("sent", ("success", "mail")),
        ("deferred expired late open retrying", ("warning", "clock")),
        ("held on_hold", ("warning", "pause")),
        ("refused failed stopped", ("danger", "ban")),
        ("missed", ("danger", "warning")),
        ("cancelled withdrawn", ("neutral", "x")),
    )
    for look_code in codes.split()
}


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A decorative picture from the sprite; the word beside it carries the meaning."""
    return render_to_string("components/icon.html", {"name": name})


@register.inclusion_tag("components/button.html")
def button(label: str, **options: Any) -> dict[str, Any]:
    """A button, or a link that looks like one when ``href`` is given.

    Options: href, kind (primary, secondary, quiet, danger), size (sm, lg), icon, type, name, value,
    form, busy, id, disabled, dialog (the id of the dialog it opens), label_hidden (the icon alone
    is seen).
    """
    return {"label": label, **options}


@register.simple_tag
def badge(label: str, tone: str = "neutral", icon: str = "") -> SafeString:
    """A word in a coloured frame; tone is neutral, accent, success, warning or danger."""
    return _badge(str(label), tone, icon)


@register.simple_tag
def status(code: str, label: str) -> SafeString:
    """The badge of a state: the code of the state chooses tone and icon, the label is shown."""
    tone, picture = STATUS_LOOKS.get(str(code), ("neutral", ""))
    return _badge(str(label), tone, picture)


# A list shows the same few badges in every row. By type too: a label that is markup already and
# the same text that is not are two badges.
@lru_cache(maxsize=500, typed=True)
def _badge(label: str, tone: str, icon: str) -> SafeString:
    return render_to_string("components/badge.html", {"label": label, "tone": tone, "icon": icon})


@register.inclusion_tag("components/stat.html")
def stat(label: str, value: Any, note: str = "", href: str = "", tone: str = "") -> dict[str, Any]:
    """One figure with its name; stands in ``<div class="stats">``."""
    return {"label": label, "value": value, "note": note, "href": href, "tone": tone}


@register.inclusion_tag("components/steps.html")
def steps(current: int, *labels: str) -> dict[str, Any]:
    """Where the user is in a job of several pages; ``current`` counts from 1."""
    return {"current": current, "labels": labels, "total": len(labels)}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any]) -> dict[str, Any]:
    """Pages of a list; the other parameters of the address stay as they are."""
    pages = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"page": page, "pages": pages, "request": context.get("request")}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """One form field as crispy lays it out, for forms without a helper."""
    return {"field": bound}


@register.simple_block_tag
def card(content: SafeString, **options: Any) -> SafeString:
    """A framed part. Options: title, subtitle, icon, id, tone, flush (no margin inside)."""
    return render_to_string("components/card.html", {"content": content, **options})


@register.simple_block_tag
def emptystate(content: SafeString, title: str, icon: str = "snow") -> SafeString:
    """What a list shows while it has nothing: what would be here and how it gets here."""
    return render_to_string(
        "components/empty.html", {"content": content, "title": title, "icon": icon}
    )


@register.simple_block_tag
def refusal(content: SafeString, title: str, tone: str = "danger", **options: Any) -> SafeString:
    """Why something was not done. Options: rule (in the user's words), next (what to do now)."""
    values = {"content": content, "title": title, "tone": tone, **options}
    return render_to_string("components/refusal.html", values)


@register.simple_block_tag(takes_context=True)
def confirm(
    context: Context, content: SafeString, label: str, action: str, **options: Any
) -> SafeString:
    """A POST form behind a disclosure, for what is hard to undo; needs no JavaScript.

    Options: title, submit (the word on the last button), kind, icon, size, next (a path, sent as
    a hidden field).
    """
    values = {
        "content": content,
        "label": label,
        "action": action,
        "csrf_token": context.get("csrf_token"),
        **options,
    }
    return render_to_string("components/confirm.html", values)


@register.simple_block_tag
def dialog(content: SafeString, dialog_id: str, title: str) -> SafeString:
    """A modal dialog that ``data-dialog-open`` opens; the browser keeps the focus in it."""
    return render_to_string(
        "components/dialog.html", {"content": content, "id": dialog_id, "title": title}
    )
