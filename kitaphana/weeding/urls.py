"""Addresses of weeding."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.weeding import views

app_name = "weeding"

urlpatterns: list[URLPattern] = [path("", views.proposals, name="proposals")]
