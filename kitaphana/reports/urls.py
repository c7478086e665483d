"""Addresses of reports."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.reports import views

app_name = "reports"

urlpatterns: list[URLPattern] = [
    path("", views.reports, name="reports"),
    path("new/", views.report_new, name="report_new"),
    path("records/", views.records, name="records"),
]
