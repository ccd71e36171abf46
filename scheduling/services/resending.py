"""What the desk does to a message by hand: send it again, or keep it from going out.

Both look at the message with its course locked, as everything does that changes what a message is
about, so that neither races the worker or a change of the visit.
"""

from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from cryoclinic.audit import service
from cryoclinic.models import User
from scheduling import problems
from scheduling.errors import NothingToSend, WrongState
from scheduling.locks import conflicts_in_words, lock_course
from scheduling.mail_facts import facts_of
from scheduling.models import Message
from scheduling.obstacles import obstacle
from scheduling.selectors.messages import problem_text

Status = Message.Status


@conflicts_in_words()
@service
def resend_message(*, by: User, message: Message, now: datetime) -> Message:
    """Let it go out once more, at once; what it says is read when it is sent, as ever.

    One that never went out is due again itself. One that did stays as it is: its repeat is a row,
    and a mail, of its own. Raises ``NothingToSend`` where what it is about no longer holds.
    """
    message = _locked(message)
    if message.status in (Status.DUE, Status.RETRYING, Status.SENDING):
        raise WrongState(_("The message is waiting to be sent already."))
    if reason := obstacle(message, facts_of(message, now=now), now):
        raise NothingToSend(problem_text(reason))
    if message.status == Status.SENT:
        return _repeat(message, now)
    message.status, message.problem, message.attempts = Status.DUE, "", 0
    message.due_at = now
    message.save(update_fields=["status", "problem", "attempts", "due_at"])
    return message


@conflicts_in_words()
@service
def withdraw_message(*, by: User, message: Message) -> Message:
    """Keep it from going out, or lay aside one that failed; ``resend_message`` alone undoes it."""
    message = _locked(message)
    if message.status == Status.SENDING:
        raise WrongState(_("The message is being sent at this moment."))
    if message.status in (Status.SENT, Status.WITHDRAWN):
        raise WrongState(
            _("The message is “%(status)s”, so there is nothing to withdraw.")
            % {"status": message.get_status_display()}
        )
    message.status, message.problem = Status.WITHDRAWN, problems.BY_DESK
    message.save(update_fields=["status", "problem"])
    return message


def _locked(message: Message) -> Message:
    """The message as it is now, with its course's row and its own locked."""
    if message.course_id is not None:
        lock_course(message.course_id)
    rows = Message.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("clinic", "client", "course__clinic", "appointment")
    return rows.get(pk=message.pk)


def _repeat(message: Message, now: datetime) -> Message:
    same = {
        name: getattr(message, name)
        for name in ("clinic", "client", "course", "appointment", "kind", "lead_hours", "version")
    }
    before = Message.objects.filter(**same)
    if before.pending().exists():
        raise WrongState(_("The message is waiting to be sent again already."))
    last: int = before.aggregate(last=Max("repeat"))["last"]
    return Message.objects.create(**same, repeat=last + 1, due_at=now)
