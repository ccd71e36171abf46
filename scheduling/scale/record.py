"""The record of changes of the last year, which the triggers would have written row by row.

Here it comes from the rows themselves: who did it is the desk, and each change has the time at
which a clinic would have made it.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models

from clients.models import Answer, Client, Screening
from scheduling.models import Appointment, Course, Payment
from scheduling.scale.filling import fill

RECORDED: list[Any] = [Client, Screening, Answer, Course, Payment, Appointment]


def write(moments: Mapping[str, str]) -> None:
    """``moments`` are "now" and "since", in SQL. Needs the temporary tables of ``rows``."""
    _clients(moments)
    _screenings(moments)
    _answers(moments)
    _payments(moments)
    _courses(moments)
    _appointments(moments)


def _clients(moments: Mapping[str, str]) -> None:
    _record(
        Client,
        """
        FROM new_client n JOIN clients_client t ON t.id = n.pk
        JOIN (SELECT DISTINCT ON (client) client, desk FROM new_course ORDER BY client, pk) AS first
          ON first.client = n.n
        CROSS JOIN LATERAL (VALUES (n.since, first.desk, 'insert')) AS e (at, by, label)
        """,
        moments,
    )


def _screenings(moments: Mapping[str, str]) -> None:
    _record(
        Screening,
        """
        FROM new_screening n JOIN clients_screening t ON t.id = n.pk
        CROSS JOIN LATERAL (VALUES (t.asked_at, t.asked_by_id, 'insert')) AS e (at, by, label)
        """,
        moments,
    )


def _answers(moments: Mapping[str, str]) -> None:
    _record(
        Answer,
        """
        FROM new_screening n JOIN clients_screening s ON s.id = n.pk
        JOIN clients_answer t ON t.screening_id = s.id
        CROSS JOIN LATERAL (VALUES (s.asked_at, s.asked_by_id, 'insert')) AS e (at, by, label)
        """,
        moments,
    )


def _payments(moments: Mapping[str, str]) -> None:
    _record(
        Payment,
        """
        FROM new_course n JOIN scheduling_payment t ON t.course_id = n.pk
        CROSS JOIN LATERAL (VALUES (t.received_at, t.received_by_id, 'insert')) AS e (at, by, label)
        """,
        moments,
    )


def _courses(moments: Mapping[str, str]) -> None:
    """Booked, and over with the last visit."""
    _record(
        Course,
        """
        FROM new_course n JOIN scheduling_course t ON t.id = n.pk
        JOIN (SELECT a.course_id, max(upper(a.treatment)) AS at
                FROM new_course c JOIN scheduling_appointment a ON a.course_id = c.pk
               GROUP BY a.course_id) AS last ON last.course_id = t.id
        CROSS JOIN LATERAL (VALUES
            (n.booked_at, n.desk, 'insert', 'active', true),
            (last.at, n.desk, 'update', t.status, t.status <> 'active')
        ) AS e (at, by, label, status, happened)
        """,
        moments,
        status="e.status",
        happened="e.happened",
    )


def _appointments(moments: Mapping[str, str]) -> None:
    """Booked; then checked in, asked again and completed, or missed, or called off a day before."""
    _record(
        Appointment,
        f"""
        FROM new_course n JOIN scheduling_appointment t ON t.course_id = n.pk
        CROSS JOIN LATERAL (SELECT lower(t.treatment) AS begins, upper(t.treatment) AS ends) AS b
        CROSS JOIN LATERAL (VALUES
            (n.booked_at, n.desk, 'insert', 'booked', NULL, '', true),
            (begins - interval '5 min', n.desk, 'update', 'checked_in', NULL, '',
             t.status = 'completed'),
            (begins, n.desk, 'update', 'checked_in', t.visit_check_id, '', t.status = 'completed'),
            (ends, n.desk, 'update', 'completed', t.visit_check_id, '', t.status = 'completed'),
            (begins + interval '20 min', n.desk, 'update', 'missed', NULL, '',
             t.status = 'missed'),
            (greatest(n.booked_at, least(begins - interval '1 day', {moments["now"]})), n.desk,
             'update', 'cancelled', NULL, t.status_reason, t.status = 'cancelled')
        ) AS e (at, by, label, status, visit_check, reason, happened)
        """,
        moments,
        status="e.status",
        visit_check_id="e.visit_check",
        status_reason="e.reason",
        happened="e.happened",
    )


def _record(
    model: Any, source: str, moments: Mapping[str, str], *, happened: str = "true", **changed: str
) -> None:
    """Events of the model's rows.

    The source yields a row as ``t`` and what happened to it as ``e (at, by, label)``; ``changed``
    says what its columns held then, where it is not what they hold now.
    """
    events: type[models.Model] = model.pgh_event_model
    own = {field.column for field in model._meta.local_concrete_fields}
    copied = [str(field.column) for field in events._meta.local_concrete_fields]
    fill(
        events,
        {
            **{column: changed.get(column, f"t.{column}") for column in copied if column in own},
            "pgh_created_at": "e.at",
            "pgh_label": "e.label",
            "pgh_obj_id": "t.id",
            "pgh_context": "jsonb_build_object('user', e.by)",
            "pgh_context_id": "md5(e.at || ' ' || t.id)::uuid",
        },
        f"{source} WHERE {happened} AND e.at >= {moments['since']} ORDER BY e.at, t.id, e.label",
    )
