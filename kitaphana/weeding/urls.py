"""Addresses of weeding."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "weeding"

urlpatterns: list[URLPattern] = []
