"""Addresses of reports."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.reports import views

app_name = "reports"

urlpatterns: list[URLPattern] = [
    path("", views.reports, name="reports"),
    path("new/", views.report_new, name="report_new"),
    path("records/", views.records, name="records"),
    path("save/", views.save, name="save"),
    path("export/<str:form>/", views.export, name="export"),
    path("<int:pk>/", views.report, name="report"),
    path("<int:pk>/copy/", views.copy, name="copy"),
    path("<int:pk>/delete/", views.delete, name="delete"),
    path("<int:pk>/share/", views.share, name="share"),
    path("<int:pk>/schedule/", views.schedule, name="schedule"),
    path("results/<int:pk>.xlsx", views.result, name="result"),
]
