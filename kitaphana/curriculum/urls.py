"""Addresses of curriculum."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "curriculum"

urlpatterns: list[URLPattern] = []
