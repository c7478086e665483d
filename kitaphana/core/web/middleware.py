"""Language of a request, and refusals turned into pages."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from kitaphana.core.errors import DomainError
from kitaphana.core.web import errors

Handler = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """Kazakh unless the person chose another language (a cookie); REST callers may use Accept-Language.

    The browser's own language is not asked for pages: in Kazakhstan it is that of whoever installed the computer.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if language not in dict(settings.LANGUAGES):
            language = settings.LANGUAGE_CODE
            if request.path.startswith("/api/") and "Accept-Language" in request.headers:
                language = translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class DomainErrorMiddleware:
    """A refusal that a view did not answer itself becomes a page in plain words.

    Addresses with a zero byte are refused here: no text of the database has one, and PostgreSQL fails at the question.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return errors.bad_request(request, ValueError("a zero byte in the address"))
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer refusals; leave bugs to Django."""
        if isinstance(exception, DomainError):
            return errors.refusal(request, exception)
        return None
