"""Which family a record belongs to, told by its content."""

from __future__ import annotations

from kitaphana.formats.marc import MarcRecord


def detect_dialect(record: MarcRecord) -> str:
    """``marc21`` or ``unimarc`` (RUSMARC and KAZMARC are of that family)."""
    tags = {one.tag for one in record.fields}
    if "245" in tags and "200" not in tags:
        return "marc21"
    if "200" in tags and "245" not in tags:
        return "unimarc"
    first = record.first("100")
    if first is not None and (first.get("a") or "")[:8].isdigit() and len(first.get("a") or "") >= 30:
        return "unimarc"
    return "marc21"


def is_authority(record: MarcRecord) -> bool:
    """Whether it is an authority record: leader/06 is z (MARC 21), or x, y, z with a 2xx heading (UNIMARC)."""
    return record.leader[6:7] in {"x", "y", "z"}
