"""Addresses of the catalogue's staff; readers' pages belong to the portal."""

from __future__ import annotations

from django.urls import path, re_path

from kitaphana.catalog import views

app_name = "catalog"

urlpatterns = [
    path("records/new/", views.record_new, name="record_new"),
    path("records/duplicates/", views.duplicates, name="duplicates"),
    path("records/<int:pk>/edit/", views.record_edit, name="record_edit"),
    path("records/<int:pk>/marc/", views.record_marc, name="record_marc"),
    path("records/<int:pk>/marc.<str:kind>", views.record_file, name="record_file"),
    path("records/<int:pk>/history/", views.record_history, name="record_history"),
    path("import/", views.import_file, name="import"),
    path("import/job/<int:pk>/", views.import_job, name="import_job"),
    path("import/<int:pk>/", views.import_run, name="import_run"),
    path("import/<int:pk>/rejected", views.import_rejected, name="import_rejected"),
    re_path(r"^covers/(?P<name>[0-9a-f]{2}/[0-9a-f]{64}\.webp)$", views.cover, name="cover"),
]
