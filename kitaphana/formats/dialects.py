"""Which family a record belongs to, told by its content."""

from __future__ import annotations

from typing import Final

from kitaphana.formats.marc import MarcRecord


def detect_dialect(record: MarcRecord) -> str:
    """``marc21`` or ``unimarc`` (RUSMARC and KAZMARC are of that family)."""
    tags = {one.tag for one in record.fields}
    if "245" in tags and "200" not in tags:
        return "marc21"
    if "200" in tags and "245" not in tags:
        return "unimarc"
    first = record.first("100")
    coded = (first.get("a") or "") if first is not None else ""
    if coded[:8].isdigit() and len(coded) >= _CODED:
        return "unimarc"
    if "008" in tags:
        return "marc21"
    # Neither title nor coded field: tags that only one family has, and the end of the leader.
    if tags & _ONLY_UNIMARC or record.leader[20:24] == "450 ":
        return "unimarc"
    return "marc21"


_CODED: Final = 30
_ONLY_UNIMARC: Final = frozenset({"101", "102", "105", "106", "205", "215", "225", "675", "686", "701", "702", "801"})


def is_authority(record: MarcRecord) -> bool:
    """Whether it is an authority record: leader/06 is z (MARC 21), or x, y, z with a 2xx heading (UNIMARC)."""
    return record.leader[6:7] in {"x", "y", "z"}
