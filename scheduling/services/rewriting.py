"""Reminders that have not gone out follow what a clinic changes of when it reminds.

A trigger on the clinic asks for it (``models/watch_triggers.py``); the worker goes through the
clinic's running courses by their ids, a batch in a transaction. A held course has no reminders, and
gets those of the day when it goes on.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import F, Q

from cryoclinic.audit import service
from cryoclinic.models import User
from scheduling import problems
from scheduling.locks import lock_courses
from scheduling.models import Appointment, Course, Message, ReminderRewrite
from scheduling.reminder_times import reminders_due, reminders_to_come
from scheduling.services.outbox import Row, about, add, day_of

Status = Message.Status
# In no worker's hands, as ``withdrawable`` has it.
WAITING = (Status.DUE, Status.RETRYING)

COURSES_AT_ONCE = 100
# Who is booking a course has read the clinic a moment ago: what they write is there by then.
GRACE = timedelta(minutes=1)


@service
def rewrite_reminders(*, by: User, now: datetime, limit: int = COURSES_AT_ONCE) -> bool:
    """Rewrite those of the next ``limit`` courses of a clinic that asks for it; False: none does.

    Any number of workers at once: a course is locked while its reminders are rewritten, and a
    second time changes nothing. The clinic's row and the note of it are not locked meanwhile, so
    that nobody who saves the clinic waits; whoever does asks for all of it anew.
    """
    asking = ReminderRewrite.objects.filter(done__lt=F("asked"))
    rewrite = asking.filter(Q(begins_at=None) | Q(begins_at__lte=now)).order_by("clinic").first()
    if rewrite is None:
        return False
    as_read = asking.filter(pk=rewrite.pk, asked=rewrite.asked, after=rewrite.after)
    if rewrite.begins_at is None:
        as_read.update(begins_at=now + GRACE)
        return True
    running = Course.objects.active().filter(clinic=rewrite.clinic_id, pk__gt=rewrite.after)
    ids = list(running.order_by("pk").values_list("pk", flat=True)[:limit])
    if not ids:
        as_read.update(done=rewrite.asked, begins_at=None, after=0)
        return True
    lock_courses(ids)
    _rewrite(ids, now)
    as_read.update(after=ids[-1])
    return True


def _rewrite(courses: Sequence[int], now: datetime) -> None:
    """Each visit to come gets the reminders that it would get if it were booked at this moment, but
    for those that have had their turn. The courses are locked.
    """
    rows: list[Row] = []
    retimed: list[Message] = []
    dropped: list[int] = []
    for visit, messages in _visits_to_come(courses, now):
        wanted = _wanted(visit, messages, now)
        for message in messages:
            if message.status not in WAITING or _has_had_its_turn(message, now):
                continue
            if message.lead_hours not in wanted:
                dropped.append(message.pk)
            elif message.due_at != wanted[message.lead_hours]:
                message.due_at = wanted[message.lead_hours]
                retimed.append(message)
        rows += [
            about(visit, Message.Kind.REMINDER, due_at=due_at, now=now, lead_hours=lead)
            for lead, due_at in wanted.items()
        ]
    # What a worker has taken into its hands meanwhile goes out.
    untaken = Message.objects.withdrawable()
    untaken.filter(pk__in=dropped).update(status=Status.WITHDRAWN, problem=problems.RETIMED)
    untaken.bulk_update(retimed, ["due_at"])
    add(rows)


def _visits_to_come(
    courses: Sequence[int], now: datetime
) -> Iterator[tuple[Appointment, list[Message]]]:
    """Those of clients who may be mailed, each with the reminders written of its present time."""
    booked = Appointment.objects.filter(
        course__in=courses, status=Appointment.Status.BOOKED, treatment__startswith__gt=now
    )
    reminders = Message.objects.filter(
        appointment__in=booked,
        kind=Message.Kind.REMINDER,
        version=F("appointment__schedule_version"),
        repeat=0,
    )
    written: dict[int | None, list[Message]] = defaultdict(list)
    for message in reminders.select_related("clinic").defer("source", "told"):
        written[message.appointment_id].append(message)
    for visit in booked.select_related("client", "clinic").order_by("pk"):
        if visit.client.may_be_mailed:
            yield visit, written[visit.pk]


def _wanted(visit: Appointment, written: Sequence[Message], now: datetime) -> dict[int, datetime]:
    """When each of its reminders is due, by lead hours; none at once where one has had its turn."""
    clinic = visit.clinic
    any_had = any(_has_had_its_turn(message, now) for message in written)
    reckon = reminders_to_come if any_had else reminders_due
    leads = clinic.reminder_lead_hours
    return dict(reckon(visit.starts_at, lead_hours=leads, day=day_of(clinic), now=now))


def _has_had_its_turn(message: Message, now: datetime) -> bool:
    """It went out or is about to, failed, or was kept back by the desk."""
    if message.status not in WAITING:
        return message.status != Status.WITHDRAWN or message.problem == problems.BY_DESK
    still_wanted = message.lead_hours in message.clinic.reminder_lead_hours
    return still_wanted and (message.status == Status.RETRYING or message.due_at <= now)
