"""Addresses of the core's own pages: jobs and the journal."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
