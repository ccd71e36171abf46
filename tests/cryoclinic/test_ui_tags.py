"""The component tags: what they escape, what they send, what they say without colour."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory

from cryoclinic.templatetags.navigation import main_navigation
from cryoclinic.templatetags.ui import STATUS_LOOKS


def render(source: str, **values: object) -> str:
    template = Template("{% load ui %}" + source)
    return " ".join(template.render(Context(values)).split()).replace("> <", "><")


def test_button_is_a_link_when_it_has_an_address() -> None:
    assert render("{% button 'Open' href='/clients/' kind='quiet' %}") == (
        '<a href="/clients/" class="btn btn-quiet"><span>Open</span></a>'
    )


def test_button_keeps_a_value_of_zero_and_escapes_its_label() -> None:
    assert render("{% button label name='step' value=0 %}", label="<Next>") == (
        '<button type="submit" name="step" value="0" class="btn btn-primary">'
        "<span>&lt;Next&gt;</span></button>"
    )


@pytest.mark.parametrize("code", [*STATUS_LOOKS, "unheard_of"])
def test_status_shows_its_word_whatever_the_code(code: str) -> None:
    shown = render("{% status code 'Word' %}", code=code)
    assert shown.endswith("Word</span>")
    assert ("<svg" in shown) == (code in STATUS_LOOKS)


def test_refusal_escapes_texts_and_keeps_its_markup() -> None:
    shown = render("{% refusal title=t rule=t %}<em>x</em>{% endrefusal %}", t="<b>")
    assert shown.count("&lt;b&gt;") == 2
    assert "<em>x</em>" in shown


def test_confirm_posts_with_the_csrf_token() -> None:
    source = "{% confirm 'Cancel' action='/x/' title='Sure?' %}{% endconfirm %}"
    shown = render(source, csrf_token="secret")
    assert 'method="post" action="/x/"' in shown
    assert 'name="csrfmiddlewaretoken" value="secret"' in shown


def test_steps_mark_done_and_current_for_a_screen_reader() -> None:
    shown = render("{% steps 2 'Client' 'Screening' 'Plan' %}")
    assert shown.count('aria-current="step"') == 1
    assert shown.count("visually-hidden") == 1


def test_navigation_is_empty_for_somebody_not_signed_in() -> None:
    context = Context({"user": AnonymousUser(), "request": RequestFactory().get("/board/")})
    assert main_navigation(context) == {"entries": []}
