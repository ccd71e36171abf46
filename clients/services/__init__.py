"""The only writers of people, screenings and clearances: each is one transaction."""

from clients.services.clearance import give_clearance, revoke_clearance
from clients.services.people import MailWish, add_client, change_client, change_mail_wishes
from clients.services.screening import AnswerGiven, ask_again, screen_client

__all__ = [
    "AnswerGiven",
    "MailWish",
    "add_client",
    "ask_again",
    "change_client",
    "change_mail_wishes",
    "give_clearance",
    "revoke_clearance",
    "screen_client",
]
