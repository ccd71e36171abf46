"""Entering an outage, and mending together the courses that it hits."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cryoclinic.audit import service
from cryoclinic.errors import Refused
from cryoclinic.models import User
from scheduling.locks import conflicts_in_words
from scheduling.models import Course, CourseProposal, Unavailability
from scheduling.selectors.outages import hit_courses
from scheduling.services.mending import mend_course
from scheduling.services.replanning import accept_proposal
from scheduling.services.watch import look_again


@conflicts_in_words()
@service
def add_unavailability(*, by: User, unavailability: Unavailability) -> Unavailability:
    """Save it. The table has every course that it hits looked at, confirmed visits last."""
    unavailability.save(force_insert=True)
    return unavailability


@conflicts_in_words()
@service
def remove_unavailability(*, by: User, unavailability: Unavailability) -> None:
    """It is not so after all. Courses that wait with a proposal are looked at again."""
    unavailability.delete()


def plan_next(*, by: User, unavailability: Unavailability, now: datetime, limit: int) -> None:
    """Make the plans of the next ``limit`` hit courses that have none yet, each in its own
    transaction; what the worker has in hand is left to it.
    """
    pending = [each.pk for each in hit_courses(unavailability, now=now) if each.is_pending]
    for course in Course.objects.filter(pk__in=pending[:limit]):
        mend_course(by=by, course=course, now=now)


def accept_proposals(
    *, by: User, proposals: Sequence[CourseProposal], now: datetime
) -> list[tuple[CourseProposal, Refused]]:
    """Book each proposal in a transaction of its own; return those that were refused, and why.

    A refused one is planned anew.
    """
    refused = []
    for proposal in proposals:
        try:
            accept_proposal(by=by, proposal=proposal)
        except Refused as error:
            refused.append((proposal, error))
            with transaction.atomic():
                look_again([proposal.course_id], at=now)
    return refused
