"""How people get an account, and what is read about whoever asks for a page."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest

from cryoclinic.models import User, clinic_by_id

# Asked on every page of the desk; written out, since making it anew from models takes longer than
# the database takes to answer.
GRANTED = """
SELECT app_label || '.' || codename
  FROM auth_permission
  JOIN django_content_type AS subject ON subject.id = content_type_id
 WHERE %(all)s OR auth_permission.id IN (
    SELECT permission_id FROM auth_group_permissions
     WHERE group_id IN (SELECT group_id FROM cryoclinic_user_groups WHERE user_id = %(user)s)
    UNION ALL
    SELECT permission_id FROM cryoclinic_user_user_permissions WHERE user_id = %(user)s)
"""


class AccountAdapter(DefaultAccountAdapter):
    """allauth's hooks, with public sign-up closed: an account comes from a manager."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class StaffBackend(AuthenticationBackend):
    """Sign-in as allauth has it; a request asks one query who somebody is, one what they may do.

    Django's own asks four, the clinic and the permissions of user and of roles apart, on each page;
    the clinic is part of the set-up, which is in memory.
    """

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        if user.clinic_id is not None:
            user.clinic = clinic_by_id(user.clinic_id)
        return user

    def get_all_permissions(
        self, user_obj: AbstractBaseUser | AnonymousUser, obj: object = None
    ) -> set[str]:
        """The names of the permissions of the user and of their roles, read once per request."""
        if not isinstance(user_obj, User) or not user_obj.is_active or obj is not None:
            return set()
        known: set[str] | None = vars(user_obj).get("_perm_cache")
        if known is None:
            with connection.cursor() as cursor:
                cursor.execute(GRANTED, {"user": user_obj.pk, "all": user_obj.is_superuser})
                known = {name for (name,) in cursor.fetchall()}
            vars(user_obj)["_perm_cache"] = known
        return known
