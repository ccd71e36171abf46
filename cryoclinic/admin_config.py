"""Puts the clinic's own admin site in the place of Django's."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    default_site = "cryoclinic.admin_site.StaffSite"
