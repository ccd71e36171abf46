"""What a booking can be refused for, each with the rule and the next step in the user's words."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cryoclinic.errors import Refused, Text
from scheduling.planner import Slot


class SlotRefused(Refused):
    """One slot can't be had; ``slot`` says which, where that is known."""

    slot: Slot | None = None


class SlotTaken(SlotRefused):
    """Specialist, room, device or client is somewhere else at that time.

    ``taken``: all of the slots asked for together that are, the refused one first.
    """

    taken: tuple[Slot, ...] = ()

    def __init__(self, message: Text) -> None:
        super().__init__(message, _("Choose another time: the free ones are offered below."))


class TooSoon(SlotRefused):
    """Closer to a neighbouring session than the course's minimum gap.

    ``number`` is the neighbour's in the course, ``is_before`` the slot's side of it.
    """

    def __init__(
        self,
        *,
        gap: int,
        min_gap: int,
        neighbour: date | None = None,
        number: int | None = None,
        is_before: bool = False,
    ) -> None:
        self.gap, self.min_gap, self.neighbour = gap, min_gap, neighbour
        what = _("Too close to another session of the course")
        if neighbour is not None and number is not None:
            what = _how_near(gap, is_before) % {
                "gap": gap,
                "number": number,
                "day": date_format(neighbour, "j E"),
            }
        rule = ngettext(
            "sessions are at least %(days)d day apart. This is a safety rule.",
            "sessions are at least %(days)d days apart. This is a safety rule.",
            min_gap,
        ) % {"days": min_gap}
        super().__init__(f"{what}; {rule}", _("Choose a day that keeps the gap on both sides."))


def _how_near(gap: int, is_before: bool) -> str:
    if gap == 0:
        return _("On the same day as session %(number)d (%(day)s)")
    if is_before:
        return ngettext(
            "%(gap)d day before session %(number)d (%(day)s)",
            "%(gap)d days before session %(number)d (%(day)s)",
            gap,
        )
    return ngettext(
        "%(gap)d day after session %(number)d (%(day)s)",
        "%(gap)d days after session %(number)d (%(day)s)",
        gap,
    )


class NotCleared(SlotRefused):
    """The client's screening does not clear the procedure on that day."""

    def __init__(self, message: Text = "", next_step: Text = "") -> None:
        super().__init__(
            message or _("The client is not cleared for this procedure on that day."),
            next_step
            or _("Open the client's screening: it says why, and from when it is possible."),
        )


class AwaitsReview(Refused):
    """The client has said before the visit that something has changed; nobody has looked at it."""

    def __init__(self) -> None:
        super().__init__(
            _("The client has answered before the visit that something has changed."),
            _("A clinician reviews the answer first; it is on the appointment's page."),
        )


class CourseFull(Refused):
    """All planned sessions are booked or done."""

    def __init__(self) -> None:
        super().__init__(
            _("All planned sessions of this course are already booked or done."),
            _("Move a session instead, or book a new course."),
        )


class CourseAlreadyOpen(Refused):
    """The client has an open course of the same procedure on the same zone."""

    def __init__(self) -> None:
        super().__init__(
            _("The client already has an open course of this procedure on this zone."),
            _("Continue that course, or stop it before booking a new one."),
        )


class OutOfHours(SlotRefused):
    """Nobody works then, or the day is outside what can be booked."""


class NotWished(SlotRefused):
    """The client wishes it otherwise; the desk may set a wish aside."""

    def __init__(self, message: Text) -> None:
        super().__init__(message, _("Change the wish, or choose another time."))


class WrongState(Refused):
    """The appointment or the course is no longer in a state that allows it."""

    def __init__(self, message: Text) -> None:
        super().__init__(message, _("Look at its current state: somebody may have changed it."))


class StalePlan(Refused):
    """The plan no longer fits what it was made for."""

    def __init__(self, message: Text) -> None:
        super().__init__(message, _("Ask for times again."))


class NothingToSend(Refused):
    """What the message is about no longer holds; ``reason`` is a sentence."""

    def __init__(self, reason: Text) -> None:
        super().__init__(
            reason, _("To tell the client how things stand now, send “course booked” again.")
        )


class WordingMistaken(Refused):
    """A mail's wording names what is not known; ``mistakes`` are whole sentences."""

    def __init__(self, mistakes: Text) -> None:
        super().__init__(mistakes, _("Correct it; nothing was changed."), status=422)


class MailNotTaken(Refused):
    """A mail that somebody waits for could not be sent."""


class Busy(Refused):
    """Somebody else holds the rows just now."""

    def __init__(self) -> None:
        super().__init__(
            _("Somebody else is booking the same specialist, room or client at this moment."),
            _("Try again in a few seconds; nothing was changed."),
        )


def of_constraint(name: str, **facts: Any) -> Refused | None:
    """The refusal that a broken database constraint stands for; None for an unknown one."""
    refusal: Refused | None = None
    match name:
        case _ if taken := _taken(name):
            refusal = SlotTaken(taken)
        case "appointment_min_gap":
            refusal = TooSoon(gap=0, min_gap=facts.get("min_gap", 2))
        case "appointment_place" | "appointment_place_planned":
            refusal = CourseFull()
        case "appointment_cleared_on_the_day" | "appointment_screened_on_the_day":
            refusal = NotCleared()
        case "appointment_asked_again_on_the_day" | "appointment_checked_before_completed":
            refusal = NotCleared(
                _("The passing contraindications were not asked again at this visit."),
                _("Ask them first; then record the session."),
            )
        case "appointment_answer_reviewed":
            refusal = AwaitsReview()
        case "course_one_open_per_zone":
            refusal = CourseAlreadyOpen()
    return refusal


def _taken(name: str) -> str:
    """Who or what is somewhere else at that time, by the constraint that says so."""
    return {
        "appointment_specialist_free": _("The specialist has just been booked at that time."),
        "appointment_room_free": _("The room has just been taken at that time."),
        "appointment_device_free": _("The device has just been taken at that time."),
        "appointment_client_free": _("The client has another visit at that time."),
    }.get(name, "")
