"""Addresses of fund."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "fund"

urlpatterns: list[URLPattern] = []
