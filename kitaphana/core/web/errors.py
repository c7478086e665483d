"""Pages and fragments that say what went wrong and what to do."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kitaphana.core.errors import DomainError


def _page(request: HttpRequest, status: int, title: str, text: str, advice: str = "", code: str = "") -> HttpResponse:
    if request.path.startswith("/api/"):
        body = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "code": code or f"request.http_{status}",
            "detail": text,
        }
        return JsonResponse(
            body, status=status, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
        )
    context = {"status": status, "title": title, "text": text, "advice": advice, "code": code}
    template = "core/_error.html" if request.headers.get("HX-Request") else "core/error.html"
    return render(request, template, context, status=status)


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A rule said no: the sentence of the rule and what can be done now."""
    return _page(request, error.status, _("This can't be done"), str(error), error.advice_text, error.code)


MOST_DRAINED = 64 * 1024 * 1024
"""Bytes of a refused request that are still read; who sends more finds the line closed."""


def _drain(request: HttpRequest) -> None:
    """Read what is still being sent: a browser that is sending does not look at our answer before it has finished."""
    stream, left = getattr(request, "_stream", None), MOST_DRAINED
    try:
        while stream is not None and left > 0 and (piece := stream.read(64 * 1024)):
            left -= len(piece)
    except OSError:
        return  # the other side has gone


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: too much was sent, or what no page of ours sends."""
    if isinstance(exception, RequestDataTooBig):
        _drain(request)
    return _page(
        request,
        400,
        _("The request could not be read"),
        _("What was sent is too large or damaged. Nothing was changed."),
        _("Go back, send a file instead of pasting a very long text, and try again."),
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 raised by Django itself."""
    return _page(request, 403, _("This page is closed to you"), _("Your role does not allow this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _page(
        request, 404, _("There is no such page"), _("Perhaps the address has a slip of the pen or the page has moved.")
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a bug; the log has it."""
    return _page(
        request,
        500,
        _("Something broke on our side"),
        _("The failure is written in the log. What you had saved before is safe."),
        _("Try again in a minute; if it repeats, tell the administrator the time."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's secret has expired."""
    return _page(
        request,
        403,
        _("The form has expired"),
        _("The page was open for too long or cookies are switched off. Nothing was changed."),
        _("Reload the page and send the form again."),
    )
