"""What a client's link opens, if it opens anything."""

from dataclasses import dataclass

from django.utils import timezone

from clients.models import Client
from cryoclinic.models import Clinic
from scheduling.links import BadLink, Link, Purpose, read
from scheduling.models import Course


@dataclass(eq=False)
class LinkClosed(Exception):
    """The link opens nothing. ``was_open``: it is one of ours, expired or withdrawn since.

    ``clinic`` is the one to ask for another, where that is known.
    """

    clinic: Clinic | None
    was_open: bool


def course_by_link(token: str) -> Course:
    """The course whose page the link opens, with client and clinic. Raises ``LinkClosed``."""
    link = _genuine(Purpose.VISIT, token)
    course = (
        Course.objects.select_related("client", "clinic", "feed").filter(pk=link.subject).first()
    )
    if course is None:
        raise LinkClosed(_only_clinic(), was_open=False)
    if course.link_version != link.version or _is_over(link):
        raise LinkClosed(course.clinic, was_open=True)
    return course


def client_by_unsubscribe_link(token: str) -> Client:
    """Whose optional mail the link ends. Raises ``LinkClosed``."""
    link = _genuine(Purpose.UNSUBSCRIBE, token)
    client = Client.objects.filter(pk=link.subject).first()
    if client is None or _is_over(link):
        raise LinkClosed(_only_clinic(), was_open=client is not None)
    return client


def _genuine(purpose: Purpose, token: str) -> Link:
    try:
        return read(purpose, token)
    except BadLink:
        raise LinkClosed(_only_clinic(), was_open=False) from None


def _is_over(link: Link) -> bool:
    return link.is_over(timezone.now().date())


def _only_clinic() -> Clinic | None:
    """The clinic where there is but one: then it says nothing about whose link it was."""
    clinics = list(Clinic.objects.order_by("pk")[:2])
    return clinics[0] if len(clinics) == 1 else None
