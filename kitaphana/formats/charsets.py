"""Which letters a record is written in, told by its bytes before what it says of itself.

The order of the decision: an encoding the caller insists on; pure ASCII; valid UTF-8; mostly valid UTF-8 (the few
other bytes become U+FFFD, with a note); runs of high bytes, which are Cyrillic of one byte a letter (Windows-1251,
its Kazakh sister KZ-1048, DOS 866 or KOI8-R, by the frequency of letters); MARC-8 for all that remains.

MARC-8 is written with ASCII, ANSEL and both Cyrillic sets. What these have no sign for, as ә ғ қ ң ө ұ ү һ, goes out
as a numeric reference (``&#x04D9;``, the lossless technique of MARC 21) and is read back as the letter.
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
REFERENCE: Final = re.compile(r"&#x([0-9A-Fa-f]{1,6});")
"""A letter that MARC-8 has no sign for."""
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
        return Choice(MARC8 if b"\x1b" in body or (said == MARC8 and b"&#x" in body) else "utf-8")
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


def is_plainly_marc8(body: bytes) -> bool:
    """Whether the fields of a record that says MARC-8 will be read as such and not as what they look like."""
    return body.isascii() or _found(body, MARC8) == MARC8


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
    Numeric references become the letters they name.
    """
    if data.isascii() and b"\x1b" not in data:
        text = data.decode("ascii")
        return unicodedata.normalize("NFC", REFERENCE.sub(_referred, text)) if "&#x" in text else text
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
    return unicodedata.normalize("NFC", REFERENCE.sub(_referred, "".join(letters + marks)))


def _referred(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    is_letter = code < 0x110000 and not 0xD800 <= code < 0xE000 and code not in (0, 0x1D, 0x1E, 0x1F)
    return chr(code) if is_letter else match[0]


_ASCII: Final = 0x42
_ANSEL: Final = 0x45
_CYRILLIC: Final = 0x4E
_MORE_CYRILLIC: Final = 0x51
_TO_LOWER: Final = {_ASCII: b"\x1b(B", _CYRILLIC: b"\x1b(N"}
"""Escape sequences of the sets that are put into the lower half, where ASCII stands at the beginning."""
_TO_UPPER: Final = {_ANSEL: b"\x1b)!E", _MORE_CYRILLIC: b"\x1b)Q"}
"""Of those in the upper half, where ANSEL stands at the beginning."""


def _signs(final: int, *, marks: bool = False) -> dict[str, int]:
    """The letters of a set, or the marks over and under letters, with their bytes."""
    found = reversed(marc8_mapping.CODESETS[final].items())
    return {chr(sign): byte for byte, (sign, is_mark) in found if bool(is_mark) == marks and byte > 0x20}


_LOWER_SIGNS: Final = {_CYRILLIC: _signs(_CYRILLIC)}
_UPPER_SIGNS: Final = {_ANSEL: _signs(_ANSEL), _MORE_CYRILLIC: _signs(_MORE_CYRILLIC)}
_MARKS: Final = _signs(_ANSEL, marks=True)
_NOT_PLAIN: Final = frozenset("\x1b\x7f")


def to_marc8(text: str, *, high: bool = True) -> bytes:
    """A text as MARC-8; ``from_marc8`` gives it back (composed). It ends in ASCII, as a subfield must.

    :param high: whether bytes over 127 (ANSEL) may be used; without them its letters become references too.
    """
    if text.isascii() and text.isprintable() and "&#x" not in text:
        return text.encode("ascii")
    text = unicodedata.normalize("NFC", REFERENCE.sub(lambda match: f"&#x0026;{match[0][1:]}", text))
    writer = _Marc8Writer(high)
    place, end = 0, len(text)
    while place < end:
        begin = place
        place += 1
        while place < end and unicodedata.combining(text[place]):
            place += 1
        writer.put(text[begin], text[begin + 1 : place])
    return writer.finished()


class _Marc8Writer:
    """The bytes so far and the sets that stand in the lower and the upper half."""

    def __init__(self, high: bool) -> None:
        self._bytes = bytearray()
        self._lower = _ASCII
        self._upper = _ANSEL
        self._high = high

    def put(self, letter: str, marks: str) -> None:
        """Add a letter with the marks that follow it; in MARC-8 they stand before it."""
        if not self._put(letter, marks):
            split = unicodedata.normalize("NFD", letter)
            if not (len(split) > 1 and self._high and split[1] in _MARKS and self._put(split[0], split[1:] + marks)):
                for one in letter + marks:
                    self._refer(one)

    def _put(self, letter: str, marks: str) -> bool:
        """Add them if the sets have the letter; of the marks those from the first unknown one on are references."""
        place = self._place(letter)
        if place is None:
            return False
        known = 0
        if self._high and letter > " ":
            while known < len(marks) and marks[known] in _MARKS:
                known += 1
        if known:
            self._use(_ANSEL)
            if place[0] == _MORE_CYRILLIC:
                # The marks and the letter would need the same half.
                return False
            self._bytes += bytes(_MARKS[mark] for mark in marks[:known])
        self._use(place[0])
        self._bytes.append(place[1])
        for mark in marks[known:]:
            self._refer(mark)
        return True

    def _place(self, letter: str) -> tuple[int, int] | None:
        """In which set a letter is, the one in force before others, and its byte."""
        if letter in _NOT_PLAIN:
            return None
        if letter <= " ":
            return self._lower, ord(letter)
        if letter.isascii():
            same = _LOWER_SIGNS.get(self._lower, {}).get(letter)
            return (self._lower, same) if same is not None else (_ASCII, ord(letter))
        sets = (_LOWER_SIGNS | _UPPER_SIGNS) if self._high else _LOWER_SIGNS
        return next(((final, signs[letter]) for final, signs in sets.items() if letter in signs), None)

    def _use(self, final: int) -> None:
        """Put a set into the half where it stands."""
        if final in _TO_LOWER and final != self._lower:
            self._bytes += _TO_LOWER[final]
            self._lower = final
        elif final in _TO_UPPER and final != self._upper:
            self._bytes += _TO_UPPER[final]
            self._upper = final

    def _refer(self, letter: str) -> None:
        self._use(_ASCII)
        self._bytes += f"&#x{ord(letter):04X};".encode("ascii")

    def finished(self) -> bytes:
        """All bytes, with ASCII in force again."""
        self._use(_ASCII)
        return bytes(self._bytes)


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
