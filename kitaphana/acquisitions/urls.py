"""Addresses of acquisitions."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "acquisitions"

urlpatterns: list[URLPattern] = []
