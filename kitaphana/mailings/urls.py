"""Addresses of mailings."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "mailings"

urlpatterns: list[URLPattern] = []
