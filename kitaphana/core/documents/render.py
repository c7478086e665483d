"""Typst templates turned into PDF.

A template gets its data as JSON in ``sys.inputs.data``: text in it is inert, whatever signs it contains.
Templates live in the domains (``<domain>/typst/*.typ``) and import the common frame as
``/core/documents/typst/frame.typ``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import typst

from kitaphana.core.documents.figures import day, money

PACKAGE = Path(__file__).resolve().parent.parent.parent
FONTS = Path(__file__).resolve().parent / "fonts"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, date):
        return day(value)
    return str(value)  # lazy translations


def pdf(template: Path, data: Mapping[str, Any], *, language: str) -> bytes:
    """A PDF made of a template and its data.

    Decimals are written as money and dates as days; lazy translations in the data are read in the language
    in force when this is called, so call it inside ``translation.override(language)``. ``language`` (kk, ru,
    en) decides hyphenation and stands in the file. Texts of the data are never read as markup.

    :raises typst.TypstError: the template has a mistake.
    """
    inputs = json.dumps({**data, "language": language}, default=_plain, ensure_ascii=False)
    made = typst.compile(
        str(template),
        root=str(PACKAGE),
        font_paths=[str(FONTS)] if FONTS.is_dir() else [],
        sys_inputs={"data": inputs},
    )
    if not isinstance(made, bytes):  # typst gives a list only when pages are asked for one by one
        raise TypeError("typst returned no single file")
    return made
