from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CryoClinicConfig(AppConfig):
    name = "cryoclinic"
    verbose_name = _("Clinic and staff")

    def ready(self) -> None:
        from cryoclinic import checks  # noqa: F401 (registers them)
        from cryoclinic.roles import sync_roles  # models are loaded only now

        post_migrate.connect(sync_roles, dispatch_uid="cryoclinic.roles")
