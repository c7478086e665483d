"""Reading and writing ISO 2709 files, streaming, with every record of a file accounted for.

A record ends with byte 0x1D. One that lies about its length, base address or directory is repaired where the bytes
leave no doubt, with a note; otherwise it becomes a ``Bad`` with the position of the trouble, and reading goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final, Literal

from kitaphana.formats import charsets
from kitaphana.formats.dialects import detect_dialect
from kitaphana.formats.marc import Bad, Field, Good, MarcRecord, Outcome, Repair, Subfield

RECORD_END: Final = b"\x1d"
FIELD_END: Final = b"\x1e"
SUBFIELD: Final = b"\x1f"
LONGEST: Final = 99_999
_CHUNK: Final = 1 << 16
_GIVE_UP: Final = 8 * 1024 * 1024
"""A «record» longer than this without an end is not MARC; it is given out in pieces so that memory stays small."""

Format = Literal["auto", "marc21", "unimarc"]


class RecordTooLong(ValueError):
    """The record does not fit into ISO 2709's five digits of length (99,999 bytes)."""


class _Refused(Exception):
    def __init__(self, code: str, offset: int, **params: object) -> None:
        self.code = code
        self.offset = offset
        self.params = params


def read(stream: BinaryIO, *, format: Format = "auto", encoding: str | None = None) -> Iterator[Outcome]:
    """Every record of a file, good or bad, in order. ``encoding`` overrides what records say."""
    for number, (position, raw) in enumerate(_chunks(stream), 1):
        yield parse(raw, number=number, position=position, format=format, encoding=encoding)


def _chunks(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    buffer = b""
    position = 0
    while True:
        data = stream.read(_CHUNK)
        buffer += data
        begin = 0
        while (end := buffer.find(RECORD_END, begin)) >= 0:
            raw = buffer[begin : end + 1]
            skipped = len(raw) - len(raw.lstrip(b"\r\n \t\x00\x1a"))
            if len(raw) - skipped > 1:
                yield position + begin + skipped, raw[skipped:]
            else:
                yield position + begin, raw
            begin = end + 1
        position += begin
        buffer = buffer[begin:]
        if not data or len(buffer) > _GIVE_UP:
            rest = buffer.strip(b"\r\n \t\x00\x1a")
            if rest:
                yield position + buffer.find(rest[:1]), rest
            if not data:
                return
            position += len(buffer)
            buffer = b""


def parse(
    raw: bytes, *, number: int = 1, position: int = 0, format: Format = "auto", encoding: str | None = None
) -> Outcome:
    """One record from its bytes (with the end mark)."""
    try:
        record, said, repairs = _parse(raw, format, encoding)
    except _Refused as refusal:
        return Bad(number, position + refusal.offset, refusal.code, refusal.params, raw)
    dialect = format if format != "auto" else detect_dialect(record)
    return Good(record, number, position, dialect, said, tuple(repairs), raw)


def _parse(raw: bytes, format: Format, encoding: str | None) -> tuple[MarcRecord, str, list[Repair]]:
    repairs: list[Repair] = []
    if not raw.endswith(RECORD_END):
        raise _Refused("marc.truncated" if len(raw) >= 24 and raw[:5].isdigit() else "marc.not_marc", 0)
    if len(raw) < 26:
        raise _Refused("marc.bad_leader" if raw[:5].isdigit() else "marc.not_marc", 0)
    leader_bytes = raw[:24]
    if not leader_bytes[:5].isdigit() and FIELD_END not in raw:
        raise _Refused("marc.not_marc", 0)
    leader = leader_bytes.decode("latin-1")
    if leader[:5] != f"{len(raw):05d}":
        repairs.append(Repair("marc.wrong_length"))
    end_of_directory = raw.find(FIELD_END, 24)
    if end_of_directory < 0:
        raise _Refused("marc.bad_directory", 24)
    base = end_of_directory + 1
    if leader[12:17] != f"{base:05d}":
        repairs.append(Repair("marc.wrong_base"))
    directory = raw[24:end_of_directory]
    if len(directory) % 12 or not directory:
        if not directory:
            raise _Refused("marc.empty", 24)
        raise _Refused("marc.bad_directory", 24 + len(directory) // 12 * 12)
    body = raw[base:-1]
    pieces = _by_directory(directory, body)
    if pieces is None:
        pieces = _by_ends(directory, body)
        if pieces is None:
            raise _Refused("marc.bad_directory", 24)
        repairs.append(Repair("marc.wrong_directory"))
    name = charsets.choose(leader, pieces, format=format, forced=encoding)
    if name.repair:
        repairs.append(Repair("marc.wrong_encoding", {"encoding": name.name}))
    record = MarcRecord(leader)
    for tag, data in pieces:
        record.fields.append(_field(tag, data, name.name, raw, repairs))
    return record, name.name, repairs


def _by_directory(directory: bytes, body: bytes) -> list[tuple[str, bytes]] | None:
    pieces = []
    for place in range(0, len(directory), 12):
        entry = directory[place : place + 12]
        if not entry[3:].isdigit():
            return None
        length, start = int(entry[3:7]), int(entry[7:])
        data = body[start : start + length]
        if len(data) != length or not data.endswith(FIELD_END) or FIELD_END in data[:-1]:
            return None
        pieces.append((entry[:3].decode("latin-1"), data[:-1]))
    return pieces


def _by_ends(directory: bytes, body: bytes) -> list[tuple[str, bytes]] | None:
    """The fields by their end marks, where there are as many as the directory has entries."""
    parts = body.split(FIELD_END)
    if parts and not parts[-1]:
        parts.pop()
    if len(parts) != len(directory) // 12:
        return None
    return [(directory[place * 12 : place * 12 + 3].decode("latin-1"), data) for place, data in enumerate(parts)]


def _field(tag: str, data: bytes, encoding: str, raw: bytes, repairs: list[Repair]) -> Field:
    if tag.startswith("00"):
        return Field(tag, data=_text(data, encoding, tag, raw, repairs))
    head, *parts = data.split(SUBFIELD)
    indicators = head.decode("latin-1")
    subfields = []
    for part in parts:
        if not part:
            raise _Refused("marc.bad_subfield", max(raw.find(data), 0), tag=tag)
        if part[0] >= 0x80:
            raise _Refused("marc.bad_subfield", max(raw.find(data), 0), tag=tag)
        subfields.append(Subfield(chr(part[0]), _text(part[1:], encoding, tag, raw, repairs)))
    if not parts and not tag.isdigit():
        return Field(tag, data=_text(data, encoding, tag, raw, repairs))
    if not parts and len(indicators) != 2:
        return Field(tag, data=_text(data, encoding, tag, raw, repairs))
    return Field(tag, indicators[:1] or " ", indicators[1:] or " ", subfields)


def _text(data: bytes, encoding: str, tag: str, raw: bytes, repairs: list[Repair]) -> str:
    if data.isascii() and b"\x1b" not in data:
        return data.decode("ascii")
    try:
        return charsets.decode(data, encoding)
    except UnicodeError:
        repairs.append(Repair("marc.replaced_bytes", {"tag": tag}))
        return data.decode("utf-8", errors="replace")


def write(record: MarcRecord, encoding: str = "utf-8") -> bytes:
    """The record as ISO 2709 bytes; lengths and addresses are computed, everything else stays.

    :raises RecordTooLong: it needs more than 99,999 bytes.
    """
    directory = bytearray()
    body = bytearray()
    for one in record.fields:
        if one.data is not None:
            data = one.data.encode(encoding)
        else:
            parts = [f"{one.ind1}{one.ind2}".encode(encoding)]
            parts += [f"{part.code}{part.value}".encode(encoding) for part in one.subfields]
            data = SUBFIELD.join(parts)
        data += FIELD_END
        if len(data) > 9999:
            raise RecordTooLong(f"field {one.tag} has {len(data)} bytes")
        directory += f"{one.tag}{len(data):04d}{len(body):05d}".encode("latin-1")
        body += data
    base = 24 + len(directory) + 1
    total = base + len(body) + 1
    if total > LONGEST:
        raise RecordTooLong(f"the record has {total} bytes")
    leader = (record.leader + " " * 24)[:24]
    leader = f"{total:05d}{leader[5:12]}{base:05d}{leader[17:]}"
    return leader.encode("latin-1", errors="replace") + bytes(directory) + FIELD_END + bytes(body) + RECORD_END
