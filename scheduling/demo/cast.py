"""The demo clinic's clients. None of them exists; their addresses can't be delivered to."""

from datetime import date

from clients.models import Client
from clients.services import add_client
from cryoclinic.models import User

RUSSIAN = [
    "Абрамова Светлана Игоревна",
    "Антонов Павел Сергеевич",
    "Белкина Дарья Олеговна",
    "Власова Наталья Петровна",
    "Герасимова Юлия Андреевна",
    "Громов Илья Викторович",
    "Денисова Алина Романовна",
    "Ершова Вера Николаевна",
    "Жукова Татьяна Львовна",
    "Зимина Ксения Павловна",
    "Иванова Екатерина Дмитриевна",
    "Калинина Полина Сергеевна",
    "Киселёва Марина Юрьевна",
    "Комаров Артём Денисович",
    "Крылова Инна Борисовна",
    "Лаптева Софья Максимовна",
    "Макарова Людмила Фёдоровна",
    "Мельникова Ольга Вячеславовна",
    "Миронова Виктория Алексеевна",
    "Назарова Галина Степановна",
    "Никитин Роман Андреевич",
    "Осипова Лариса Геннадьевна",
    "Панова Евгения Ильинична",
    "Петрова Анастасия Владимировна",
    "Рябова Тамара Семёновна",
    "Савельева Яна Константиновна",
    "Самойлов Кирилл Олегович",
    "Тарасова Мария Евгеньевна",
    "Титова Надежда Васильевна",
    "Устинова Любовь Михайловна",
    "Филатова Елизавета Артёмовна",
    "Фролов Денис Игоревич",
    "Шестакова Оксана Валерьевна",
    "Щербакова Ирина Тимуровна",
]
FOREIGN = [
    "Alice Bennett",
    "Clara Hoffmann",
    "Emma Lindqvist",
    "Grace O’Neill",
    "Julia Novak",
    "Sophie Laurent",
]
NOTES = {2: "Просит кабинет потеплее.", 9: "Приезжает с ребёнком.", 35: "Speaks English only."}


def add_clients(*, by: User) -> list[Client]:
    """All of them, in the order of the lists above."""
    names = [*((name, "ru") for name in RUSSIAN), *((name, "en") for name in FOREIGN)]
    return [
        add_client(
            by=by,
            name=name,
            phone=f"+7900000{1000 + 37 * number:04d}",
            email=f"client{number:02d}@example.com" if number % 9 else "",
            birth_date=date(1958 + 7 * number % 45, 1 + number % 12, 1 + 5 * number % 28),
            language=language,
            email_consent=bool(number % 9) and number % 13 != 0,
            note=NOTES.get(number, ""),
        )
        for number, (name, language) in enumerate(names, start=1)
    ]
