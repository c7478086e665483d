"""A set on paper and as a workbook."""

from __future__ import annotations

from django.http import FileResponse, HttpResponse

from kitaphana.core.access import Permission
from kitaphana.core.web.page import Request, page
from kitaphana.curriculum import documents, spreadsheets
from kitaphana.curriculum.views.places import set_of


def _language(request: Request) -> str:
    value = request.GET.get("language") or getattr(request, "LANGUAGE_CODE", "kk")
    return value if value in {"kk", "ru", "en"} else "kk"


@page(Permission.TEXTBOOKS_VIEW)
def set_pdf(request: Request, pk: int) -> HttpResponse:
    """The set as a PDF that opens in the browser."""
    shown = set_of(request, pk)
    return HttpResponse(
        documents.set_pdf(shown, language=_language(request)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="set-{shown.pk}.pdf"', "Cache-Control": "no-store"},
    )


@page(Permission.TEXTBOOKS_VIEW)
def set_xlsx(request: Request, pk: int) -> FileResponse:
    """The set as a workbook; the import reads it back."""
    shown = set_of(request, pk)
    return spreadsheets.answer(spreadsheets.set_xlsx(shown, language=_language(request)), f"set-{shown.pk}")
