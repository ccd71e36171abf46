"""Visits cancelled and moved while their reminders go out: no mail about what is no more."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from cryoclinic.models import Clinic, User
from scheduling.models import Appointment, Message
from scheduling.planner import Slot
from scheduling.selectors.claimed import Claimed, unchanged_of
from scheduling.services import sending
from scheduling.services.appointments import cancel_appointment, move_appointment
from scheduling.spans import slot_of
from tests.attack.messages.due import Clients
from tests.attack.messages.laboratory import Laboratory
from tests.scheduling.outbox_clinic import worker
from tests.smtp import Postbox, calendar_of

DAYS_LATER = 20


def moved_to(visit: Appointment) -> Slot:
    slot = slot_of(visit)
    return Slot(
        day=slot.day + timedelta(days=DAYS_LATER),
        cell=slot.cell,
        specialist=slot.specialist,
        room=slot.room,
        device=slot.device,
    )


def cancel(visit: Appointment, by: User) -> None:
    cancel_appointment(by=by, appointment=visit)


def move(visit: Appointment, by: User) -> None:
    move_appointment(by=by, appointment=visit, slot=moved_to(visit))


CHANGES: dict[Callable[[Appointment, User], None], str] = {cancel: "cancelled", move: "moved"}


@pytest.mark.parametrize("change", CHANGES)
def test_change_while_the_server_keeps_the_worker_waiting_is_heeded(
    laboratory: Laboratory, clinic: Clinic, reception: User, change
):
    """It has read the visit and connects; before the server greets, the visit is no more."""
    [reminder] = Clients(clinic).reminders(1)
    laboratory.to_smtp.stall()
    laboratory.start("worker")
    laboratory.scan()
    laboratory.wait(lambda: laboratory.to_smtp.connections == 1, "the worker to connect")
    change(reminder.appointment, reception)
    laboratory.to_smtp.flow()
    laboratory.wait(lambda: bool(laboratory.scans()), "the scan to end")

    reminder.refresh_from_db()
    assert (reminder.status, reminder.problem) == ("withdrawn", CHANGES[change])
    assert laboratory.post.mails == []


def test_change_after_the_claim_is_heeded(laboratory: Laboratory, clinic: Clinic):
    """Committed while the row is in the worker's hands, before it looks at the visit."""
    [reminder] = Clients(clinic).reminders(1)
    laboratory.start("worker")
    with laboratory.holding("LOCK TABLE clients_client") as lock:
        laboratory.scan()
        lock.wait()
        lock.execute(
            "UPDATE scheduling_appointment SET status = 'cancelled' WHERE id = %s",
            [reminder.appointment_id],
        )
    laboratory.wait(lambda: bool(laboratory.scans()), "the scan to end")

    reminder.refresh_from_db()
    assert (reminder.status, reminder.problem) == ("withdrawn", "cancelled")
    assert laboratory.post.mails == []


@dataclass
class Race:
    """Two threads that start together, or one after the other; each keeps its connection."""

    clinic: Clinic
    by: User
    post: Postbox
    looked_at: dict[int, float]

    def __enter__(self) -> "Race":
        self.sender, self.changer = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        return self

    def __exit__(self, *_error: object) -> None:
        for thread in (self.sender, self.changer):
            thread.submit(connections.close_all)
            thread.shutdown()

    def run(self, reminder: Message, change: Any, number: int) -> str:
        """What became of the reminder, after it was checked that it may."""
        before, visit = len(self.post.mails), reminder.appointment
        assert visit is not None
        start = threading.Barrier(2)

        def send() -> None:
            start.wait()
            assert sending.send_due(by=worker(), now=timezone.now()) == 1

        def alter() -> float:
            start.wait()
            time.sleep(number % 30 / 2000)  # from nothing to the time that a mail takes
            change(visit, self.by)
            return time.monotonic()

        if number % 10 == 0:  # the change is there first
            start = threading.Barrier(1)
            changed = self.changer.submit(alter).result()
            Message.objects.filter(pk=reminder.pk).update(status="due")
            self.sender.submit(send).result()
        elif number % 10 == 1:  # it comes when all is done
            start = threading.Barrier(1)
            self.sender.submit(send).result()
            changed = self.changer.submit(alter).result()
        else:
            sent, altered = self.sender.submit(send), self.changer.submit(alter)
            sent.result()
            changed = altered.result()
        return self._checked(reminder, visit, change, changed, before)

    def _checked(
        self, reminder: Message, was: Appointment, change: Any, changed: float, before: int
    ) -> str:
        reminder.refresh_from_db()
        mails = self.post.mails[before:]
        if reminder.status == "sent":
            [mail] = mails
            [event] = calendar_of(mail).walk("VEVENT")
            assert mail["Message-ID"] == f"<{reminder.message_id}@127.0.0.1>"
            # It tells what was true when the worker looked, and that was before the change.
            assert event.decoded("DTSTART") == was.starts_at
            assert event["SEQUENCE"] == 0
            assert self.looked_at[reminder.pk] < changed
        else:
            assert (reminder.status, reminder.problem) == ("withdrawn", CHANGES[change])
            assert mails == []
        later = Message.objects.filter(appointment=was, kind="reminder", version=2)
        expected = [] if change is cancel else ["due"] * len(self.clinic.reminder_lead_hours)
        assert list(later.values_list("status", flat=True)) == expected
        return reminder.status


@pytest.fixture
def race(
    transactional_db: None,
    clinic: Clinic,
    reception: User,
    smtp: Postbox,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Race]:
    """Notes, too, when the worker last began to look at a message."""
    looked_at: dict[int, float] = {}
    look = unchanged_of

    def noting(claimed: Sequence[Claimed], lease: datetime) -> set[int]:
        looked_at.update((each.message.pk, time.monotonic()) for each in claimed)
        return look(claimed, lease)

    monkeypatch.setattr(sending, "unchanged_of", noting)
    worker()
    with Race(clinic, reception, smtp, looked_at) as race:
        yield race


def prove(race: Race, rounds: int) -> None:
    """The first and the second of each ten are no race; so both outcomes are there."""
    outcomes = []
    for number in range(rounds):
        if number % 100 == 0:  # others, before their days reach those that visits are moved to
            clients = Clients(race.clinic)
        [reminder] = clients.reminders(1)
        change = (cancel, move)[number // 2 % 2]
        outcomes.append(race.run(reminder, change, number))
    assert set(outcomes) == {"sent", "withdrawn"}


def test_visits_changed_while_their_reminders_go_out(race: Race):
    prove(race, 20)


@pytest.mark.prove
def test_five_hundred_visits_changed_while_their_reminders_go_out(race: Race):
    prove(race, 500)
