"""What the describing form asks first for each kind of edition; everything else is folded away, nothing is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from kitaphana.catalog.enums import RecordKind
from kitaphana.formats.marc21 import skeleton


@dataclass(frozen=True, slots=True)
class Template:
    """A describing form: its name in addresses, the kind of edition it makes, the fields in front in their order."""

    name: str
    label: str | Promise
    kind: RecordKind
    fields: tuple[str, ...]


def _template(name: str, label: str | Promise, kind: RecordKind, fields: str) -> Template:
    return Template(name, label, kind, tuple(fields.split()))


TEMPLATES: Final[dict[str, Template]] = {
    one.name: one
    for one in (
        _template(
            "book", RecordKind.BOOK.label, RecordKind.BOOK,
            "isbn kind title subtitle authors place publisher year language extent udc age_from age_to cover summary"
            " subjects",
        ),
        _template(
            "textbook", RecordKind.TEXTBOOK.label, RecordKind.TEXTBOOK,
            "isbn grade title subtitle authors place publisher year edition language extent udc cover subjects contents",
        ),
        _template(
            "fiction", pgettext_lazy("kind of edition", "Fiction"), RecordKind.BOOK,
            "isbn language title subtitle authors series publisher year age_from age_to place extent bbk udc cover"
            " summary subjects",
        ),
        _template(
            "periodical", RecordKind.PERIODICAL.label, RecordKind.PERIODICAL,
            "issn frequency title subtitle publisher place numbering year language age_from age_to cover summary subjects",
        ),
        _template(
            "ebook", RecordKind.ELECTRONIC.label, RecordKind.ELECTRONIC,
            "isbn language title subtitle authors url publisher year extent udc age_from age_to cover summary subjects"
            " contents",
        ),
        _template(
            "map", RecordKind.MAP.label, RecordKind.MAP,
            "isbn scale title subtitle responsibility publisher place year language extent grade cover subjects",
        ),
        _template(
            "kit", RecordKind.KIT.label, RecordKind.KIT,
            "isbn language title subtitle contents publisher year extent age_from age_to grade cover summary subjects",
        ),
    )
}  # fmt: skip
"""The forms a new edition may begin with, by name."""
ARTICLE: Final = _template(
    "article", RecordKind.ARTICLE.label, RecordKind.ARTICLE,
    "title subtitle authors host_part language udc summary subjects",
)  # fmt: skip
"""An article or another part of a journal or a book; begun from the page of that."""
MARC: Final[dict[str, str]] = {
    "book": "020 041 080 084 100 245abc 250 260abc 300abc 490 520 521 650 653 700 856u",
    "textbook": "020 041 080 084 100 245abc 250 260abc 300abc 490 505 521 650 655 700",
    "fiction": "020 041 080 084 100 240 245abc 260abc 300abc 490 520 521 650 655 700",
    "periodical": "022 041 080 084 245abc 260abc 310 362 490 520 521 550 650 710 780tx 785tx",
    "ebook": "020 041 080 084 100 245abc 260abc 300abc 338 347 505 520 521 538 650 700 856u",
    "map": "020 041 080 084 110 245abc 255abc 260abc 300abc 490 520 521 651 650 710",
    "kit": "020 041 080 084 245abc 260abc 300ae 500 505 520 521 650 710",
}
"""The fields with which a new record begins in the MARC editor."""
WIDE: Final = frozenset(
    {"title", "subtitle", "authors", "summary", "subjects", "contents", "url", "responsibility", "host_part"}
)
"""Fields that take a whole row."""


_BOOK: Final = " " * 11 + "000 0 "
_FIXED: Final = {
    "periodical": ("as", "c", "mr p       0    0"),
    "ebook": ("am", "s", f"{_BOOK[:5]}o{_BOOK[6:]}"),
    "fiction": ("am", "s", f"{_BOOK[:15]}1 "),
    "map": ("em", "s", " " * 7 + "a     0   "),
    "kit": ("om", "s", "nnn" + " " * 12 + "bn"),
}
"""Kind and level of the leader, kind of the year, and positions 18–34 of field 008, which each material has of its own."""


def empty_record(template: Template) -> str:
    """A new record of a kind in the line form of the MARC editor, its fixed fields set as they mostly are."""
    codes, dates, middle = _FIXED.get(template.name, ("am", "s", _BOOK))
    years = "    9999" if dates == "c" else " " * 8
    fixed = f"000000{dates}{years}kz {middle:17}kaz  "
    return skeleton(f"00000n{codes} a2200000 i 4500", fixed, MARC[template.name])


def template_of(kind: str) -> Template:
    """The form in which an edition of a kind is changed."""
    if kind == RecordKind.ARTICLE:
        return ARTICLE
    return next((one for one in TEMPLATES.values() if one.kind == kind), TEMPLATES["book"])
