"""Addresses of indicators."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.indicators import views

app_name = "indicators"

urlpatterns: list[URLPattern] = [
    path("", views.scorecard, name="scorecard"),
    path("scorecard.xlsx", views.scorecard_xlsx, name="scorecard_xlsx"),
    path("compare/", views.compare, name="compare"),
    path("compare.xlsx", views.compare_xlsx, name="compare_xlsx"),
    path("registry/", views.registry, name="registry"),
    path("registry.xlsx", views.registry_xlsx, name="registry_xlsx"),
    path("registry.csv", views.registry_csv, name="registry_csv"),
    path("<slug:code>/", views.indicator, name="indicator"),
]
