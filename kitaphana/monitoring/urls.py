"""Addresses of monitoring."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.monitoring import views

app_name = "monitoring"

urlpatterns: list[URLPattern] = [
    path("", views.dashboard, name="dashboard"),
    path("<slug:measure>/", views.records, name="records"),
]
