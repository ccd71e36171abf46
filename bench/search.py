"""Finding a client among a million against reading one by primary key.

`run()` yields one record per figure. BENCH_SEARCH_ROWS says how many clients there are; what is
measured is what the page does (`client_page`: query, fetch, objects), warm, one after the other.
"""

import os
import random
from collections.abc import Callable, Iterator, Sequence
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from bench.database import scratch_database

Record = dict[str, Any]

SEED = 20310301
REPEATS = 200
# A list that appears as one types has to be there before the next key: a tenth of a second.
GOAL_MS = 100

PEOPLE = """
INSERT INTO clients_client
       (name, phone, email, language, email_consent, email_consent_at, note, created_at)
SELECT surnames[1 + mixed %% 60] || chr(1072 + mixed / 60 %% 32)
           || chr(1072 + mixed / 1920 %% 32) || 'ова ' || names[1 + mixed / 61440 %% 24],
       '+79' || lpad(((i::bigint * 7919) %% 1000000000)::text, 9, '0'),
       mails[1 + i %% 8] || '.' || substr(md5(i::text), 1, 6) || '@example.com',
       'ru', true, now(), '', now()
  FROM generate_series(1, %s) AS i,
       -- Names have nothing to do with the order in which people came.
       LATERAL (SELECT (i::bigint * 2654435761 %% 4294967296 / 8)::int AS mixed) AS shuffled,
       (SELECT string_to_array('Иван Петр Сидор Кузнец Смирн Попов Васил Соколов Михайл Новик '
            'Федор Мороз Волк Алексе Лебед Семен Егор Павл Козл Степан Никол Орл Андре Макар '
            'Никит Захар Зайц Соловь Борис Яковл Григор Роман Воробь Сергее Фрол Александр Дмитр '
            'Корол Гусе Кисел Ильин Максим Поляк Сорок Виноград Ковал Бел Медвед Антон Тарас '
            'Жук Баран Филипп Комар Давыд Беляк Герасим Богдан Осип Титов', ' ') AS surnames,
               string_to_array('Анна Мария Ольга Елена Наталья Татьяна Ирина Светлана Юлия '
            'Екатерина Анастасия Дарья Алёна Полина Ксения Вера Надежда Любовь Галина Людмила '
            'Пётр Сергей Дмитрий Андрей', ' ') AS names,
               string_to_array('anna maria olga lena natasha tanya irina sveta', ' ') AS mails
       ) AS words
"""


def run() -> Iterator[Record]:
    """The figures, on a database of their own that is dropped afterwards."""
    rows = int(os.environ.get("BENCH_SEARCH_ROWS", "1000000"))
    with scratch_database("search"):
        _fill(rows)
        yield from _figures(rows)


def _fill(rows: int) -> None:
    """Triggers and the trigram index wait until the rows are there: minutes instead of hours."""
    from django.db import connection

    from clients.models import Client

    trigrams = next(index for index in Client._meta.indexes if index.name == "client_trigrams")
    with connection.schema_editor(atomic=False) as editor:
        editor.execute("ALTER TABLE clients_client DISABLE TRIGGER USER")
        editor.remove_index(Client, trigrams)
        with connection.cursor() as cursor:
            cursor.execute(PEOPLE, [rows])
        editor.add_index(Client, trigrams)
        editor.execute("ALTER TABLE clients_client ENABLE TRIGGER USER")
        editor.execute("VACUUM ANALYZE clients_client")


def _figures(rows: int) -> Iterator[Record]:
    from clients.models import Client

    chosen = random.Random(SEED)
    people = list(Client.objects.filter(pk__in=chosen.sample(range(1, rows + 1), REPEATS)))
    by_key = _times(lambda pk: Client.objects.get(pk=pk), [person.pk for person in people])
    kinds: dict[str, Callable[[Any], str]] = {
        "three_characters": lambda person: _part(chosen, person.name.replace(" ", ""), 3),
        "surname": lambda person: person.name.split()[0],
        "both_names": lambda person: " ".join(reversed(person.name.split())),
        "phone": lambda person: f"8 ({person.phone[2:5]}) {person.phone[5:8]}-{person.phone[8:]}",
        "four_digits": lambda person: person.phone[-4:],
        "email": lambda person: _part(chosen, person.email.split("@")[0], 8),
        "nobody": lambda person: person.name.split()[0][::-1] + "ъъ",
    }
    for kind, typed in kinds.items():
        times = _times(_search, [typed(person) for person in people])
        p95 = quantiles(times, n=20)[-1]
        reference = median(by_key)
        yield {
            "name": f"search.by_{kind}",
            "value": round(median(times), 2),
            "unit": "ms",
            "p95": round(p95, 2),
            "rows": rows,
            "reference": round(reference, 2),
            "ratio": round(median(times) / reference, 1),
            "goal": GOAL_MS,
            "ok": p95 <= GOAL_MS,
        }


def _search(typed: str) -> None:
    from clients import search
    from clients.selectors import client_page

    client_page(search.parse(typed))


def _part(chosen: random.Random, text: str, length: int) -> str:
    start = chosen.randrange(max(1, len(text) - length + 1))
    return text[start : start + length]


def _times(call: Callable[[Any], object], arguments: Sequence[Any]) -> list[float]:
    """Milliseconds of the call with each argument, after a few that warm the caches."""
    for argument in arguments[:20]:
        call(argument)
    times = []
    for argument in arguments:
        started = perf_counter()
        call(argument)
        times.append((perf_counter() - started) * 1000)
    return times
