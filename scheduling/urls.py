"""The desk, the courses, the treatment room and the outbox."""

from django.urls import URLPattern

app_name = "scheduling"

urlpatterns: list[URLPattern] = []
