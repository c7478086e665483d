"""Text that people type or programs send, made safe for a record."""

from __future__ import annotations

import re
from typing import Final

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]")


def printable(text: str) -> str:
    """Without control characters: three of them are the separators of ISO 2709. Line breaks and tabs stay."""
    return _CONTROL.sub("", text)


def one_line(text: str) -> str:
    """Printable, trimmed, every run of white space as one blank."""
    return " ".join(printable(text).split())
