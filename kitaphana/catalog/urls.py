"""Addresses of catalog. The readers' pages of editions are in portal."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.catalog.views import covers, describing, imports, marc

app_name = "catalog"

urlpatterns: list[URLPattern] = [
    path("records/new/", describing.record_new, name="record_new"),
    path("records/new/marc/", marc.record_marc_new, name="record_marc_new"),
    path("records/marc/check/", marc.marc_check, name="marc_check"),
    path("records/marc/fixed/", marc.marc_fixed, name="marc_fixed"),
    path("records/duplicates/", describing.duplicates, name="duplicates"),
    path("records/<int:pk>/articles/new/", describing.article_new, name="article_new"),
    path("records/<int:pk>/edit/", describing.record_edit, name="record_edit"),
    path("records/<int:pk>/marc/", marc.record_marc, name="record_marc"),
    path("records/<int:pk>/record.<str:format>", marc.record_file, name="record_file"),
    path("records/<int:pk>/history/", marc.record_history, name="record_history"),
    path("records/<int:pk>/history/<int:version>/restore/", marc.record_restore, name="record_restore"),
    path("import/", imports.upload, name="import"),
    path("import/<int:pk>/", imports.import_run, name="import_run"),
    path("import/<int:pk>/rejected/", imports.import_rejected, name="import_rejected"),
    path("import/job/<int:pk>/", imports.import_job, name="import_job"),
    path("covers/<path:name>", covers.cover, name="cover"),
]
