"""Addresses of the rules."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.regulations import views

app_name = "regulations"

urlpatterns: list[URLPattern] = [
    path("", views.overview, name="overview"),
    path("begin/", views.begin, name="begin"),
    path("<int:pk>/", views.version, name="version"),
]
