"""Load the demo clinic: ``manage.py seed_demo [--if-empty]``."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cryoclinic.models import Clinic, User
from scheduling import demo
from scheduling.demo.place import MANAGES, PASSWORD, RECEPTION, SPECIALISTS, TREATS


class Command(BaseCommand):
    help = "Loads a made-up clinic with staff, clients and courses. Loading it again does nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where there is a clinic already"
        )
        parser.add_argument(
            "--public-passwords",
            action="store_true",
            help="load it on a production site too, where anybody may then sign in",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if demo.is_loaded():
            self.stdout.write("The demo clinic is already there.")
            return
        if options["if_empty"] and Clinic.objects.exists():
            self.stdout.write("There is a clinic already: no demo data loaded.")
            return
        if not settings.DEBUG and not options["public_passwords"]:
            raise CommandError(
                "The demo accounts' password is public. On a site that is not for development, "
                "say that you want it: seed_demo --public-passwords"
            )
        self._refuse_taken_names()
        clinic = demo.load()
        self.stdout.write(
            f"Loaded the demo clinic “{clinic.name}”. Sign in as {RECEPTION}, {TREATS} or "
            f"{MANAGES} with the password {PASSWORD}."
        )

    def _refuse_taken_names(self) -> None:
        wanted = {RECEPTION, MANAGES, *(person.username for person in SPECIALISTS)}
        taken = User.objects.filter(username__in=wanted).values_list("username", flat=True)
        if taken:
            raise CommandError(
                f"These accounts exist already: {', '.join(taken)}. "
                "The demo clinic needs its own; load it into an empty database."
            )
