"""Courses, appointments, what they need and what came of them."""

from scheduling.models.alert import CourseAlert
from scheduling.models.appointment import LIVE, Appointment
from scheduling.models.course import Course
from scheduling.models.feed import CalendarFeed
from scheduling.models.links import (
    CourseIndication,
    DeviceProcedureType,
    RoomProcedureType,
    SpecialistSkill,
    WatchedClearance,
    WatchedClinic,
)
from scheduling.models.mending import CourseCheck, CourseProposal
from scheduling.models.message import Message, ReminderRewrite, SendingPace
from scheduling.models.note import Addendum, Exposure, SessionNote
from scheduling.models.payment import Payment
from scheduling.models.pre_visit import PreVisitAnswer
from scheduling.models.resources import Device, Room, Specialist, Unavailability, WorkingHours
from scheduling.models.wording import Wording

__all__ = [
    "LIVE",
    "Addendum",
    "Appointment",
    "CalendarFeed",
    "Course",
    "CourseAlert",
    "CourseCheck",
    "CourseIndication",
    "CourseProposal",
    "Device",
    "DeviceProcedureType",
    "Exposure",
    "Message",
    "Payment",
    "PreVisitAnswer",
    "ReminderRewrite",
    "Room",
    "RoomProcedureType",
    "SendingPace",
    "SessionNote",
    "Specialist",
    "SpecialistSkill",
    "Unavailability",
    "WatchedClearance",
    "WatchedClinic",
    "Wording",
    "WorkingHours",
]
