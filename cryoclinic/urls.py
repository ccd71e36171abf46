"""Every address of the product; each app names its own."""

from django.contrib import admin
from django.urls import include, path

from cryoclinic import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("", include("clients.urls")),
    path("", include("scheduling.urls")),
]
