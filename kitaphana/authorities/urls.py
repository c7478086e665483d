"""Addresses of the authorities. What readers see of one is in portal."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.authorities import views

app_name = "authorities"

urlpatterns: list[URLPattern] = [
    path("", views.authorities, name="authorities"),
    path("new/", views.authority_new, name="authority_new"),
    path("<int:pk>/edit/", views.authority_edit, name="authority_edit"),
    path("<int:pk>/merge/", views.authority_merge, name="authority_merge"),
    path("<int:pk>/history/", views.authority_history, name="authority_history"),
    path("import/", views.upload, name="import"),
    path("import/job/<int:pk>/", views.import_job, name="import_job"),
]
