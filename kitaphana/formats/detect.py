"""Opening a file of records whatever it is."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from typing import BinaryIO, Literal, cast

from kitaphana.formats import iso2709, marcxml
from kitaphana.formats.marc import Outcome

Format = Literal["auto", "marc21", "unimarc", "marcxml"]


class NotMarc(ValueError):
    """The file is neither ISO 2709 nor MARCXML."""


def open_records(stream: BinaryIO, *, format: str = "auto") -> Iterator[Outcome]:
    """The records of a file, good and bad. ISO 2709 and XML are told apart by content; gzip and a BOM are tolerated.

    :raises NotMarc: the beginning is neither.
    """
    start = stream.read(4096)
    if start[:2] == b"\x1f\x8b":
        inner = cast(BinaryIO, gzip.GzipFile(fileobj=cast(BinaryIO, _Joined(start, stream))))
        return open_records(inner, format=format)
    if start.startswith(b"\xef\xbb\xbf"):
        start = start[3:]
    joined = cast(BinaryIO, io.BufferedReader(_Joined(start, stream), 1 << 16))
    head = start.lstrip()
    if head.startswith(b"<"):
        return marcxml.read(joined, format=format)
    if format == "marcxml":
        raise NotMarc
    if not head or not (head[:5].isdigit() or b"\x1e" in start or b"\x1d" in start):
        raise NotMarc
    return iso2709.read(joined, format=cast(iso2709.Format, format))


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
