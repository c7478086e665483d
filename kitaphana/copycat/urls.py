"""Addresses of copy cataloguing."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.copycat import views

app_name = "copycat"

urlpatterns: list[URLPattern] = [
    path("", views.search, name="search"),
    path("answers/", views.answers, name="answers"),
    path("take/", views.take, name="take"),
    path("targets/", views.targets, name="targets"),
    path("targets/new/", views.target_new, name="target_new"),
    path("targets/<int:pk>/", views.target_edit, name="target_edit"),
    path("targets/<int:pk>/try/", views.target_try, name="target_try"),
]
