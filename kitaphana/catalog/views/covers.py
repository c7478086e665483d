"""Cover pictures."""

from __future__ import annotations

import re
from typing import Final

from django.core.files.storage import default_storage
from django.http import FileResponse

from kitaphana.core.errors import NotFound
from kitaphana.core.web.page import Request, page

_NAME: Final = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}\.webp")
FOREVER: Final = 365 * 24 * 3600
"""Seconds; the name is the digest of the picture, so what it names never changes."""


@page(None)
def cover(request: Request, name: str) -> FileResponse:
    """A cover picture; browsers may keep it for a year."""
    if not _NAME.fullmatch(name):
        raise NotFound()
    try:
        picture = default_storage.open(f"covers/{name}")
    except FileNotFoundError as error:
        raise NotFound() from error
    response = FileResponse(picture, content_type="image/webp")
    response["Cache-Control"] = f"public, max-age={FOREVER}, immutable"
    return response
