"""An SMTP server that takes every mail and keeps none, as a process; prints its port first."""

import signal

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.smtp import LoopbackController


class Sink:
    async def handle_DATA(  # noqa: N802 (the server library's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        return "250 OK"


def main() -> None:
    server = LoopbackController(Sink())
    server.start()
    print(server.port, flush=True)
    signal.sigwait([signal.SIGTERM, signal.SIGINT])
    server.stop()


if __name__ == "__main__":
    main()
