"""Taking back the links to a client's page."""

from django.utils import timezone

from cryoclinic.audit import service
from cryoclinic.models import User
from scheduling.locks import conflicts_in_words, lock_course
from scheduling.models import Course
from scheduling.services import outbox


@conflicts_in_words()
@service
def withdraw_links(*, by: User, course: Course, send: bool = False) -> Course:
    """No link to the course's page given out so far opens it any more; the next one does.

    ``send``: the plan goes out once more, with the next one.
    """
    course = lock_course(course.pk)
    course.link_version += 1
    course.save(update_fields=["link_version"])
    if send:
        outbox.announce_again(course, version=course.link_version, now=timezone.now())
    return course
