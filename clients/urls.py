"""People and screenings."""

from django.urls import path

from clients.views import clearance, people, screening

app_name = "clients"

urlpatterns = [
    path("clients/", people.client_list, name="list"),
    path("clients/new/", people.client_new, name="new"),
    path("clients/<int:pk>/", people.client_detail, name="detail"),
    path("clients/<int:pk>/edit/", people.client_edit, name="edit"),
    path("clients/<int:pk>/screenings/new/", screening.screen, name="screen"),
    path("clients/screenings/<int:pk>/", screening.screening_detail, name="screening"),
    path("clients/answers/<int:pk>/clear/", clearance.clear, name="clear"),
    path("clients/clearances/<int:pk>/revoke/", clearance.revoke, name="revoke"),
]
