"""The desk, the courses, the treatment room and the outbox."""

from django.urls import path

from scheduling.views import (
    appointments,
    board,
    booking,
    courses,
    messages,
    my_day,
    notes,
    outages,
    replanning,
    session_start,
    slots,
)

app_name = "scheduling"

urlpatterns = [
    path("board/", board.board, name="board"),
    path("courses/new/", booking.course_new, name="course_new"),
    path("courses/<int:pk>/", courses.course, name="course"),
    path("courses/<int:pk>/hold/", courses.hold, name="hold_course"),
    path("courses/<int:pk>/resume/", courses.resume, name="resume_course"),
    path("courses/<int:pk>/stop/", courses.stop, name="stop_course"),
    path("courses/<int:pk>/payments/", courses.pay, name="pay"),
    path("courses/<int:pk>/sessions/new/", courses.add_session, name="add_session"),
    path("courses/<int:pk>/replan/", replanning.replan_course, name="replan"),
    path("courses/<int:pk>/replan/dismiss/", replanning.dismiss, name="dismiss_proposal"),
    path("clients/<int:pk>/courses/", courses.client_courses, name="client_courses"),
    path("appointments/<int:pk>/", appointments.appointment, name="appointment"),
    path("appointments/<int:pk>/check-in/", appointments.check_in, name="check_in"),
    path("appointments/<int:pk>/undo-check-in/", appointments.undo_check_in, name="undo_check_in"),
    path("appointments/<int:pk>/missed/", appointments.mark_missed, name="mark_missed"),
    path("appointments/<int:pk>/undo-missed/", appointments.undo_missed, name="undo_missed"),
    path("appointments/<int:pk>/cancel/", appointments.cancel, name="cancel_appointment"),
    path("appointments/<int:pk>/restore/", appointments.restore, name="restore_appointment"),
    path("appointments/<int:pk>/rescreen/", appointments.rescreen, name="rescreen"),
    path("appointments/<int:pk>/move/", appointments.move, name="move_appointment"),
    path("unavailabilities/new/", outages.unavailability_new, name="unavailability_new"),
    path("unavailabilities/<int:pk>/", outages.unavailability, name="unavailability"),
    path("unavailabilities/<int:pk>/plan/", outages.plan_hit_courses, name="plan_hit_courses"),
    path("unavailabilities/<int:pk>/accept/", outages.accept_plans, name="accept_plans"),
    path("slots/", slots.slots, name="slots"),
    path("my-day/", my_day.show_my_day, name="my_day"),
    path("appointments/<int:pk>/start/", session_start.start, name="session_start"),
    path("appointments/<int:pk>/start/check-in/", session_start.admit, name="session_admit"),
    path("appointments/<int:pk>/note/", notes.note, name="note"),
    path("appointments/<int:pk>/note/close/", notes.close, name="note_close"),
    path("appointments/<int:pk>/note/addenda/", notes.add, name="note_add"),
    path("messages/", messages.messages, name="messages"),
    path("messages/<int:pk>/", messages.message, name="message"),
    path("messages/<int:pk>/html/", messages.message_html, name="message_html"),
    path("messages/<int:pk>/visits.ics", messages.message_calendar, name="message_calendar"),
]
