"""Addresses of the self-check machines."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.protocols.sip2 import views

app_name = "sip2"

urlpatterns: list[URLPattern] = [
    path("", views.terminals, name="terminals"),
    path("new/", views.terminal_new, name="terminal_new"),
    path("<int:pk>/", views.terminal_edit, name="terminal_edit"),
    path("<int:pk>/password/", views.password, name="password"),
]
