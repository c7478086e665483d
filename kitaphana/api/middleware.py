"""What is refused before an operation is reached is a problem too: unknown addresses, wrong methods, failures."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kitaphana.api.errors import problem

PREFIX = "/api/"
CODES = {
    400: "request.unreadable",
    403: "not_allowed",
    404: "not_found",
    405: "request.wrong_method",
    413: "request.too_large",
    429: "request.too_many",
}


class ProblemMiddleware:
    """Turns every refusal under /api/ that is no JSON yet into problem details (RFC 9457)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400 or not request.path.startswith(PREFIX):
            return response
        if "json" in response.get("Content-Type", ""):
            return response
        status = response.status_code
        titles = {
            400: _("The request could not be read"),
            403: _("Your role does not allow this."),
            404: _("Nothing was found here."),
            405: _("This address does not take this method."),
            413: _("The request is too large."),
            429: _("Too many requests. Try again later."),
        }
        code = CODES.get(status, "server_error" if status >= 500 else "request.refused")
        title = titles.get(status, _("Something broke on our side") if status >= 500 else _("The request was refused."))
        answer = problem(status, code, title)
        for name in ("Allow", "Retry-After", "WWW-Authenticate"):
            if name in response:
                answer[name] = response[name]
        answer.cookies = response.cookies
        return answer
