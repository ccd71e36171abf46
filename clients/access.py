"""May this person have this? Answers with the object, 404 or PermissionDenied."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from clients.models import Answer, Clearance, Client, Screening
from cryoclinic.models import User

Person = User | AnonymousUser


def get_client(user: Person, pk: int) -> Client:
    """The client, for those who may see clients."""
    _need(user, "clients.view_client")
    return get_object_or_404(Client, pk=pk)


def get_screening(user: Person, pk: int) -> Screening:
    """The screening with its client, for those who may see verdicts; the answers need more."""
    _need(user, "clients.view_client", "clients.view_screening")
    return get_object_or_404(
        Screening.objects.select_related("client", "asked_by", "follows__asked_by"), pk=pk
    )


def get_answer(user: Person, pk: int) -> Answer:
    """The answer with its screening, client and contraindication, for those who may see answers."""
    _need(user, "clients.view_client", "clients.view_answers")
    answers = Answer.objects.select_related("screening__client", "contraindication")
    return get_object_or_404(answers, pk=pk)


def get_clearance(user: Person, pk: int) -> Clearance:
    """The clearance with its answer, for those who may see answers."""
    _need(user, "clients.view_client", "clients.view_answers")
    clearances = Clearance.objects.select_related("answer__screening__client")
    return get_object_or_404(clearances, pk=pk)


def _need(user: Person, *permissions: str) -> None:
    if not user.has_perms(permissions):
        raise PermissionDenied
