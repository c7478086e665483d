"""Opening a file of records whatever it is."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final, Literal, cast

from kitaphana.formats import iso2709, marcxml
from kitaphana.formats.marc import Bad, Outcome

Format = Literal["auto", "marc21", "unimarc", "marcxml"]

_HEAD: Final = 1 << 16
_BOM: Final = b"\xef\xbb\xbf"
_LEADER: Final = re.compile(rb"\d{5}[0-9A-Za-z ]{5}[2 ]{2}\d{5}[ -~]{7}")
_XML: Final = re.compile(r"<(?:[\w.-]+:)?(?:collection|record|leader|datafield|OAI-PMH)[\s/>]")


class NotMarc(ValueError):
    """The file is neither ISO 2709 nor MARCXML."""


def open_records(stream: BinaryIO, *, format: str = "auto") -> Iterator[Outcome]:
    """The records of a file, good and bad; gzip, a BOM and padding before the first record are tolerated.

    ISO 2709 and XML are told apart by content, also where ``format`` says ``marc21`` or ``unimarc``, which are
    dialects of both. Positions count from the beginning of the (unpacked) file.

    :raises NotMarc: the beginning is neither.
    """
    start = stream.read(_HEAD)
    if start[:2] == b"\x1f\x8b":
        packed = _Unpacked(start, stream)
        return _whole(open_records(cast(BinaryIO, packed), format=format), packed)
    text = _as_text(start)
    if text.startswith("<"):
        if not _XML.search(text):
            raise NotMarc
        return marcxml.read(_joined(start, stream), format=format)
    if format == "marcxml" or not _is_iso2709(start):
        raise NotMarc
    skipped = len(_BOM) if start.startswith(_BOM) else 0
    dialect = cast(iso2709.Format, format)
    return iso2709.read(_joined(start[skipped:], stream), format=dialect, position=skipped)


def _as_text(start: bytes) -> str:
    """The beginning as far as it must be read to know XML."""
    encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return start.decode(encoding, errors="replace").lstrip()


def _is_iso2709(start: bytes) -> bool:
    """A leader somewhere; or, where all leaders are broken, the three separators in something that is no binary."""
    if _LEADER.search(start):
        return True
    return b"\0" not in start and all(mark in start for mark in (b"\x1d", b"\x1e", b"\x1f"))


def _joined(start: bytes, stream: BinaryIO) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(_Joined(start, stream), _HEAD))


def _whole(outcomes: Iterator[Outcome], packed: _Unpacked) -> Iterator[Outcome]:
    """The outcomes, and a ``Bad`` at the end where the archive broke off between two records."""
    last: Outcome | None = None
    for last in outcomes:
        yield last
    if packed.is_broken and not isinstance(last, Bad):
        number, position = (last.number + 1, last.position) if last else (1, 0)
        yield Bad(number, position, "marc.truncated", {}, b"")


class _Joined(io.RawIOBase):
    """What was read already, then the rest of the stream."""

    def __init__(self, start: bytes, stream: BinaryIO) -> None:
        self._start = start
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # the buffer types of typeshed
        if self._start:
            data, self._start = self._start[: len(buffer)], self._start[len(buffer) :]
        else:
            data = self._stream.read(len(buffer)) or b""
        buffer[: len(data)] = data
        return len(data)


class _Unpacked(io.RawIOBase):
    """A gzip stream that ends where the archive is damaged, and knows that it did."""

    def __init__(self, start: bytes, stream: BinaryIO) -> None:
        self._inner = gzip.GzipFile(fileobj=_joined(start, stream))
        self.is_broken = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # the buffer types of typeshed
        if self.is_broken:
            return 0
        try:
            data = self._inner.read1(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile):
            self.is_broken = True
            return 0
        buffer[: len(data)] = data
        return len(data)
