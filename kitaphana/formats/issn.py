"""International Standard Serial Numbers (ISO 3297)."""

from __future__ import annotations

import re

from stdnum import issn as _stdnum


def normalize(text: str) -> str | None:
    """``1234-5679`` of an ISSN in any writing, or of the barcode of a periodical (EAN-13 with 977); None: not valid."""
    compact = re.sub(r"[\s\-‐–—]", "", text).upper().replace("Х", "X").removeprefix("ISSN").lstrip(":")
    if re.fullmatch(r"977\d{10}(?:\d{2}|\d{5})?", compact):
        body = compact[3:10]
        compact = body + _stdnum.calc_check_digit(body)
    if not re.fullmatch(r"\d{7}[\dX]", compact) or not _stdnum.is_valid(compact):
        return None
    return f"{compact[:4]}-{compact[4:]}"
