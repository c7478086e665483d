"""Which letters a record is written in, told by its bytes before what it says of itself.

The order of the decision: an encoding the caller insists on; pure ASCII; valid UTF-8; mostly valid UTF-8 (the few
other bytes become U+FFFD, with a note); runs of high bytes, which are Cyrillic of one byte a letter (Windows-1251,
its Kazakh sister KZ-1048, DOS 866 or KOI8-R, by the frequency of letters); MARC-8 for all that remains.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pymarc import marc8_mapping

MARC8: Final = "marc-8"
REPLACEMENT: Final = "\ufffd"

_RUN: Final = re.compile(rb"[\x80-\xff]{3,}")
_HIGH: Final = re.compile(rb"[\x80-\xff]")
_UTF8_LETTER: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_KAZAKH_BYTES: Final = frozenset(b"\x8d\x9d\xa3\xbc\xbd\xbe")
"""Қ қ Ә ә Ң ң of KZ-1048; the same bytes of Windows-1251 are Serbian and Macedonian letters."""
_WEIGHTS: Final = {letter: 33 - rank for rank, letter in enumerate("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё")}
"""How often a Cyrillic letter is met, from the most frequent down; the code pages order letters differently."""
_UNIMARC_SETS: Final = {
    "01": "", "02": MARC8, "03": MARC8, "50": "utf-8", "79": "cp866", "89": "windows-1251", "99": "koi8-r",
}  # fmt: skip
"""Field 100$a/26-29 of UNIMARC and RUSMARC."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The encoding to read with, and whether the record said another one."""

    name: str
    repair: bool = False


def known(encoding: str) -> str:
    """The name if it can be read with.

    :raises LookupError: nobody knows that encoding.
    """
    if encoding.lower() in {MARC8, "marc8"}:
        return MARC8
    codecs.lookup(encoding)
    return encoding


def choose(
    leader: str, pieces: Sequence[tuple[str, bytes]], body: bytes, *, forced: str | None, format: str = "auto"
) -> Choice:
    """The encoding of a record that is not pure ASCII: by content, then by what it says."""
    if forced:
        return Choice(forced)
    unimarc = format == "unimarc" or (format == "auto" and _is_unimarc(pieces))
    said = _said_by_unimarc(pieces) if unimarc else "utf-8" if leader[9:10] == "a" else MARC8
    if body.isascii():
        return Choice(MARC8 if b"\x1b" in body else "utf-8")
    found = _found(body, said)
    return Choice(found, repair=bool(said) and found != said and not (found == "kz1048" and said == "windows-1251"))


def _found(body: bytes, said: str) -> str:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    high = len(_HIGH.findall(body))
    in_utf8 = sum(map(len, _UTF8_LETTER.findall(body)))
    if in_utf8 > 0.8 * high:
        return "utf-8"
    if b"\x1b" not in body:
        runs = _RUN.findall(body)
        if sum(map(len, runs)) > 0.5 * high:
            return _cyrillic(b" ".join(runs), said)
    # A record that says UTF-8 and is no Cyrillic keeps its word; its odd bytes are replaced.
    return said or MARC8


def _cyrillic(words: bytes, said: str) -> str:
    """The Cyrillic code page in which the words have the most frequent letters."""
    scores = {}
    for encoding in ("windows-1251", "cp866", "koi8-r"):
        text = words.decode(encoding, errors="replace").lower()
        # Between near equals what the record says decides.
        scores[encoding] = sum(_WEIGHTS.get(letter, 0) for letter in text) + 20 * (encoding == said)
    best = max(scores, key=lambda encoding: scores[encoding])
    if best == "windows-1251" and not _KAZAKH_BYTES.isdisjoint(words):
        return "kz1048"
    return best


def _is_unimarc(pieces: Sequence[tuple[str, bytes]]) -> bool:
    tags = {tag for tag, _ in pieces}
    return "200" in tags and "245" not in tags


def _said_by_unimarc(pieces: Sequence[tuple[str, bytes]]) -> str:
    """What 100$a says; empty where it says nothing we know."""
    coded = next((piece[4:] for tag, piece in pieces if tag == "100"), b"").decode("latin-1")
    return _UNIMARC_SETS.get(coded[28:30], "") or _UNIMARC_SETS.get(coded[26:28], "")


def decoder(encoding: str) -> Callable[[bytes], str]:
    """A function from bytes to text that never fails: what can't be read becomes U+FFFD."""
    if encoding == MARC8:
        return from_marc8

    def decode(data: bytes) -> str:
        return data.decode(encoding, errors="replace")

    return decode


def from_marc8(data: bytes) -> str:
    """MARC-8 as composed Unicode (tables of pymarc); bytes without a letter become U+FFFD.

    Escape sequences hold to the end of the given bytes, as the standard lets them hold to the end of a subfield.
    """
    if data.isascii() and b"\x1b" not in data:
        return data.decode("ascii")
    g0, g1 = 0x42, 0x45
    letters: list[str] = []
    marks: list[str] = []
    place, end = 0, len(data)
    while place < end:
        byte = data[place]
        if byte == 0x1B:
            place, g0, g1 = _escape(data, place, g0, g1)
            continue
        if byte < 0x20 or byte == 0x7F:
            letters.append(chr(byte))
            place += 1
            continue
        if byte == 0x20 and g0 != 0x31:
            letters.append(" ")
            place += 1
            continue
        if g0 == 0x31 and byte < 0x80:
            code, place = int.from_bytes(data[place : place + 3], "big"), place + 3
            found = marc8_mapping.CODESETS[0x31].get(code)
        else:
            code, place = byte, place + 1
            table = marc8_mapping.CODESETS.get(g1 if byte >= 0x80 else g0, {})
            # A set may stand in either half; the tables have the half in which it usually stands.
            found = table.get(code) or table.get(code ^ 0x80)
        if found is None:
            odd = marc8_mapping.ODD_MAP.get(code)
            letters.append(chr(odd) if odd is not None else REPLACEMENT)
        elif found[1]:
            marks.append(chr(found[0]))
            continue
        else:
            letters.append(chr(found[0]))
        if marks:
            letters += marks
            marks.clear()
    return unicodedata.normalize("NFC", "".join(letters + marks))


def _escape(data: bytes, place: int, g0: int, g1: int) -> tuple[int, int, int]:
    """The place after an escape sequence and the sets in force; one that is unknown is passed over."""
    kind = data[place + 1 : place + 2]
    if kind in (b"(", b",", b")", b"-", b"$"):
        more = 3 if kind == b"$" and data[place + 2 : place + 3] in (b",", b")", b"-") else 2
        final = data[place + more : place + more + 1]
        # «!E» names extended Latin with an intermediate byte.
        if final == b"!":
            more += 1
            final = data[place + more : place + more + 1]
        if not final or final[0] not in marc8_mapping.CODESETS:
            return place + 1, g0, g1
        second = kind in (b")", b"-") or (more == 3 and data[place + 2 : place + 3] in (b")", b"-"))
        return place + more + 1, (g0 if second else final[0]), (final[0] if second else g1)
    if kind == b"s":
        return place + 2, 0x42, g1
    if kind and kind[0] in marc8_mapping.CODESETS:
        return place + 2, kind[0], g1
    return place + 1, g0, g1
