"""Addresses of the protocols, as outsiders know them."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.protocols.oai import views as oai
from kitaphana.protocols.sru import views as sru

app_name = "protocols"

urlpatterns: list[URLPattern] = [
    path("sru", sru.sru, name="sru"),
    path("oai", oai.oai, name="oai"),
]
