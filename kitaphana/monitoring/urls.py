"""Addresses of monitoring."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.monitoring import books, views

app_name = "monitoring"

urlpatterns: list[URLPattern] = [
    path("", views.dashboard, name="dashboard"),
    path("diary/", books.diary_page, name="diary"),
    path("diary/pdf/", books.diary_pdf, name="diary_pdf"),
    path("diary/xlsx/", books.diary_xlsx, name="diary_xlsx"),
    path("diary/event/", books.add_event, name="add_event"),
    path("diary/references/", books.add_references, name="add_references"),
    path("diary/cancel/", books.cancel, name="diary_cancel"),
    path("diary/keep/", books.diary_keep, name="diary_keep"),
    path("annual/", books.annual_page, name="annual"),
    path("annual/pdf/", books.annual_pdf, name="annual_pdf"),
    path("annual/xlsx/", books.annual_xlsx, name="annual_xlsx"),
    path("annual/keep/", books.annual_keep, name="annual_keep"),
    path("reports/<int:pk>/pdf/", books.report_pdf, name="report_pdf"),
    path("reports/<int:pk>/xlsx/", books.report_xlsx, name="report_xlsx"),
    path("<slug:measure>/", views.records, name="records"),
]
