"""Reading and writing ISO 2709 files, streaming, with every record of a file accounted for.

A record ends with byte 0x1D. One that lies about its length, base address or directory is repaired where the bytes
leave no doubt, with a note; otherwise it becomes a ``Bad`` with the position of the trouble, and reading goes on.

* Wrong length or base address: the end mark and the end of the directory are believed.
* Wrong directory: the fields are taken by their end marks where there are as many as the directory has entries.
* A record cut off in the middle swallows the next one up to its end mark; the next one is found again by a leader
  whose length ends exactly there.
* Letters: see ``charsets``. A byte that can't be read becomes U+FFFD with a note; only where so much can't be read
  that the encoding itself must be wrong, the record is refused (``marc.bad_encoding``).
* A record that was not in UTF-8 becomes Unicode and says so in leader/09; ``Good.raw`` has its bytes as they came.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, Literal

from kitaphana.formats import charsets
from kitaphana.formats.dialects import detect_dialect
from kitaphana.formats.marc import Bad, Field, Good, MarcRecord, Outcome, Repair, Subfield

RECORD_END: Final = b"\x1d"
FIELD_END: Final = b"\x1e"
SUBFIELD: Final = b"\x1f"
LONGEST: Final = 99_999
LONGEST_FIELD: Final = 9_999
_CHUNK: Final = 1 << 16
_GIVE_UP: Final = 8 * 1024 * 1024
"""A «record» longer than this without an end is not MARC; it is given out in pieces so that memory stays small."""
_PADDING: Final = b"\r\n \t\x00\x1a"
_LEADER_INSIDE: Final = re.compile(rb"(?=(\d{5})[ -~]{5}[0-9 ]{2}(\d{5})[ -~]{3}(?:4|[ -~]))")

_LEADER: Final = re.compile(r"[ -~]{24}")
_ENCODED: Final = re.compile(rb"\x1b|&#x")
"""What may stand for another letter among ASCII."""
_STRAY: Final = 3
"""More stray bytes than these in a leader, and it is none."""

Format = Literal["auto", "marc21", "unimarc"]


class RecordTooLong(ValueError):
    """The record does not fit into ISO 2709: 99,999 bytes a record, 9,999 bytes a field."""


class _Refused(Exception):
    """Why a record can't be read; ``offset`` counts bytes from its beginning."""

    def __init__(self, code: str, offset: int, **params: object) -> None:
        self.code = code
        self.offset = offset
        self.params = params


def read(
    stream: BinaryIO, *, format: Format = "auto", encoding: str | None = None, position: int = 0
) -> Iterator[Outcome]:
    """Every record of a file, good or bad, in order.

    :param encoding: what to read with, whatever records say and look like.
    :param position: the position of the stream's first byte in its file.
    :raises LookupError: there is no such encoding.
    """
    forced = charsets.known(encoding) if encoding else None
    return _read(stream, format, forced, position)


def _read(stream: BinaryIO, format: Format, encoding: str | None, position: int) -> Iterator[Outcome]:
    number = 0
    for offset, raw in _chunks(stream):
        number += 1
        place = position + offset
        outcome = parse(raw, number=number, position=place, format=format, encoding=encoding)
        suspect = isinstance(outcome, Bad) or any(repair.code == "marc.wrong_length" for repair in outcome.repairs)
        if suspect and (cut := _record_inside(raw)):
            before, rest = raw[:cut], raw[cut:]
            junk = not before[:5].isdigit()
            if not junk:
                yield Bad(number, place, "marc.truncated", {}, before)
                number += 1
            outcome = parse(rest, number=number, position=place + cut, format=format, encoding=encoding)
            if junk and isinstance(outcome, Good):
                repairs = (Repair("marc.junk_before"), *outcome.repairs)
                outcome = Good(outcome.record, number, place + cut, outcome.dialect, outcome.encoding, repairs, rest)
        yield outcome


def _record_inside(raw: bytes) -> int:
    """Where a whole record begins inside a chunk: its length ends where the chunk ends. 0: nowhere."""
    for match in _LEADER_INSIDE.finditer(raw):
        place = match.start()
        base = int(match[2])
        if place and int(match[1]) == len(raw) - place > base > 24 and raw[place + base - 1] == 0x1E:
            return place
    return 0


def _chunks(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The bytes up to each end mark with their offset, without the padding between records."""
    buffer = b""
    position = 0
    while True:
        data = stream.read(_CHUNK)
        searched = len(buffer)
        buffer += data
        begin = 0
        while (end := buffer.find(RECORD_END, max(begin, searched))) >= 0:
            raw = buffer[begin : end + 1]
            if raw[0] in _PADDING:
                skipped = len(raw) - len(raw.lstrip(_PADDING))
                if skipped < len(raw) - 1:
                    begin += skipped
                    raw = raw[skipped:]
            yield position + begin, raw
            begin = end + 1
        position += begin
        buffer = buffer[begin:]
        if not data or len(buffer) > _GIVE_UP:
            rest = buffer.lstrip(_PADDING)
            if rest:
                yield position + len(buffer) - len(rest), rest.rstrip(_PADDING)
            if not data:
                return
            position += len(buffer)
            buffer = b""


def parse(
    raw: bytes, *, number: int = 1, position: int = 0, format: Format = "auto", encoding: str | None = None
) -> Outcome:
    """One record from its bytes (with the end mark)."""
    try:
        record, used, repairs = _parse(raw, format, encoding)
    except _Refused as refusal:
        return Bad(number, position + refusal.offset, refusal.code, refusal.params, raw)
    dialect = format if format != "auto" else detect_dialect(record)
    return Good(record, number, position, dialect, used, repairs, raw)


def _parse(raw: bytes, format: Format, encoding: str | None) -> tuple[MarcRecord, str, tuple[Repair, ...]]:
    repairs: list[Repair] = []
    leader = _leader(raw, repairs)
    if raw[-1] != 0x1D:
        # The last record of a file may lack nothing but its end mark.
        if not (raw[-1] == 0x1E and int(leader[:5]) == len(raw) + 1):
            raise _Refused("marc.truncated", 0)
        raw += RECORD_END
        repairs.append(Repair("marc.missing_end"))
    base = _base(raw, leader)
    if leader[:5] != f"{len(raw):05d}":
        repairs.append(Repair("marc.wrong_length"))
    if leader[12:17] != f"{base:05d}":
        repairs.append(Repair("marc.wrong_base"))
    directory = raw[24 : base - 1]
    body = raw[base:-1]
    if encoding is None and _in_order(directory, body):
        text = _plain(body)
        # «&#x» may be a letter that MARC-8 has no sign for.
        if text is not None and (leader[9] == "a" or (body.isascii() and b"&#x" not in body)):
            record = _fast(leader, directory, text)
            if record is not None:
                return record, "utf-8", tuple(repairs)
    spans = _spans(directory, body, repairs)
    pieces = [(tag, body[start:end]) for tag, start, end in spans]
    choice = charsets.choose(leader, pieces, body, forced=encoding, format=format)
    if choice.repair:
        repairs.append(Repair("marc.wrong_encoding", {"encoding": choice.name}))
    transcoded = choice.repair or (choice.name != "utf-8" and not (body.isascii() and not _ENCODED.search(body)))
    if transcoded and leader[9] == " " and _family({tag for tag, _, _ in spans}, format) == "marc21":
        # It is Unicode from here on. UNIMARC says that in field 100; its leader/09 has another meaning.
        leader = f"{leader[:9]}a{leader[10:]}"
    decode = charsets.decoder(choice.name)
    record = MarcRecord(leader)
    unreadable = 0
    for tag, start, end in spans:
        one = _field(tag, body[start:end], decode, base + start, repairs)
        lost = _replaced(one, body[start:end])
        if lost:
            unreadable += lost
            repairs.append(Repair("marc.replaced_bytes", {"tag": tag}))
            if unreadable > 10 and unreadable > len(body) // 20:
                raise _Refused("marc.bad_encoding", base + start + _first_high(body[start:end]), tag=tag)
        record.fields.append(one)
    return record, choice.name, tuple(repairs)


def _family(tags: set[str], format: str) -> str:
    """The dialect as far as the tags alone tell it."""
    if format != "auto":
        return format
    return "unimarc" if "200" in tags and "245" not in tags else "marc21"


def _leader(raw: bytes, repairs: list[Repair]) -> str:
    """The leader, where there is one; a few stray bytes in it become blanks.

    :raises _Refused: the bytes are too few or are no leader.
    """
    if not raw[:5].isdigit():
        raise _Refused("marc.bad_leader" if FIELD_END in raw[24:] and raw[12:17].isdigit() else "marc.not_marc", 0)
    if len(raw) < 24:
        raise _Refused("marc.bad_leader" if raw.endswith(RECORD_END) else "marc.truncated", 0)
    leader = raw[:24].decode("latin-1")
    if not _LEADER.fullmatch(leader):
        wrong = [place for place, letter in enumerate(leader) if not " " <= letter <= "~"]
        if len(wrong) > _STRAY:
            raise _Refused("marc.bad_leader", wrong[0])
        repairs.append(Repair("marc.wrong_leader"))
        leader = "".join(letter if " " <= letter <= "~" else " " for letter in leader)
    return leader


def _base(raw: bytes, leader: str) -> int:
    """Where the data begin: by the leader if it holds, else after the first end of a field."""
    if leader[12:17].isdecimal():
        base = int(leader[12:17])
        if 25 < base < len(raw) and raw[base - 1] == 0x1E and (base - 25) % 12 == 0 and base == raw.find(FIELD_END) + 1:
            return base
    end = raw.find(FIELD_END, 24)
    if end < 0:
        raise _Refused("marc.empty" if len(raw) < 26 else "marc.bad_directory", 24)
    if end == 24:
        raise _Refused("marc.empty", 24)
    if (end - 24) % 12:
        raise _Refused("marc.bad_directory", 24 + (end - 24) // 12 * 12)
    return end + 1


def _in_order(directory: bytes, body: bytes) -> bool:
    """Whether the directory is right and lists every field in the order of the data."""
    expected = 0
    size = len(body)
    try:
        for place in range(0, len(directory), 12):
            length = int(directory[place + 3 : place + 7])
            if int(directory[place + 7 : place + 12]) != expected or not length:
                return False
            expected += length
            if expected > size or body[expected - 1] != 0x1E:
                return False
    except ValueError:
        return False
    return expected == size and body.count(FIELD_END) == len(directory) // 12


def _plain(body: bytes) -> str | None:
    """The text where it is ASCII without escape sequences, or UTF-8."""
    if b"\x1b" in body:
        return None
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _fast(leader: str, directory: bytes, text: str) -> MarcRecord | None:
    """The record where nothing is wrong with it; None where somebody must look closer."""
    try:
        entries = directory.decode("ascii")
    except UnicodeDecodeError:
        return None
    fields = []
    place = 0
    for piece in text.split("\x1e")[:-1]:
        tag = entries[place : place + 3]
        place += 12
        if tag < "010":
            if tag[:2] != "00":
                return None
            fields.append(Field(tag, data=piece))
            continue
        head, *parts = piece.split("\x1f")
        if not parts or len(head) != 2:
            return None
        subfields = []
        for part in parts:
            if not part or part[0] > "~":
                return None
            subfields.append(Subfield(part[0], part[1:]))
        fields.append(Field(tag, head[0], head[1], subfields))
    return MarcRecord(leader, fields)


def _spans(directory: bytes, body: bytes, repairs: list[Repair]) -> list[tuple[str, int, int]]:
    """Tag, begin and end (without the end mark) of every field, in the order of the directory."""
    tags = []
    for place in range(0, len(directory), 12):
        tag = directory[place : place + 3]
        if not tag.isalnum() or not tag.isascii():
            raise _Refused("marc.bad_directory", 24 + place)
        tags.append(tag.decode("ascii"))
    listed = _listed(directory, body)
    if listed is not None:
        if len(set(listed)) < body.count(FIELD_END) or not body.endswith(FIELD_END):
            repairs.append(Repair("marc.unlisted_data"))
        return [(tag, start, end) for tag, (start, end) in zip(tags, listed, strict=True)]
    ends = [place for place, byte in enumerate(body) if byte == 0x1E]
    if not ends or len(ends) != len(tags) or body[ends[-1] + 1 :].strip(_PADDING):
        raise _Refused("marc.bad_directory", 24 + 12 * _first_wrong(directory, body))
    repairs.append(Repair("marc.wrong_directory"))
    found = list(zip([0, *(end + 1 for end in ends)], ends, strict=False))
    starts = [directory[place + 7 : place + 12] for place in range(0, len(directory), 12)]
    if len(set(starts)) == len(starts) and b"".join(starts).isdigit():
        # Its addresses are off, but they still tell the order in which the fields lie.
        rank = {start: place for place, start in enumerate(sorted(starts))}
        found = [found[rank[start]] for start in starts]
    return [(tag, start, end) for tag, (start, end) in zip(tags, found, strict=True)]


def _listed(directory: bytes, body: bytes) -> list[tuple[int, int]] | None:
    """Begin and end of the fields as the directory has them; None where one of them is wrong."""
    spans = []
    for place in range(0, len(directory), 12):
        span = _entry(directory, body, place)
        if span is None:
            return None
        spans.append(span)
    return spans


def _entry(directory: bytes, body: bytes, place: int) -> tuple[int, int] | None:
    numbers = directory[place + 3 : place + 12]
    if not numbers.isdigit():
        return None
    length, start = int(numbers[:4]), int(numbers[4:])
    end = start + length - 1
    if not length or end >= len(body) or body[end] != 0x1E or body.find(FIELD_END, start, end) >= 0:
        return None
    if start and body[start - 1] != 0x1E:
        return None
    return start, end


def _first_wrong(directory: bytes, body: bytes) -> int:
    """The number of the directory's first wrong entry, from 0."""
    count = len(directory) // 12
    return next((place for place in range(count) if _entry(directory, body, place * 12) is None), 0)


def _field(tag: str, data: bytes, decode: Callable[[bytes], str], place: int, repairs: list[Repair]) -> Field:
    """A field from its bytes, which begin at ``place`` of the record."""
    head, *parts = data.split(SUBFIELD)
    if tag.startswith("00") or (not parts and len(head) != 2):
        return Field(tag, data=decode(data))
    place += len(head)
    subfields = []
    for part in parts:
        if not part:
            repairs.append(Repair("marc.empty_subfield", {"tag": tag}))
        elif part[0] >= 0x7F or part[0] < 0x20:
            raise _Refused("marc.bad_subfield", place + 1, tag=tag)
        else:
            subfields.append(Subfield(chr(part[0]), decode(part[1:])))
        place += 1 + len(part)
    indicators = head.decode("latin-1")
    return Field(tag, indicators[:1], indicators[1:], subfields)


def _replaced(one: Field, data: bytes) -> int:
    """How many letters of a field could not be read (U+FFFD that the bytes did not have themselves)."""
    text = one.data if one.data is not None else "".join(part.value for part in one.subfields)
    count = text.count(charsets.REPLACEMENT)
    return max(count - data.count(b"\xef\xbf\xbd"), 0) if count else 0


def _first_high(data: bytes) -> int:
    return next((place for place, byte in enumerate(data) if byte >= 0x80), 0)


def write(record: MarcRecord, encoding: str = "utf-8") -> bytes:
    """The record as ISO 2709 bytes; lengths and addresses are computed, and leader/09 of MARC 21 is made true.

    What was read from valid UTF-8 that says so, with the fields in the order of the directory, comes out byte for
    byte. ``marc-8`` is read back letter for letter (composed), with ``&#xNNNN;`` for what it has no sign for.

    :raises RecordTooLong: it needs more than 99,999 bytes, or a field more than 9,999.
    """
    if charsets.known(encoding) != charsets.MARC8:
        fields = [_bytes_of(one, encoding) for one in record.fields]
    else:
        fields = [_marc8_of(one) for one in record.fields]
        if not charsets.is_plainly_marc8(b"".join(fields)):
            # Its few high bytes would be taken for another encoding's.
            fields = [_marc8_of(one, high=False) for one in record.fields]
    directory: list[str] = []
    start = 0
    for one, data in zip(record.fields, fields, strict=True):
        if len(data) > LONGEST_FIELD:
            raise RecordTooLong(f"field {one.tag} has {len(data)} bytes; ISO 2709 has room for {LONGEST_FIELD}")
        directory.append(f"{one.tag}{len(data):04d}{start:05d}")
        start += len(data)
    base = 24 + 12 * len(directory) + 1
    total = base + start + 1
    if total > LONGEST:
        raise RecordTooLong(f"the record has {total} bytes; ISO 2709 has room for {LONGEST}")
    leader = _written_leader(record, encoding, fields)
    head = f"{total:05d}{leader[5:12]}{base:05d}{leader[17:]}{''.join(directory)}\x1e"
    return b"".join([head.encode("ascii", errors="replace"), *fields, RECORD_END])


def _bytes_of(one: Field, encoding: str) -> bytes:
    if one.data is not None:
        return f"{one.data}\x1e".encode(encoding)
    parts = "".join([f"\x1f{part.code}{part.value}" for part in one.subfields])
    return f"{one.ind1}{one.ind2}{parts}\x1e".encode(encoding)


def _marc8_of(one: Field, *, high: bool = True) -> bytes:
    """Every subfield by itself, since sets in force end with it."""
    if one.data is not None:
        return charsets.to_marc8(one.data, high=high) + FIELD_END
    parts = [SUBFIELD + part.code.encode() + charsets.to_marc8(part.value, high=high) for part in one.subfields]
    return b"".join([f"{one.ind1}{one.ind2}".encode("ascii", errors="replace"), *parts, FIELD_END])


def _written_leader(record: MarcRecord, encoding: str, fields: list[bytes]) -> str:
    """The leader that says the encoding it is written in; in UNIMARC field 100 says it."""
    leader = f"{record.leader[:24]:24}"
    is_marc8 = charsets.known(encoding) == charsets.MARC8
    if leader[9] == ("a" if is_marc8 else " ") and detect_dialect(record) == "marc21":
        if is_marc8:
            return f"{leader[:9]} {leader[10:]}"
        if encoding == "utf-8" and not all(data.isascii() for data in fields):
            return f"{leader[:9]}a{leader[10:]}"
    return leader
