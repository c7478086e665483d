"""Which letters a record is written in: UTF-8, MARC-8, Windows-1251; what it says and what it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pymarc.marc8 import MARC8ToUnicode

_CYRILLIC_1251: Final = re.compile(rb"[\xc0-\xff\xa8\xb8]{3,}")
_MARC8: Final = re.compile(rb"\x1b[(),$sgbp]|[\xe0-\xfe][A-Za-z]")


@dataclass(frozen=True, slots=True)
class Choice:
    """The encoding to read with, and whether the record said another one."""

    name: str
    repair: bool = False


def choose(leader: str, pieces: list[tuple[str, bytes]], *, format: str, forced: str | None) -> Choice:
    """Decide by content first, then by what the record says (MARC 21 leader/09, UNIMARC 100$a/26-29)."""
    if forced:
        return Choice(forced)
    data = b"".join(piece for tag, piece in pieces)
    if data.isascii():
        return Choice("marc-8" if b"\x1b" in data else "utf-8")
    says_utf8 = leader[9:10] == "a" or _unimarc_charset(pieces) == b"50"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return Choice("utf-8", repair=not says_utf8 and not _is_unimarc(pieces))
    if says_utf8 and not _looks_1251(data):
        return Choice("utf-8")
    if _looks_1251(data):
        return Choice("windows-1251", repair=says_utf8 or not _is_unimarc(pieces))
    return Choice("marc-8")


def _is_unimarc(pieces: list[tuple[str, bytes]]) -> bool:
    tags = {tag for tag, _ in pieces}
    return "200" in tags and "245" not in tags


def _unimarc_charset(pieces: list[tuple[str, bytes]]) -> bytes:
    if not _is_unimarc(pieces):
        return b""
    return next((piece[4 + 26 : 4 + 28] for tag, piece in pieces if tag == "100"), b"")


def _looks_1251(data: bytes) -> bool:
    """Runs of high bytes that are Cyrillic words, and hardly any that MARC-8 would write (a mark, then a letter)."""
    words = _CYRILLIC_1251.findall(data)
    letters = sum(len(word) for word in words)
    high = sum(byte >= 0x80 for byte in data)
    return high > 0 and letters / high > 0.6 and b"\x1b" not in data


def decode(data: bytes, encoding: str) -> str:
    """Bytes as text.

    :raises UnicodeError: they can't be read in that encoding.
    """
    if encoding != "marc-8":
        return data.decode(encoding)
    converter = MARC8ToUnicode(quiet=True)
    text: str = converter.translate(data)  # type: ignore[no-untyped-call]  # pymarc has no types here
    return text
