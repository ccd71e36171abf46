"""The booking core over HTTP among a million appointments, beside its references.

`run()` yields one record per figure, on a database of its own that is dropped afterwards unless
BENCH_DATABASE names one to keep. BENCH_BOOKING_ROWS says how many appointments there are
(1,000,000 unless told otherwise), BENCH_BOOKING_REPEATS how often each thing is done (60).
"""

import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Any

from bench.database import loaded_database

Record = dict[str, Any]

SPECIALISTS = 6
SESSIONS = 12
RIVALS = 64
# How the desk's own pages ask.
HTMX = {"HX-Request": "true"}


def _found(data: dict[str, Any]) -> dict[str, Any]:
    """The same form with “Find times” pressed."""
    return {name: value for name, value in data.items() if name != "book"}


def run() -> Iterator[Record]:
    rows = int(os.environ.get("BENCH_BOOKING_ROWS", "1000000"))
    with loaded_database("booking", rows) as seconds:
        yield ran_on("booking", seconds)
        bench = Bench()
        yield from bench.figures()
        yield from bench.race()


def ran_on(part: str, seconds: int) -> Record:
    """The database and the machine; ``seconds``: how long loading took, 0 where it was kept."""
    from django.db import connection

    from scheduling.models import Appointment

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
    return {
        "name": f"{part}.ran_on",
        "value": Appointment.objects.count(),
        "unit": "appointments",
        "loaded_in_seconds": seconds,
        "postgresql": server,
        "cores": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 1),
    }


class Bench:
    """One clinic among many, its desk signed in at a gunicorn of ours."""

    desk: Any

    def __init__(self) -> None:
        from django.db.models import Count

        from cryoclinic.models import Clinic, User
        from procedures.models import Indication, Protocol

        # Of a database that is kept, the clinic that the runs before have filled least.
        self.clinic = Clinic.objects.annotate(courses=Count("course")).earliest("courses", "pk")
        self.repeats = int(os.environ.get("BENCH_BOOKING_REPEATS", "60"))
        self.protocol = Protocol.objects.active().filter(procedure_type__needs_device=False)[0]
        self.indication = Indication.objects.active()[0]
        self.day = self.clinic.today() + timedelta(days=7 - self.clinic.today().weekday())
        self.user = User.objects.filter(clinic=self.clinic, groups__name="receptionist").get()

    @contextmanager
    def served(self, *, workers: int | None) -> Iterator[None]:
        """The product's pages and the reference's at one gunicorn."""
        from tests.web import web_server

        settings = {"DJANGO_SETTINGS_MODULE": "bench.reference_settings"}
        with web_server(workers=workers, **settings) as server:
            self.desk = server.visitor(self.user)
            yield

    def figures(self) -> Iterator[Record]:
        with self.served(workers=2):
            yield self.course()
            yield self.free_slots()
            yield self.board()

    def race(self) -> Iterator[Record]:
        """With as many processes as the product starts on this machine."""
        with self.served(workers=None):
            yield self.rivals("booking.slowest_of_64_rivals", orders=(1,))
            yield self.rivals("booking.slowest_of_64_in_mixed_order", orders=(1, -1))

    def course(self) -> Record:
        """A whole 12-session course by one POST, against one INSERT of 12 rows."""
        for _number in range(5):
            self._book(self.plan())
            self._insert(self.plan())
        ours, reference = [], []
        for _number in range(self.repeats):
            ours.append(self._book(self.plan()))
            reference.append(self._insert(self.plan()))
        return self._record("booking.course", ours, reference, 12)

    def free_slots(self) -> Record:
        """30 days of six specialists, against the SQL that reads their busy times."""
        path = f"/slots/?protocol={self.protocol.pk}&from={self.day}&days=30"
        ours = self._gets(path)
        reference = [self._busy_ranges() for _number in range(self.repeats)]
        return self._record("booking.free_slots", ours, reference, 5)

    def board(self) -> Record:
        """The day board, against a Django page of one query and as many rows."""
        ours, reference = [], []
        for _number in range(self.repeats):
            ours += self._gets(f"/board/?date={self.day}", 1)
            reference += self._gets(f"/reference/rows/?date={self.day}", 1)
        return self._record("booking.board", ours, reference, 2)

    def rivals(self, name: str, *, orders: Sequence[int]) -> Record:
        """The slowest of 64 parallel bookings of the same course, sent as the desk's page sends
        them; one wins. Beside it the slowest of 64 parallel looks at the reference page.

        ``orders`` are taken in turn: 1 lists the sessions by their days, -1 the other way round.
        """
        from tests.web import at_once

        plan = self.plan()
        calls = []
        for number in range(RIVALS):
            path, data = self.form(self.plan(), plan)
            data["slot"] = data["slot"][:: orders[number % len(orders)]]
            calls.append((self.desk, path, data, HTMX))
        looks = [(self.desk, f"/reference/rows/?date={self.day}", None, {})] * RIVALS
        # Every process has answered both before: a first request compiles templates and connects.
        at_once([(desk, path, _found(data), headers) for desk, path, data, headers in calls])
        at_once(looks)
        answers, reference = at_once(calls), at_once(looks)
        won = sum("HX-Redirect" in answer.headers for answer in answers)
        told = sum(answer.status == 409 for answer in answers)
        slowest, usual = (max(each.seconds for each in found) for found in (answers, reference))
        return {
            "name": name,
            "value": round(slowest * 1000, 1),
            "unit": "ms",
            "won": won,
            "told": told,
            "reference": round(usual * 1000, 1),
            "ratio": round(slowest / usual, 2),
            "goal": 1000,
            "ok": (won, told) == (1, RIVALS - 1) and slowest < 1,
        }

    def _record(self, name: str, ours: list[float], reference: list[float], goal: float) -> Record:
        ratio = median(ours) / median(reference)
        return {
            "name": name,
            "value": round(median(ours), 2),
            "unit": "ms",
            "reference": round(median(reference), 2),
            "ratio": round(ratio, 2),
            "goal": goal,
            "ok": ratio <= goal,
        }

    def _gets(self, path: str, repeats: int | None = None) -> list[float]:
        def get() -> None:
            answer = self.desk.get(path)
            assert answer.status == 200, (answer.status, path)

        return [self._timed(get) for _number in range(repeats or self.repeats)]

    def _timed(self, call: Callable[[], object]) -> float:
        began = perf_counter()
        call()
        return (perf_counter() - began) * 1000

    def plan(self) -> Any:
        """A proposal of 12 sessions for a new client; not timed."""
        from scheduling.proposals import propose
        from scheduling.wishes import Wishes
        from tests import factories

        person = factories.ClientFactory(phone=f"+7999{uuid.uuid4().int % 10**7:07d}")
        return propose(
            clinic=self.clinic,
            client=person,
            procedure_type=self.protocol.procedure_type,
            zone=self.protocol.zone,
            sessions=SESSIONS,
            wishes=Wishes(),
            screening=factories.ScreeningFactory(
                client=person, asked_by=self.clinic.user_set.first()
            ),
        )

    def form(self, proposal: Any, chosen: Any) -> tuple[str, dict[str, Any]]:
        """The form that books the slots of ``chosen`` for the client of ``proposal``."""
        from scheduling.forms.booking import CourseForm
        from scheduling.proposals import slot_token

        data = {
            "treatment": f"{self.protocol.procedure_type_id}-{self.protocol.zone_id}",
            "sessions": SESSIONS,
            "indications": [self.indication.pk],
        }
        form = CourseForm(data, clinic=self.clinic, day=self.clinic.today())
        assert form.is_valid(), form.errors
        return f"/courses/new/?client={proposal.treatment.client.pk}", {
            **data,
            "slot": [slot_token(slot) for slot in chosen.plan.slots],
            "planned_for": form.fingerprint,
            "booking_key": str(uuid.uuid4()),
            "book": "1",
        }

    def _book(self, proposal: Any) -> float:
        path, data = self.form(proposal, proposal)
        answer = self.desk.post(path, data, HTMX)
        assert "HX-Redirect" in answer.headers, answer.body
        return answer.seconds * 1000

    def _insert(self, proposal: Any) -> float:
        """The 12 rows of the proposal as one statement and its commit; the course is there."""
        from django.db import connection

        from scheduling.models import Appointment
        from scheduling.services.booking import new_appointment
        from scheduling.spans import slot_of
        from tests import factories

        treatment = proposal.treatment
        course = factories.CourseFactory(
            clinic=self.clinic,
            client=treatment.client,
            procedure_type=treatment.procedure_type,
            zone=treatment.zone,
            sessions_planned=SESSIONS,
        )
        rows = [
            new_appointment(course, slot, proposal.screening, proposal.protocol, place)
            for place, slot in enumerate(proposal.plan.slots, start=1)
        ]
        assert [slot_of(row) for row in rows] == list(proposal.plan.slots)
        columns = [
            field
            for field in Appointment._meta.concrete_fields
            if not field.primary_key and not field.generated
        ]
        values = [
            [field.get_db_prep_save(field.pre_save(row, True), connection) for field in columns]
            for row in rows
        ]
        line = f"({', '.join(['%s'] * len(columns))})"
        statement = (
            f"INSERT INTO scheduling_appointment ({', '.join(f.column for f in columns)})"
            f" VALUES {', '.join([line] * len(rows))}"
        )
        flat = [value for row in values for value in row]
        with connection.cursor() as cursor:
            return self._timed(lambda: cursor.execute(statement, flat))

    def _busy_ranges(self) -> float:
        """The statement alone, with its rows fetched."""
        from django.db import connection

        from bench.busy_ranges import BUSY, busy_parameters
        from scheduling.selectors.free_time import NOBODY

        parameters = busy_parameters(
            self.clinic, client_id=NOBODY, first_day=self.day, days=30, ignoring=()
        )
        with connection.cursor() as cursor:

            def read() -> None:
                cursor.execute(BUSY, parameters)
                cursor.fetchall()

            return self._timed(read)
