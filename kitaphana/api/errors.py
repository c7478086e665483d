"""Refusals as problem details (RFC 9457, ``application/problem+json``) with a stable ``code``."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, AuthorizationError, HttpError, ValidationError

from kitaphana.core.errors import DomainError

PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457 problem details",
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "description": "Always about:blank; the code tells the problem apart."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable, for programs: circulation.copy_on_loan"},
        "detail": {"type": "string", "description": "What can be done now, in the caller's language."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def problem(status: int, code: str, title: str, detail: str = "", **more: Any) -> HttpResponse:
    """A problem details answer."""
    body = {"type": "about:blank", "title": title, "status": status, "code": code, **more}
    if detail:
        body["detail"] = detail
    return JsonResponse(
        body, status=status, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
    )


def install(api: NinjaAPI) -> None:
    """Turn every kind of refusal into a problem."""

    def domain(request: HttpRequest, error: DomainError) -> HttpResponse:
        return problem(error.status, error.code, str(error), error.advice_text)

    def validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors = [
            {"field": ".".join(str(part) for part in item.get("loc", ())[1:]), "message": item.get("msg", "")}
            for item in error.errors
        ]
        return problem(
            422, "request.invalid", _("The request lacks something or has it in a wrong form."), errors=errors
        )

    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        response = problem(401, "request.not_signed_in", _("Sign in or send a token."))
        response["WWW-Authenticate"] = 'Bearer realm="kitaphana"'
        return response

    def forbidden(request: HttpRequest, error: AuthorizationError) -> HttpResponse:
        return problem(403, "not_allowed", _("Your role does not allow this."))

    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(404, "not_found", _("Nothing was found here."))

    def http(request: HttpRequest, error: HttpError) -> HttpResponse:
        title = _("The request could not be read") if error.status_code == 400 else str(error)
        return problem(error.status_code, "request.refused", title)

    def suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
        return problem(400, "request.unreadable", _("The request could not be read"))

    handlers: dict[type[Exception], Any] = {
        DomainError: domain,
        ValidationError: validation,
        AuthenticationError: unknown,
        AuthorizationError: forbidden,
        Http404: missing,
        HttpError: http,
        SuspiciousOperation: suspicious,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)
