"""What each kind of mail says: one function each."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduling.calendars import Entry, entry_of
from scheduling.emails.building import build, with_file, with_invitation
from scheduling.emails.times import (
    Times,
    appointment_times,
    names_of,
    one_or_many,
    told_times,
    visit_times,
)
from scheduling.emails.wire import Mail
from scheduling.emails.words import Draft
from scheduling.mail_facts import Facts
from scheduling.models import Message
from scheduling.models.message import CHANGES, MessageKind
from scheduling.selectors.visits import Visit
from scheduling.told import ToldVisit


def compose(message: Message, facts: Facts, *, now: datetime, draft: Draft | None = None) -> Mail:
    """The mail that the message stands for, from what holds now.

    The message's client, course, clinic and appointment are to be loaded. ``draft`` is a wording
    to try instead of the clinic's own.
    """
    recipient = message.client or message.clinic
    kind = kind_of(message, facts)
    with translation.override(recipient.language):
        return _WRITE[kind](message, facts, now=now, draft=draft)


def kind_of(message: Message, facts: Facts) -> MessageKind:
    """What the message is about by now: a change may have turned into a cancellation, or back."""
    if message.kind not in CHANGES:
        return MessageKind(message.kind)
    return MessageKind.CANCELLED if facts.changes.only_cancelled else MessageKind.MOVED


def _course_booked(message: Message, facts: Facts, *, now: datetime, draft: Draft | None) -> Mail:
    """The whole plan: every visit still to come, with a calendar of them all."""
    coming = _coming(message, facts, now)
    mail = build(
        MessageKind.COURSE_BOOKED,
        message,
        facts,
        names=names_of(coming[0]),
        context={"visits": coming},
        draft=draft,
    )
    return with_file(mail, message, _entries(message, facts, now))


def _reminder(message: Message, facts: Facts, *, now: datetime, draft: Draft | None) -> Mail:
    """One visit: when, where, what to avoid, with its calendar entry."""
    [visit] = [each for each in facts.visits if each.appointment == message.appointment_id]
    times = visit_times(visit, _today(message, now))
    heading = _("Your visit: %(when)s at %(time)s")
    session = _("Session %(number)s of %(sessions)s")
    mail = build(
        MessageKind.REMINDER,
        message,
        facts,
        names=names_of(times) | {"session": _session(message, visit)},
        context={
            "visit": times,
            "heading": heading % {"when": times["when"], "time": times["from"]},
            "session": session % {"number": visit.number, "sessions": _planned(message)},
        },
        draft=draft,
    )
    return with_invitation(mail, message, _entry(message, visit, now))


def _moved(message: Message, facts: Facts, *, now: datetime, draft: Draft | None) -> Mail:
    """What has changed since the client was last told, and the visits as they are now."""
    today, changes, clinic = _today(message, now), facts.changes, message.clinic
    moved = [
        {"was": told_times(was, clinic, today), "now": visit_times(visit, today)}
        for was, visit in changes.moved
    ]
    added = [visit_times(visit, today) for visit in changes.added]
    cancelled = [told_times(visit, clinic, today) for visit in changes.cancelled]
    concerned: list[Times] = [*(each["now"] for each in moved), *added, *cancelled]
    mail = build(
        MessageKind.MOVED,
        message,
        facts,
        names={"visits": one_or_many(concerned)},
        context={
            "changes": moved,
            "added": added,
            "cancelled": cancelled,
            "count": len(concerned),
            "visits": _coming(message, facts, now),
        },
        draft=draft,
    )
    if len(concerned) == 1:
        visit = [*(visit for _was, visit in changes.moved), *changes.added][0]
        return with_invitation(mail, message, _entry(message, visit, now))
    gone = [_gone(message, visit, now) for visit in changes.cancelled]
    return with_file(mail, message, [*_entries(message, facts, now), *gone])


def _cancelled(message: Message, facts: Facts, *, now: datetime, draft: Draft | None) -> Mail:
    """Which visits are called off, and those that stay."""
    today = _today(message, now)
    cancelled = [told_times(visit, message.clinic, today) for visit in facts.changes.cancelled]
    mail = build(
        MessageKind.CANCELLED,
        message,
        facts,
        names={"visits": one_or_many(cancelled)},
        context={
            "cancelled": cancelled,
            "count": len(cancelled),
            "visits": _coming(message, facts, now),
        },
        draft=draft,
    )
    gone = [_gone(message, visit, now) for visit in facts.changes.cancelled]
    if len(gone) == 1:
        return with_invitation(mail, message, gone[0])
    return with_file(mail, message, gone)


def _missed(message: Message, facts: Facts, *, now: datetime, draft: Draft | None) -> Mail:
    """The client did not come: an invitation to find another time."""
    return _about_own_visit(MessageKind.MISSED, message, facts, now, draft)


def _aftercare(message: Message, facts: Facts, *, now: datetime, draft: Draft | None) -> Mail:
    """What to mind after the session that was given, and the visit that comes next."""
    return _about_own_visit(MessageKind.AFTERCARE, message, facts, now, draft)


def _about_own_visit(
    kind: MessageKind, message: Message, facts: Facts, now: datetime, draft: Draft | None
) -> Mail:
    own = appointment_times(message.appointment, message.clinic, _today(message, now))
    return build(
        kind,
        message,
        facts,
        names=names_of(own),
        context={"visit": own, "visits": _coming(message, facts, now)},
        draft=draft,
    )


def _rescreening_due(message: Message, facts: Facts, *, now: datetime, draft: Draft | None) -> Mail:
    """A few questions are to be answered again before the next visits."""
    coming = _coming(message, facts, now)
    return build(
        MessageKind.RESCREENING_DUE,
        message,
        facts,
        names=names_of(coming[0]),
        context={"visits": coming},
        draft=draft,
    )


def _course_finished(message: Message, facts: Facts, *, now: datetime, draft: Draft | None) -> Mail:
    """Thanks after the last session."""
    return build(MessageKind.COURSE_FINISHED, message, facts, names={}, context={}, draft=draft)


def _proposals_waiting(
    message: Message, facts: Facts, *, now: datetime, draft: Draft | None
) -> Mail:
    """To the desk: how many proposals wait; no names, as a mailbox is read by others too."""
    count = facts.proposals
    text = ngettext("%(count)s proposal waits", "%(count)s proposals wait", count)
    return build(
        MessageKind.PROPOSALS_WAITING,
        message,
        facts,
        names={"proposals": text % {"count": count}},
        context={"count": count, "address": settings.SITE_URL + reverse("scheduling:board")},
        draft=draft,
    )


_WRITE: dict[MessageKind, Callable[..., Mail]] = {
    MessageKind.COURSE_BOOKED: _course_booked,
    MessageKind.REMINDER: _reminder,
    MessageKind.MOVED: _moved,
    MessageKind.CANCELLED: _cancelled,
    MessageKind.MISSED: _missed,
    MessageKind.RESCREENING_DUE: _rescreening_due,
    MessageKind.AFTERCARE: _aftercare,
    MessageKind.COURSE_FINISHED: _course_finished,
    MessageKind.PROPOSALS_WAITING: _proposals_waiting,
}


def _today(message: Message, now: datetime) -> Any:
    return message.clinic.local(now).date()


def _coming(message: Message, facts: Facts, now: datetime) -> list[Times]:
    today = _today(message, now)
    return [visit_times(visit, today) for visit in facts.visits if visit.starts_at > now]


def _session(message: Message, visit: Visit) -> str:
    of = _planned(message)
    return _("session %(number)s of %(of)s") % {"number": visit.number, "of": of}


def _planned(message: Message) -> int:
    return message.course.sessions_planned if message.course else 0


def _entries(message: Message, facts: Facts, now: datetime) -> Sequence[Entry]:
    return [_entry(message, visit, now) for visit in facts.visits if visit.starts_at > now]


def _entry(message: Message, visit: Visit, now: datetime) -> Entry:
    return entry_of(visit, of=_planned(message), clinic=message.clinic, now=now)


def _gone(message: Message, visit: ToldVisit, now: datetime) -> Entry:
    """The same entry as the client was told of, called off."""
    return Entry(
        appointment=visit.appointment,
        starts_at=message.clinic.local(visit.starts_at),
        ends_at=message.clinic.local(visit.ends_at),
        version=visit.version,
        summary=message.clinic.name,
        changed_at=now,
        is_cancelled=True,
    )
