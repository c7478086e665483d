"""Addresses of the reading list."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.curriculum.views import reading_classes, works, works_import

app_name = "reading"

urlpatterns: list[URLPattern] = [
    path("", works.works, name="works"),
    path("works.xlsx", works.works_xlsx, name="xlsx"),
    path("new/", works.work_new, name="work_new"),
    path("match/", works.match, name="match"),
    path("import/", works_import.upload, name="import"),
    path("import/model.xlsx", works_import.model, name="import_model"),
    path("import/<uuid:upload_id>/", works_import.preview, name="import_preview"),
    path("import/<uuid:upload_id>/confirm/", works_import.confirm, name="import_confirm"),
    path("classes/", reading_classes.classes, name="classes"),
    path("classes/<int:pk>/", reading_classes.school_class, name="school_class"),
    path("classes/<int:pk>/list.pdf", reading_classes.class_pdf, name="class_pdf"),
    path("<int:pk>/", works.work, name="work"),
    path("<int:pk>/edit/", works.work_edit, name="work_edit"),
    path("<int:pk>/editions/", works.editions, name="editions"),
    path("<int:pk>/state/", works.state, name="state"),
]
