"""Clearances: only clinicians, only what passes, only for a while, and taken back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, InternalError, transaction
from django.utils import timezone

from clients.errors import NotClearable
from clients.models import Answer, Clearance, Client
from clients.selectors import verdict_for
from clients.services import AnswerGiven, give_clearance, revoke_clearance, screen_client
from clients.verdict import Outcome
from cryoclinic.models import Clinic, User
from procedures.models import Contraindication, Zone

pytestmark = pytest.mark.django_db
TODAY = date(2031, 3, 1)
LAST = TODAY + timedelta(days=6)


@pytest.fixture(autouse=True)
def clock() -> object:
    with time_machine.travel(datetime(2031, 3, 1, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def screened(clinic: Clinic, by: User, person: Client, *yes: str) -> dict[str, Answer]:
    given = [AnswerGiven(entry, entry.code in yes) for entry in Contraindication.objects.active()]
    screening = screen_client(by=by, client=person, clinic=clinic, answers=given)
    kept = screening.answers.select_related("contraindication", "screening")
    return {answer.contraindication.code: answer for answer in kept}


@pytest.fixture
def fever(clinic: Clinic, reception: User, client_person: Client) -> Answer:
    return screened(clinic, reception, client_person, "fever")["fever"]


def give(by: User, answer: Answer, **other: Any) -> Clearance:
    days: dict[str, Any] = {"valid_from": TODAY, "expires_on": LAST, "reason": "seen by a doctor"}
    return give_clearance(by=by, answer=answer, **(days | other))


def outcome(answer: Answer, day: date) -> Outcome:
    zone = Zone.objects.get(code="face")
    return verdict_for(answer.screening, zone=zone, day=day).outcome


def test_a_clearance_lets_its_days_pass_and_no_other(cosmetologist: User, fever: Answer) -> None:
    kept = give(cosmetologist, fever, expires_on=TODAY + timedelta(days=1), reason=" seen ")
    assert (kept.kind, kept.reason, kept.given_by, kept.given_at, kept.revoked_at) == (
        "passing",
        "seen",
        cosmetologist,
        timezone.now(),
        None,
    )
    assert [outcome(fever, TODAY + timedelta(days=n)) for n in range(3)] == [
        Outcome.CLEARED,
        Outcome.CLEARED,
        Outcome.DEFERRED,
    ]


def test_revoked_it_counts_no_more_and_says_who_revoked(
    cosmetologist: User, manager: User, fever: Answer
) -> None:
    clearance = give(cosmetologist, fever)
    revoke_clearance(by=manager, clearance=clearance)
    assert outcome(fever, TODAY) is Outcome.DEFERRED
    events = apps.get_model("clients", "ClearanceEvent").objects.order_by("pgh_id")
    assert list(events.values_list("pgh_label", "pgh_context__user")) == [
        ("insert", cosmetologist.pk),
        ("update", manager.pk),
    ]
    with pytest.raises(NotClearable, match="revoked already"):
        revoke_clearance(by=manager, clearance=clearance)


def test_receptionists_neither_give_nor_revoke(
    reception: User, cosmetologist: User, fever: Answer
) -> None:
    with pytest.raises(PermissionDenied):
        give(reception, fever)
    clearance = give(cosmetologist, fever)
    with pytest.raises(PermissionDenied):
        revoke_clearance(by=reception, clearance=clearance)
    assert Clearance.objects.on_day(TODAY).count() == 1


@pytest.mark.parametrize("days", [(-1, 3), (3, 2), (7, 9)])
def test_its_days_begin_today_or_later_and_before_the_answer_ends(
    cosmetologist: User, fever: Answer, days: tuple[int, int]
) -> None:
    first, last = (TODAY + timedelta(days=n) for n in days)
    with pytest.raises(NotClearable) as refused:
        give(cosmetologist, fever, valid_from=first, expires_on=last)
    assert refused.value.status == 422
    assert refused.value.next_step


def test_it_needs_a_reason(cosmetologist: User, fever: Answer) -> None:
    with pytest.raises(NotClearable, match="needs its reason"):
        give(cosmetologist, fever, reason="  ")


def test_an_absolute_one_and_a_no_are_not_clearable(
    clinic: Clinic, cosmetologist: User, client_person: Client
) -> None:
    answers = screened(clinic, cosmetologist, client_person, "oncology")
    with pytest.raises(NotClearable, match="can't be cleared by anybody"):
        give(cosmetologist, answers["oncology"])
    with pytest.raises(NotClearable, match="nothing to clear"):
        give(cosmetologist, answers["fever"])


def test_only_the_current_screening_is_cleared(
    clinic: Clinic, cosmetologist: User, client_person: Client, fever: Answer,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    clock.shift(timedelta(minutes=1))
    screened(clinic, cosmetologist, client_person, "fever")
    with pytest.raises(NotClearable, match="screened again since"):
        give(cosmetologist, fever)


def test_the_database_itself_clears_nothing_absolute(
    clinic: Clinic, cosmetologist: User, client_person: Client
) -> None:
    oncology = screened(clinic, cosmetologist, client_person, "oncology")["oncology"]
    days = {"valid_from": TODAY, "expires_on": LAST, "reason": "x", "given_by": cosmetologist}
    for kind in ("absolute", "passing"):
        with pytest.raises(DatabaseError, match="clearance_"), transaction.atomic():
            Clearance.objects.create(answer=oncology, kind=kind, **days)


def test_the_database_itself_keeps_a_clearance_as_given(cosmetologist: User, fever: Answer) -> None:
    give(cosmetologist, fever)
    for attempt in (
        lambda: Clearance.objects.update(expires_on=LAST + timedelta(days=99)),
        lambda: Clearance.objects.update(reason="another"),
        lambda: Clearance.objects.all().delete(),
    ):
        with pytest.raises(InternalError, match=r"Cannot (update|delete)"), transaction.atomic():
            attempt()
