"""Undo the keyboard layout a barcode scanner typed under.

A keyboard-wedge scanner presses keys; the layout of the desk's computer decides which letters come out. Under
the Windows Kazakh layout even the digit row types letters, so ISBN 9786017002015 arrives as «ұ.ү,қ".ққәқ"ғ».
"""

from __future__ import annotations

import re
from typing import Final

_KEYS_LETTERS: Final = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC_LETTERS: Final = "йцукенгшщзхъфывапролджэячсмитьбю"
_LATIN_CAPITALS: Final = 'QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>'

_LETTERS: Final = dict(zip(_CYRILLIC_LETTERS, _KEYS_LETTERS, strict=True)) | dict(
    zip(_CYRILLIC_LETTERS.upper(), _LATIN_CAPITALS, strict=True)
)
_KAZAKH_ROW: Final = dict(zip('"әіңғ,.үұқөһ', "1234567890-=", strict=True)) | dict(
    # The shifted row, which also comes out of a scanner set to "caps": still the digit that was meant.
    zip("!ӘІҢҒ;:ҮҰҚӨҺ", "1234567890-=", strict=True)
)
_KAZAKH_LAYOUT: Final = _LETTERS | _KAZAKH_ROW | {"№": "/", "?": "/", "(": "`", ")": "~", "ё": "\\", "Ё": "|"}
_RUSSIAN_LAYOUT: Final = _LETTERS | {"ё": "`", "Ё": "~", ".": "/", "№": "#"}

_KAZAKH_SIGNS: Final = frozenset("әіңғүұқөһӘІҢҒҮҰҚӨҺ")
_ROW_ONLY: Final = re.compile(r'^[",.!;:]+$')
_CODE: Final = re.compile(r"^[0-9A-Za-z][0-9A-Za-z./_+-]*$")


def decode_scan(text: str) -> str:
    """What the scanner meant: digits and Latin letters, trimmed.

    Text that already is digits or Latin comes back unchanged (only trimmed). Kazakh letters, or nothing but
    the punctuation of the Kazakh digit row, mean the Kazakh layout; other Cyrillic letters the Russian one,
    whose digits are digits. Never raises.
    """
    text = text.strip().strip("\ufeff\u200b")
    if not text:
        return text
    cyrillic = any("\u0400" <= letter <= "\u04ff" for letter in text)
    if any(letter in _KAZAKH_SIGNS for letter in text) or (not cyrillic and _ROW_ONLY.match(text)):
        layout = _KAZAKH_LAYOUT
    elif not cyrillic:
        return text
    elif any(letter in '",!;:' for letter in text) and not any("0" <= letter <= "9" for letter in text):
        # Letters with row punctuation and no digit at all: «ЛЕ"""» is KT111 under the Kazakh layout.
        layout = _KAZAKH_LAYOUT
    else:
        layout = _RUSSIAN_LAYOUT
    return "".join(layout.get(letter, letter) for letter in text).strip()


def looks_like_code(text: str) -> bool:
    """Whether decoded text can be a barcode, card or inventory number: one word with at least one digit."""
    return bool(_CODE.match(text)) and any("0" <= letter <= "9" for letter in text)
