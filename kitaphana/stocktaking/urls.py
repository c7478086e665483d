"""Addresses of stocktaking."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.stocktaking.views import counting, results, scanning

app_name = "stocktaking"

urlpatterns: list[URLPattern] = [
    path("", scanning.stocktakings, name="list"),
    path("new/", scanning.start, name="start"),
    path("<int:pk>/", scanning.stocktaking, name="stocktaking"),
    path("<int:pk>/scan/", scanning.scan, name="scan"),
    path("<int:pk>/undo/", scanning.undo, name="undo"),
    path("<int:pk>/progress/", scanning.progress, name="progress"),
    path("<int:pk>/close/", scanning.close, name="close"),
    path("<int:pk>/count/", counting.count, name="count"),
    path("<int:pk>/result.pdf", results.result_pdf, name="pdf"),
    path("<int:pk>/result.xlsx", results.result_xlsx, name="xlsx"),
    path("<int:pk>/<slug:name>/", results.listed, name="listed"),
]
