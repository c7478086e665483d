"""Addresses of harvesting."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.protocols.harvest import views

app_name = "harvest"

urlpatterns: list[URLPattern] = [
    path("", views.sources, name="sources"),
    path("new/", views.source_new, name="source_new"),
    path("<int:pk>/", views.source, name="source"),
    path("<int:pk>/edit/", views.source_edit, name="source_edit"),
    path("<int:pk>/run/", views.run_now, name="run_now"),
    path("job/<int:pk>/", views.job, name="job"),
]
