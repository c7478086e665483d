"""Names of languages in the language of the page, for the MARC codes that educational libraries meet."""

from __future__ import annotations

from functools import cache
from typing import Final

from babel import Locale
from django.utils.translation import get_language

CODES: Final[dict[str, str]] = {
    "kaz": "kk", "rus": "ru", "eng": "en", "ger": "de", "fre": "fr", "tur": "tr", "chi": "zh", "kor": "ko", "jpn": "ja",
    "uzb": "uz", "uig": "ug", "tgk": "tg", "kir": "ky", "tat": "tt", "bak": "ba", "aze": "az", "tuk": "tk", "ukr": "uk",
    "bel": "be", "pol": "pl", "cze": "cs", "bul": "bg", "spa": "es", "ita": "it", "por": "pt", "ara": "ar", "per": "fa",
    "lat": "la", "mon": "mn", "kaa": "kaa", "hin": "hi", "heb": "he", "hun": "hu", "fin": "fi", "swe": "sv", "dut": "nl",
    "gre": "el", "rum": "ro", "arm": "hy", "geo": "ka",
}  # fmt: skip
"""MARC (ISO 639-2/B) code → the code under which CLDR names the language; the most usual first."""


@cache
def _names(language: str) -> dict[str, str]:
    names = Locale.parse(language).languages
    return {marc: names.get(code, marc) for marc, code in CODES.items()}


def language_name(code: str) -> str:
    """The name of a language; its code where CLDR or we do not know it."""
    name = _names(get_language() or "kk").get(code, code)
    return name[:1].upper() + name[1:]


def choices() -> list[tuple[str, str]]:
    """(code, name) for a choice of languages, the most usual first."""
    return [(code, language_name(code)) for code in CODES]
