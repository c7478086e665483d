"""Addresses of curriculum."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.curriculum.views import editing, imports, lists, papers

app_name = "curriculum"

urlpatterns: list[URLPattern] = [
    path("", lists.sets, name="sets"),
    path("new/", lists.set_new, name="set_new"),
    path("copy/", lists.copy_year, name="copy_year"),
    path("import/", imports.upload, name="import"),
    path("import/model.xlsx", imports.model, name="import_model"),
    path("import/<uuid:upload_id>/", imports.preview, name="import_preview"),
    path("import/<uuid:upload_id>/confirm/", imports.confirm, name="import_confirm"),
    path("<int:pk>/", editing.textbook_set, name="set"),
    path("<int:pk>/change/", editing.change, name="change"),
    path("<int:pk>/state/", editing.state, name="state"),
    path("<int:pk>/set.pdf", papers.set_pdf, name="pdf"),
    path("<int:pk>/set.xlsx", papers.set_xlsx, name="xlsx"),
]
