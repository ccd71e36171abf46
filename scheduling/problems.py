"""Why a message was withdrawn, tried again or failed: codes as ``Message.problem`` keeps them."""

CANCELLED = "cancelled"
MOVED = "moved"
PAST = "past"
HELD = "held"
STOPPED = "stopped"
UNCHANGED = "unchanged"
SETTLED = "settled"
OVERTAKEN = "overtaken"
RETIMED = "retimed"
NOT_WANTED = "not_wanted"
NO_CONSENT = "no_consent"
BY_DESK = "by_desk"
NETWORK = "network"
BAD_ADDRESS = "address"
SMTP = "smtp"


def refused_by_server(code: int) -> str:
    """The mail server's reply code, such as “smtp 550”."""
    return f"{SMTP} {code}"
