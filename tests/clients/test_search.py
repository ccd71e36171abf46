"""Finding clients: what is understood of what was typed, and that an index finds it."""

from itertools import chain

import pytest
from django.db import connection

from clients import search
from clients.models import Client
from clients.querysets import ClientQuerySet
from clients.search import Query
from clients.selectors import PAGE_SIZE, client_page
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Петрова", (("петрова",),)),
        ("Алёна ПЁТР", (("алена",), ("петр",))),
        ("912 345-67", (("91234567",),)),
        ("8 (912) 345", (("8912345", "7912345"),)),
        ("+7 912", (("+7912",),)),
        ("Анна 912 34", (("анна",), ("91234",))),
        ("anna1985@mail.ru", (("anna1985@mail.ru",),)),
        ("Римский-Корсаков", (("римский-корсаков",),)),
        ("Ан Пе", (("ан пе",),)),
        ("Анна п", (("анна",), ("п",))),
        ("ан", ()),
        ("  12 ", ()),
        ("", ()),
        ("\x00ab", ()),
    ],
)
def test_parse_brings_words_into_the_form_of_the_search_text(
    typed: str, words: tuple[tuple[str, ...], ...]
) -> None:
    assert search.parse(typed) == Query(words)


@pytest.mark.parametrize(
    "typed",
    [
        "пет",
        "ПЁТР",
        "алён",
        "алена петр",
        "етрова а",
        "на Пе",
        "912",
        "8 912 345",
        "8(912)345-67-89",
        "+7 (912) 34",
        "67-89",
        "alena.p",
        "ALENA",
        "@mail",
        "петр 345 67",
    ],
)
def test_a_client_is_found_by_any_three_characters(typed: str) -> None:
    factories.ClientFactory(name="Иван Сидоров", phone="+79210000011", email="ivan@yandex.ru")
    found = factories.ClientFactory(
        name="Алёна Петрова", phone="+79123456789", email="Alena.P@Mail.ru"
    )
    assert client_page(search.parse(typed)).clients == (found,)


@pytest.mark.parametrize("typed", ["пё%", "а_ена", "петрова иван", "8 912 999", "\\", "'; --"])
def test_what_is_not_there_is_not_found(typed: str) -> None:
    factories.ClientFactory(name="Алёна Петрова", phone="+79123456789", email="a@mail.ru")
    assert client_page(search.parse(typed)).clients == ()


def test_a_changed_card_is_found_by_its_new_text_alone() -> None:
    person = factories.ClientFactory(name="Анна Петрова")
    person.name = "Анна Орлова"
    person.save()
    assert client_page(search.parse("орл")).clients == (person,)
    assert client_page(search.parse("петр")).clients == ()


@pytest.mark.parametrize(
    ("typed", "order"), [(None, ["name", "id"]), ("same", ["-id"]), ("e n", ["-id"])]
)
def test_pages_follow_one_another_without_gap_or_overlap(
    typed: str | None, order: list[str]
) -> None:
    for number in range(2 * PAGE_SIZE + 3):
        factories.ClientFactory(name=f"Same Name {number % 3}")
    query = None if typed is None else search.parse(typed)
    pages, after = [], None
    while True:
        page = client_page(query, after=after)
        pages.append([client.pk for client in page.clients])
        after = page.next_after
        if after is None:
            break
    everybody = list(Client.objects.order_by(*order).values_list("pk", flat=True))
    assert [len(page) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 3]
    assert list(chain.from_iterable(pages)) == everybody


def test_a_last_page_that_is_full_has_no_next() -> None:
    factories.ClientFactory.create_batch(PAGE_SIZE)
    assert client_page(None).next_after is None


MANY = """
INSERT INTO clients_client (name, phone, email, language, email_consent, note, created_at)
SELECT 'Клиент ' || substr(md5(i::text), 1, 12), '+7' || (9000000000 + i),
       substr(md5((i * 7)::text), 1, 10) || '@example.com', 'ru', false, '', now()
  FROM generate_series(1, 20000) AS i
"""


@pytest.fixture
def many() -> None:
    """20,000 clients, analysed; their index is built after them, which is faster."""
    trigrams = next(index for index in Client._meta.indexes if index.name == "client_trigrams")
    with connection.schema_editor(atomic=False) as editor:
        editor.execute("ALTER TABLE clients_client DISABLE TRIGGER USER")
        editor.remove_index(Client, trigrams)
        editor.execute(MANY)
        editor.add_index(Client, trigrams)
        editor.execute("ANALYZE clients_client")


@pytest.mark.usefixtures("many")
def test_indexes_find_and_order_among_twenty_thousand() -> None:
    """What few have is found by its trigrams, what many have along the order of the page."""
    for typed in ("9000012345", "8 900 001 23", "a1b2 90000", "f00@exa", "яяя"):
        plan = first_page_plan(Client.objects.matching(search.parse(typed)).order_by("-id"))
        assert "Bitmap Index Scan on client_trigrams" in plan, typed
        assert "Seq Scan" not in plan, typed
    for typed in ("кли", "example", "иент 900"):
        plan = first_page_plan(Client.objects.matching(search.parse(typed)).order_by("-id"))
        assert "Index Scan Backward using clients_client_pkey" in plan, typed
    somebody = Client.objects.order_by("name")[10_000]
    for clients in (Client.objects.order_by("name", "id"), Client.objects.after(somebody)):
        plan = first_page_plan(clients)
        assert "Index Scan using client_by_name" in plan
        assert "Sort" not in plan


def first_page_plan(clients: ClientQuerySet) -> str:
    return clients[: PAGE_SIZE + 1].explain()
