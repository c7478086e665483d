"""Addresses of workplaces."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.workplaces import views

app_name = "workplaces"

urlpatterns: list[URLPattern] = [
    path("", views.today, name="today"),
    path("titles/<str:code>/<int:pk>/", views.title, name="title"),
    path("copies/<int:pk>/", views.copy, name="copy"),
]
