"""How a person wants pages to look: theme, low-vision version. Kept in a cookie, so that it works for everyone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from kitaphana.core.web.page import Request, page

THEMES = ("auto", "light", "dark")
YEAR = 365 * 24 * 3600


def preferences(request: HttpRequest) -> dict[str, object]:
    """Context of every page: ``preferences.theme`` (auto, light, dark) and ``preferences.low_vision``."""
    theme = request.COOKIES.get("theme", "auto")
    return {
        "preferences": {
            "theme": theme if theme in THEMES else "auto",
            "low_vision": request.COOKIES.get("low_vision") == "1",
        }
    }


@page(None)
@require_POST
def change_preferences(request: Request) -> HttpResponse:
    """Keep the choices of the form (``theme``, ``low_vision`` = 0 or 1) and go back to the page."""
    back = request.POST.get("next") or request.headers.get("Referer") or "/"
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponse(status=204) if request.headers.get("X-Requested-With") == "fetch" else redirect(back)
    if (theme := request.POST.get("theme")) in THEMES:
        response.set_cookie("theme", theme, max_age=YEAR, samesite="Lax")
    if (low_vision := request.POST.get("low_vision")) in {"0", "1"}:
        response.set_cookie("low_vision", low_vision, max_age=YEAR, samesite="Lax")
    return response
