"""``manage.py seed_scale --appointments 1000000 --clinics 8``: a history to measure against."""

from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from scheduling import scale


class Command(BaseCommand):
    help = "Adds made-up clinics with years of appointments, the same ones for the same seed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--appointments", type=int, default=1_000_000)
        parser.add_argument("--clinics", type=int, default=8)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        started = monotonic()

        def report(doing: str) -> None:
            self.stdout.write(f"{monotonic() - started:6.0f} s  {doing}")
            self.stdout.flush()

        clinics = scale.load(
            appointments=options["appointments"],
            clinics=options["clinics"],
            seed=options["seed"],
            report=report,
        )
        report(f"done; clinics: {', '.join(str(clinic.pk) for clinic in clinics)}")
