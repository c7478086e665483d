"""Works: editions and translations of one text are gathered by a key, which the MARC decides.

A record says of which work it is by its title and first author. A translation says so by its original title: in a
uniform title (130, 240) or in an original language entry (765). Authorities bring the spellings of the author
together. To gather by hand is therefore to write the uniform title into a record, as every cataloguing rule has it;
nothing is kept beside the MARC.
"""

from __future__ import annotations

import hashlib
from typing import Final

from kitaphana.catalog.matching import surname_key, title_key
from kitaphana.core.text.skeleton import name_skeleton
from kitaphana.formats.bibliographic import Description, clean
from kitaphana.formats.marc import Field, MarcRecord, Subfield

_UNIFORM: Final = ("130", "240")
_TITLE: Final = "anp"


def uniform_title(marc: MarcRecord) -> str:
    """The title of the original, where the record says it; else empty."""
    for tag in _UNIFORM:
        one = marc.first(tag)
        if one is not None and (text := clean(" ".join(one.all(_TITLE)))):
            return text
    original = marc.first("765")
    return clean(original.get("t") or "") if original is not None else ""


def gather_key(marc: MarcRecord, description: Description, author_id: int | None = None) -> str:
    """Digest that the editions and translations of a work share, 32 hex digits; empty where nothing can be said.

    ``author_id``: the authority of the first author, where it is known.
    """
    uniform = uniform_title(marc)
    title = title_key(uniform or description.title)
    author = ""
    if author_id is not None:
        author = f"#{author_id}"
    elif description.authors:
        name = description.authors[0].partition(",")[0].strip()
        author = name_skeleton(name) or surname_key(description.authors[0])
    if not title or not (author or uniform):
        return ""
    return hashlib.sha256(f"{title}|{author}|{description.grade or ''}".encode()).hexdigest()[:32]


def set_uniform_title(marc: MarcRecord, title: str) -> None:
    """Write the title of the original into a record, or take it out where it is empty."""
    text = " ".join(title.split())
    marc.remove("130", "240")
    if not text:
        return
    has_author = any(one.tag in {"100", "110", "111"} for one in marc.fields)
    tag, indicators = ("240", "10") if has_author else ("130", "0 ")
    marc.add(Field(tag, indicators[0], indicators[1], [Subfield("a", text)]))
