"""Whose fund a page shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Concatenate
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from kitaphana.core.access import Permission
from kitaphana.core.ids import new_id
from kitaphana.core.web.page import Request
from kitaphana.fund.enums import FundType
from kitaphana.organizations.models import Organization
from kitaphana.organizations.queries import libraries, library_by_code

View = Callable[Concatenate[Request, Organization, ...], HttpResponseBase]


def with_library(permission: Permission) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Give a view the library it is about: the one named by ``?library=CODE``, else the person's workplace.

    Somebody who oversees many libraries and has named none chooses one first.
    """

    def decorate(view: View) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def found(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            code = request.GET.get("library", "")
            if code:
                library = library_by_code(code)
                request.actor.require(permission, library.path)
                return view(request, library, *args, **kwargs)
            workplace = request.library or None
            if workplace is not None and workplace.is_library and request.actor.may(permission, workplace.path):
                return view(request, workplace, *args, **kwargs)
            return _choose(request, permission)

        return found

    return decorate


def _choose(request: Request, permission: Permission) -> HttpResponse:
    nodes = libraries(request.actor.reach(permission))[:1000]
    return render(request, "fund/choose_library.html", {"nodes": nodes})


def chosen_fund(request: Request) -> str:
    """The fund in the address, else the core fund."""
    value = request.GET.get("fund", "")
    return value if value in FundType.values else FundType.CORE.value


def chosen_number(text: str | None, *, lowest: int = 1, highest: int = 2_000_000_000) -> int | None:
    """A whole number of the address or of a form in its bounds; None for anything else."""
    digits = (text or "").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        return None
    number = int(digits)
    return number if lowest <= number <= highest else None


def chosen_command(text: str | None) -> UUID:
    """The id that a form carries, so that sending it twice does one thing; a new one where it carries none."""
    try:
        return UUID(text or "")
    except ValueError:
        return new_id()


def chosen_date(text: str | None) -> date | None:
    """A day as a date field sends it; None for anything else."""
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        return None


def chosen_language(request: Request) -> str:
    """The language of a paper: Kazakh or Russian as asked, else the page's, English papers being for
    reading."""
    value = request.GET.get("language") or getattr(request, "LANGUAGE_CODE", "kk")
    return value if value in {"kk", "ru", "en"} else "kk"
