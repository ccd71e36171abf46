"""The mails of the last year: the plan with each booking, the reminders before each visit."""

from collections.abc import Mapping

from scheduling.models import Message
from scheduling.scale.filling import fill

_CONSENT = "k.email_consent AND k.email <> ''"


def write(moments: Mapping[str, str]) -> None:
    """``moments`` are "now" and "since", in SQL. Needs new_course of ``rows``."""
    _plans(moments)
    _reminders(moments)


def _plans(moments: Mapping[str, str]) -> None:
    fill(
        Message,
        {
            "clinic_id": "c.clinic",
            "client_id": "c.client_pk",
            "course_id": "c.pk",
            "kind": "'course_booked'",
            "due_at": "c.booked_at",
            "status": "'sent'",
            "sent_at": "c.booked_at + interval '20 s'",
            "sent_to": "k.email",
            "attempts": "1",
            "message_id": "md5('plan ' || c.pk)::uuid",
            "created_at": "c.booked_at",
        },
        f"""
        FROM new_course c JOIN clients_client k ON k.id = c.client_pk
        WHERE {_CONSENT} AND c.booked_at >= {moments["since"]} ORDER BY c.pk
        """,
    )


def _reminders(moments: Mapping[str, str]) -> None:
    """Those that the clinic sends; withdrawn with the visit, none where it was booked too late."""
    status = f"""CASE WHEN a.status = 'cancelled' THEN 'withdrawn'
                      WHEN due_at > {moments["now"]} THEN 'due' ELSE 'sent' END"""
    fill(
        Message,
        {
            "clinic_id": "c.clinic",
            "client_id": "c.client_pk",
            "course_id": "c.pk",
            "appointment_id": "a.id",
            "kind": "'reminder'",
            "lead_hours": "lead",
            "due_at": "d.due_at",
            "status": "d.status",
            "sent_at": "CASE d.status WHEN 'sent' THEN d.due_at + interval '20 s' END",
            "sent_to": "CASE d.status WHEN 'sent' THEN k.email ELSE '' END",
            "attempts": "CASE d.status WHEN 'sent' THEN 1 ELSE 0 END",
            "message_id": "md5('reminder ' || a.id || ' ' || lead)::uuid",
            "created_at": "c.booked_at",
        },
        f"""
        FROM new_course c
        JOIN clients_client k ON k.id = c.client_pk
        JOIN scheduling_appointment a ON a.course_id = c.pk
        JOIN cryoclinic_clinic AS place ON place.id = c.clinic
        CROSS JOIN unnest(place.reminder_lead_hours) AS lead
        CROSS JOIN LATERAL (
            SELECT due_at, {status} AS status
              FROM (SELECT lower(a.treatment) - lead * interval '1 hour' AS due_at) AS t) AS d
        WHERE {_CONSENT} AND c.booked_at >= {moments["since"]} AND d.due_at > c.booked_at
        ORDER BY c.pk, a.id, lead
        """,
    )
