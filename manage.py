#!/usr/bin/env python
"""Django's commands, with the embedded PostgreSQL started first when it is the database."""

import os
import sys

# These never ask the database anything.
WITHOUT_DATABASE = {"", "help", "--help", "version", "check", "collectstatic", "makemessages"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryoclinic.settings")
    # A migration or an import may take its time; a request may not.
    os.environ.setdefault("STATEMENT_TIMEOUT_SECONDS", "0")

    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from cryoclinic import embedded
    from cryoclinic.embedded_programs import EmbeddedError

    command = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        if settings.EMBEDDED_DATABASE and command not in WITHOUT_DATABASE:
            embedded.DEVELOPMENT.start()
    except (EmbeddedError, ImproperlyConfigured) as error:
        sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
