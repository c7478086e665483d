"""Messages of SIP2 (3M Standard Interchange Protocol, version 2.00), which self-check machines and gates speak.

A message is a line: two digits that name it, fields of fixed length in one stretch, then fields with a two-letter name,
each ended by a bar. With error detection a line ends with its sequence number (AY) and a checksum (AZ).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

LONGEST: Final = 8000
"""Bytes of a line; a longer one is no message."""

FIXED: Final[dict[str, int]] = {
    "01": 19, "09": 37, "11": 38, "15": 19, "17": 18, "19": 18, "23": 21, "25": 18, "29": 38, "35": 18, "37": 25,
    "63": 31, "65": 18, "93": 2, "97": 0, "99": 8,
    "10": 22, "12": 22, "16": 20, "18": 24, "20": 19, "24": 35, "26": 35, "30": 22, "36": 19, "38": 19, "64": 59,
    "66": 27, "94": 1, "96": 0, "98": 34,
}  # fmt: skip
"""Length of the fixed stretch by message (requests, then answers)."""

_END: Final = re.compile(r"AY(\d)AZ([0-9A-Fa-f]{4})$")


class SipError(ValueError):
    """A line that is no message; ``code`` is ``garbage``, ``checksum`` or ``unknown``."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(slots=True)
class Message:
    """A message. ``fields`` keep their order and repeat; ``sequence`` is None without error detection."""

    code: str
    fixed: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)
    sequence: int | None = None

    def get(self, name: str) -> str:
        """The first field of a name; empty where there is none."""
        return next((value for key, value in self.fields if key == name), "")

    def has(self, name: str) -> bool:
        """Whether a field is there, be it empty."""
        return any(key == name for key, _ in self.fields)


def checksum(data: bytes) -> str:
    """Four hexadecimal digits: with the sum of all bytes before them they make zero."""
    return f"{-sum(data) & 0xFFFF:04X}"


def parse(line: bytes, encoding: str = "utf-8") -> Message:
    """Read one line without its end.

    :raises SipError: it is too long or no message, its checksum is wrong, or nobody knows it.
    """
    if len(line) > LONGEST:
        raise SipError("garbage")
    text = line.decode(encoding, errors="replace").strip("\r\n\x00 ")
    code = text[:2]
    if not (len(code) == 2 and code.isascii() and code.isdigit()):
        raise SipError("garbage")
    sequence = None
    body = text[2:]
    if match := _END.search(body):
        stripped = line.strip(b"\r\n\x00 ")
        if checksum(stripped[:-4]) != match[2].upper():
            raise SipError("checksum")
        sequence = int(match[1])
        body = body[: match.start()]
    if code not in FIXED:
        raise SipError("unknown")
    length = FIXED[code]
    if len(body) < length:
        raise SipError("garbage")
    parts = [part for part in body[length:].split("|") if part]
    return Message(code, body[:length], [(part[:2], part[2:]) for part in parts], sequence)


def clean(value: str) -> str:
    """A value as it may stand in a field: without bars, ends of lines and control characters."""
    return "".join(one if one.isprintable() else " " for one in value).replace("|", "/")


def build(message: Message, encoding: str = "utf-8") -> bytes:
    """The line of a message with its end.

    :raises ValueError: the fixed stretch has a wrong length: a mistake of the caller.
    """
    if len(message.fixed) != FIXED[message.code]:
        raise ValueError(f"message {message.code} needs {FIXED[message.code]} fixed letters, not {len(message.fixed)}")
    text = message.code + message.fixed + "".join(f"{name}{clean(value)}|" for name, value in message.fields)
    data = text.encode(encoding, errors="replace")
    if message.sequence is not None:
        data += f"AY{message.sequence}AZ".encode()
        data += checksum(data).encode()
    return data + b"\r"


def stamp(at: datetime) -> str:
    """A date and time of 18 letters: YYYYMMDD, four blanks for local time, HHMMSS."""
    return f"{at:%Y%m%d}    {at:%H%M%S}"


def flag(*, yes: bool) -> str:
    """Y or N."""
    return "Y" if yes else "N"


def several(name: str, values: Iterable[str]) -> list[tuple[str, str]]:
    """A field for each value."""
    return [(name, value) for value in values]


def window(values: Sequence[str], start: str, end: str) -> Sequence[str]:
    """The items from BP to BQ, counted from 1; all of them where neither is a number."""
    first = int(start) if start.isascii() and start.isdecimal() and len(start) < 6 else 1
    last = int(end) if end.isascii() and end.isdecimal() and len(end) < 6 else len(values)
    return values[max(first, 1) - 1 : last]
