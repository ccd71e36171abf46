"""From the drawing to the rows that the services would have left behind, a million at a time.

Ids are given out in the order of time, and rows lie on disk in that of their ids.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, models

from clients.models import Answer, Client, Screening
from procedures.models import Contraindication
from scheduling.models import Appointment, Course, CourseCheck, Payment
from scheduling.scale.filling import fill, last_id, make

FAMILIES = ("Морозова", "Снегирёва", "Северина", "Ледова", "Холод", "Зимина", "Вьюгина", "Инеева")
GIVEN = ("Анна", "Мария", "Елена", "Ольга", "Вера", "Нина", "Юлия", "Дарья", "Алла", "Зоя")

MODELS: list[type[models.Model]] = [
    Client, Screening, Answer, Course, Course.indications.through, CourseCheck, Payment,
    Appointment,
]  # fmt: skip
_MADE = ["new_client", "new_course", "new_screening"]


def write(*, now: datetime, report: Callable[[str], None]) -> None:
    """Fill the tables from the staged drawing; new_client, new_course and new_screening stay."""
    report("clients and courses")
    _clients()
    _courses()
    _with_courses(now)
    report("screenings")
    _screenings()
    _answers(now)
    report("appointments")
    _appointments()


def drop() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {', '.join(_MADE)}")


def _clients() -> None:
    make(
        "new_client",
        f"SELECT client AS n, min(booked_at) AS since,"
        f" {last_id(Client)} + row_number() OVER (ORDER BY min(booked_at), client) AS pk"
        f" FROM made_course GROUP BY client",
    )
    fill(
        Client,
        {
            "id": "pk",
            # A name that many share, and a number that tells them apart.
            "name": f"{_one_of(FAMILIES, f'pk / {len(GIVEN)}')} || ' ' ||"
            f" {_one_of(GIVEN, 'pk')} || ' ' || pk",
            "phone": "'+79' || lpad(pk::text, 9, '0')",
            "email": "CASE WHEN pk %% 12 = 0 THEN '' ELSE 'client' || pk || '@example.com' END",
            "language": "CASE WHEN pk %% 7 = 0 THEN 'en' ELSE 'ru' END",
            "email_consent": "pk %% 9 <> 0",
            "email_consent_at": "CASE WHEN pk %% 9 <> 0 THEN since END",
            "created_at": "since",
        },
        "FROM new_client ORDER BY pk",
    )


def _courses() -> None:
    make(
        "new_course",
        f"SELECT m.*, c.pk AS client_pk,"
        f" {last_id(Course)} + row_number() OVER (ORDER BY booked_at, m.n) AS pk"
        f" FROM made_course m JOIN new_client c ON c.n = m.client",
    )
    fill(
        Course,
        {
            "id": "pk",
            "client_id": "client_pk",
            "clinic_id": "clinic",
            "procedure_type_id": "procedure_type",
            "zone_id": "zone",
            "sessions_planned": "planned",
            "min_gap_days": "min_gap",
            "max_gap_days": "max_gap",
            "price": "price",
            "currency": "currency",
            "status": "status",
            "created_at": "booked_at",
        },
        "FROM new_course ORDER BY pk",
    )


def _screenings() -> None:
    """Those in full, and what was asked again at each visit."""
    make(
        "new_screening",
        f"""
        SELECT {last_id(Screening)} + row_number() OVER (ORDER BY day, course, visit) AS pk, *
          FROM (SELECT n AS asking, 0 AS visit, course, asked_on AS day FROM made_asking
                 UNION ALL
                SELECT asking, n, course, day FROM made_visit WHERE status = 'completed') AS asked
        """,
    )
    fill(
        Screening,
        {
            "id": "s.pk",
            "client_id": "c.client_pk",
            "follows_id": "f.pk",
            "asked_by_id": "c.desk",
            "asked_at": "(s.day + time '08:55') AT TIME ZONE k.time_zone",
            "asked_on": "s.day",
            "valid_until": "s.day + CASE WHEN s.visit = 0 THEN k.screening_valid_days - 1 ELSE 0"
            " END",
        },
        """
        FROM new_screening s
        JOIN new_course c ON c.n = s.course
        JOIN cryoclinic_clinic k ON k.id = c.clinic
        LEFT JOIN new_screening f ON f.asking = s.asking AND f.visit = 0 AND s.visit > 0
        ORDER BY s.pk
        """,
    )


def _answers(now: datetime) -> None:
    """All "no", to the screenings that may still count: at a visit the passing ones are asked."""
    fill(
        Answer,
        {
            "screening_id": "s.id",
            "contraindication_id": "q.id",
            "question": "q.question_ru",
            "kind": "q.kind",
            "zone_bound": "q.zone_bound",
            "present": "false",
        },
        f"""
        FROM new_screening n
        JOIN clients_screening s ON s.id = n.pk
        JOIN {Contraindication._meta.db_table} q
          ON q.is_active AND (n.visit = 0 OR q.kind = 'passing')
        WHERE s.asked_at > '{now.isoformat()}'::timestamptz - interval '30 days'
        ORDER BY s.id, q.position
        """,
    )


def _appointments() -> None:
    """Course by course; no device, of which the made-up clinics have none."""
    fill(
        Appointment,
        {
            "id": f"{last_id(Appointment)} + row_number() OVER (ORDER BY c.pk, v.n)",
            "course_id": "c.pk",
            "client_id": "c.client_pk",
            "clinic_id": "c.clinic",
            "time_zone": "k.time_zone",
            "sessions_planned": "c.planned",
            "min_gap_days": "c.min_gap",
            "place": "v.place",
            "treatment": "tstzrange(b.begins, b.begins + c.occupied)",
            "visit": "tstzrange(b.begins, b.begins + c.stays)",
            "specialist_id": "v.specialist",
            "room_id": "v.room",
            "screening_id": "f.pk",
            "visit_check_id": "q.pk",
            "status": "v.status",
            "status_reason": "CASE v.status WHEN 'cancelled' THEN 'Called off' ELSE '' END",
        },
        """
        FROM made_visit v
        JOIN new_course c ON c.n = v.course
        JOIN cryoclinic_clinic k ON k.id = c.clinic
        CROSS JOIN LATERAL (
            SELECT (v.day + v.cell * interval '5 min') AT TIME ZONE k.time_zone AS begins) AS b
        JOIN new_screening f ON f.asking = v.asking AND f.visit = 0
        LEFT JOIN new_screening q ON q.visit = v.n AND q.visit > 0
        ORDER BY c.pk, v.n
        """,
    )


def _with_courses(now: datetime) -> None:
    """The indication, the payment in advance, and for what goes on the worker's next look."""
    fill(
        Course.indications.through,
        {"course_id": "pk", "indication_id": "indication"},
        "FROM new_course ORDER BY pk",
    )
    fill(
        Payment,
        {
            "course_id": "pk",
            "amount": "price * planned",
            "currency": "currency",
            "received_at": "booked_at",
            "received_by_id": "desk",
        },
        "FROM new_course ORDER BY pk",
    )
    fill(
        CourseCheck,
        {
            "course_id": "pk",
            "due_at": f"'{now.isoformat()}'::timestamptz + interval '1 day' + pk * interval '1 ms'",
        },
        "FROM new_course WHERE status = 'active' ORDER BY pk",
    )


def _one_of(words: tuple[str, ...], number: str) -> str:
    quoted = ", ".join(f"'{word}'" for word in words)
    return f"(ARRAY[{quoted}])[1 + ({number}) %% {len(words)}]"
