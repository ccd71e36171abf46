"""Mail servers that refuse, break off or keep silent: every row says what became of it."""

from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from clients.models import Client
from cryoclinic.models import Clinic
from scheduling.models import Message
from tests.attack.messages.due import Clients, ids
from tests.attack.messages.laboratory import Laboratory
from tests.smtp import serve

SENT_AT_ONCE, SENT_LATER = ("sent", 1, ""), ("sent", 2, "")


def account(plans: Sequence[Message]) -> list[tuple[str, int, str]]:
    """``("retrying", 1, "smtp 451")`` for each: status, attempts, problem."""
    found = Message.objects.in_bulk([plan.pk for plan in plans])
    return [
        (message.status, message.attempts, message.problem)
        for message in (found[plan.pk] for plan in plans)
    ]


def answers(**replies: str | Callable[[], None]) -> Callable[[str], str | None]:
    """What the server answers to the address of that name; or it does something, and takes it."""

    def answer(address: str) -> str | None:
        reply = replies.get(address.partition("@")[0])
        if callable(reply):
            reply()
            return None
        return reply

    return answer


def scan(laboratory: Laboratory) -> None:
    """Ask for one, and wait until it has ended."""
    before = len(laboratory.scans())
    laboratory.scan()
    laboratory.wait(lambda: len(laboratory.scans()) > before, "the scan to end")


def end_pauses() -> None:
    """What is to be tried again is due now; the pause is not waited for."""
    Message.objects.filter(status="retrying").update(due_at="2020-01-01T00:00:00Z")


def test_every_answer_of_the_server_is_accounted_for(laboratory: Laboratory, clinic: Clinic):
    """One batch, one server that answers each recipient in another way; then it is well again."""
    expected = {
        "first": SENT_AT_ONCE,
        "busy": ("retrying", 1, "smtp 421"),
        "later": ("retrying", 1, "smtp 451"),
        "nobody": ("failed", 1, "smtp 550"),
        "full": ("retrying", 1, "smtp 452"),
        "closing": ("retrying", 1, "smtp 421"),
        "refused": ("failed", 1, "smtp 554"),
        "dropped": ("retrying", 1, "network"),
        "hung": ("retrying", 1, "network"),
        "last": SENT_AT_ONCE,
    }
    plans = Clients(clinic).due(len(expected))
    for plan, name in zip(plans, expected, strict=True):
        Client.objects.filter(messages=plan).update(email=f"{name}@example.com")
    post, to_smtp = laboratory.post, laboratory.to_smtp
    post.at_rcpt = answers(nobody="550 no such user", later="451 greylisted", busy="421 closing")
    post.at_data = answers(
        full="452 full",
        closing="421 closing",
        refused="554 not wanted",
        dropped=to_smtp.cut,
        hung=to_smtp.hang,
    )
    laboratory.mail_timeout = 5
    laboratory.start("worker")
    scan(laboratory)
    assert dict(zip(expected, account(plans), strict=True)) == expected

    post.at_rcpt = post.at_data = answers()
    end_pauses()
    scan(laboratory)
    assert account(plans) == [
        SENT_LATER if was[0] == "retrying" else was for was in expected.values()
    ]
    # The server took those two before it broke off: nobody but it could know.
    copies = {"nobody": 0, "refused": 0, "dropped": 2, "hung": 2}
    named = dict(zip(expected, ids(plans), strict=True))
    assert Counter(mail["Message-ID"] for mail in post.mails) == Counter(
        {named[name]: copies.get(name, 1) for name in expected if copies.get(name) != 0}
    )


def refuse_everybody(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
) -> AuthResult:
    return AuthResult(success=False, handled=False)


@pytest.mark.parametrize(
    ("mail_url", "problem"),
    [
        # The server speaks no TLS, or does not know the account, or is not there.
        ("smtp://127.0.0.1:{port}?ssl=True", "network"),
        ("submission://127.0.0.1:{port}", "network"),
        ("smtp://desk:wrong@127.0.0.1:{port}", "smtp 535"),
        ("smtp://127.0.0.1:1", "network"),
    ],
)
def test_server_that_does_not_let_us_in_costs_no_message(
    laboratory: Laboratory, clinic: Clinic, mail_url: str, problem: str
):
    """Whatever it says is about us, not about the mail; the next worker is set up well."""
    plans = Clients(clinic).due(3)
    server = serve(laboratory.post, authenticator=refuse_everybody, auth_require_tls=False)
    laboratory.to_smtp.upstream = server.port
    well, laboratory.mail_url = laboratory.mail_url, mail_url
    laboratory.start("worker")
    scan(laboratory)
    assert (account(plans), laboratory.post.mails) == ([("retrying", 1, problem)] * 3, [])

    laboratory.kill("worker")
    laboratory.mail_url = well
    end_pauses()
    laboratory.start("worker")
    scan(laboratory)
    assert account(plans) == [SENT_LATER] * 3
    assert [mail["Message-ID"] for mail in laboratory.post.mails] == ids(plans)
    server.stop()
