"""Handing mails to the mail server, in a thread of its own, and what came of each.

Nothing here touches the database: while the server takes one mail, the worker makes the next.
"""

import logging
import smtplib
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from django.core.mail import EmailMessage, get_connection

from scheduling import problems

# Seconds that a thread may compute while another waits for its turn. By Python's own 5 ms, each
# line of the conversation with the server would wait until the next mail is made.
TURN = 0.0005

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
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="post")
        self._usual_turn = sys.getswitchinterval()
        sys.setswitchinterval(TURN)

    def open(self) -> Outcome:
        """Connect and sign in, if that is to be done; not while a mail is on its way."""
        try:
            self._connection.open()
        except OSError as error:  # smtplib's own errors are OSErrors too
            return Outcome(error, about_us=True)
        return Outcome()

    def hand_over(self, mail: EmailMessage) -> Future[Outcome]:
        return self._thread.submit(self._deliver, mail)

    def close(self) -> None:
        self._thread.submit(self._close)
        self._thread.shutdown()
        sys.setswitchinterval(self._usual_turn)

    def _deliver(self, mail: EmailMessage) -> Outcome:
        try:
            self._connection.send_messages([mail])
        except (OSError, ValueError) as error:  # ValueError: no mail can be addressed like that
            self._close()
            return Outcome(error)
        return Outcome()

    def _close(self) -> None:
        try:
            self._connection.close()
        except OSError:
            logger.info("the mail server did not say goodbye")
