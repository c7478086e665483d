"""Addresses of organizations."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.organizations import views

app_name = "organizations"

urlpatterns: list[URLPattern] = [
    path("", views.tree, name="tree"),
    path("<str:code>/", views.node, name="node"),
    path("<str:code>/children/", views.children, name="children"),
    path("<str:code>/add/", views.node_new, name="node_new"),
    path("<str:code>/edit/", views.node_edit, name="node_edit"),
    path("<str:code>/move/", views.node_move, name="node_move"),
    path("<str:code>/library/", views.library_open, name="library_open"),
    path("<str:code>/calendar/", views.calendar, name="calendar"),
    path("<str:code>/calendar/week/", views.week_set, name="week_set"),
    path("<str:code>/calendar/close/", views.closed_day_set, name="closed_day_set"),
    path("<str:code>/calendar/open/", views.closed_day_remove, name="closed_day_remove"),
]
