"""How people get an account: from a manager, never by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """allauth's hooks, with public sign-up closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
