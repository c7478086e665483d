"""The page that documents every component of the design system."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from kitaphana.core.web.page import Request, page


@page(None)
def design(request: Request) -> HttpResponse:
    """Every component with a live example."""
    return render(request, "core/design.html")
