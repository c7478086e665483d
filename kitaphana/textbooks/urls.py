"""Addresses of textbooks."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "textbooks"

urlpatterns: list[URLPattern] = []
