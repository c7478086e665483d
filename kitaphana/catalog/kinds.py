"""What the describing form asks first for each kind of edition; everything else is folded away, nothing is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from kitaphana.catalog.enums import RecordKind


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
WIDE: Final = frozenset(
    {"title", "subtitle", "authors", "summary", "subjects", "contents", "url", "responsibility", "host_part"}
)
"""Fields that take a whole row."""


def template_of(kind: str) -> Template:
    """The form in which an edition of a kind is changed."""
    if kind == RecordKind.ARTICLE:
        return ARTICLE
    return next((one for one in TEMPLATES.values() if one.kind == kind), TEMPLATES["book"])
