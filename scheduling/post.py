"""Handing mails to the mail server, and what came of each. Nothing here touches the database."""

import logging
import smtplib
from dataclasses import dataclass

from django.core.mail import EmailMessage, get_connection

from scheduling import problems

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """``error`` is None where the server took the mail; ``about_us``: it never came to that."""

    error: Exception | None = None
    about_us: bool = False

    @property
    def is_final(self) -> bool:
        """A 5xx, or an address that no mail can carry: trying again changes nothing."""
        codes = self._codes
        final = isinstance(self.error, ValueError) or (bool(codes) and min(codes) >= 500)
        return final and not self.about_us

    @property
    def problem(self) -> str:
        """A code without a word of the server's answer, which may quote the address."""
        if isinstance(self.error, ValueError):
            return problems.BAD_ADDRESS
        codes = self._codes
        return problems.refused_by_server(codes[0]) if codes else problems.NETWORK

    @property
    def _codes(self) -> list[int]:
        if isinstance(self.error, smtplib.SMTPRecipientsRefused):
            return [code for code, _text in self.error.recipients.values()]
        return (
            [self.error.smtp_code] if isinstance(self.error, smtplib.SMTPResponseException) else []
        )


class Post:
    """One connection for many mails, opened with the first and again after an error."""

    def __init__(self) -> None:
        self._connection = get_connection()

    def open(self) -> Outcome:
        """Connect and sign in, if that is to be done."""
        try:
            self._connection.open()
        except OSError as error:  # smtplib's own errors are OSErrors too
            return Outcome(error, about_us=True)
        return Outcome()

    def deliver(self, mail: EmailMessage) -> Outcome:
        try:
            self._connection.send_messages([mail])
        except (OSError, ValueError) as error:  # ValueError: no mail can be addressed like that
            self.close()
            return Outcome(error)
        return Outcome()

    def close(self) -> None:
        try:
            self._connection.close()
        except OSError:
            logger.info("the mail server did not say goodbye")
