"""Which clinic somebody works at: the frame within which each app looks its objects up."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from cryoclinic.models import Clinic, User


def clinic_of(user: AbstractBaseUser | AnonymousUser) -> Clinic:
    """The clinic the user works at; without one nothing of a clinic can be opened."""
    if isinstance(user, User) and user.clinic is not None:
        return user.clinic
    raise PermissionDenied(
        _("Your account belongs to no clinic. Ask a manager to assign you to one.")
    )
