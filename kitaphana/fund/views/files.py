"""Answers that are files."""

from __future__ import annotations

from typing import IO

from django.http import FileResponse, HttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    """A PDF that opens in the browser."""
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store"},
    )


def xlsx_answer(stream: IO[bytes], name: str) -> FileResponse:
    """A workbook to be downloaded, streamed from its temporary file."""
    return FileResponse(stream, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
