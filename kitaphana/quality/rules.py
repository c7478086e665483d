"""The rules a good record keeps, as functions of its columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.models import Record
from kitaphana.quality.enums import Rule

_ISBN_SINCE: Final = 1990
"""Books of Kazakhstan have had ISBNs since then."""
_WITHOUT_AUTHOR: Final = {RecordKind.PERIODICAL, RecordKind.MAP, RecordKind.KIT}
_PART: Final = RecordKind.ARTICLE
"""What stands in a journal or a book: its year, publisher and cover are those of the whole."""
_SHORT_TITLE: Final = 5
_NEEDED_COLUMNS: Final = (
    "pk", "authors", "responsibility", "year", "publisher", "language", "kind", "isbns", "subjects", "udc", "bbk",
    "summary", "age_from", "grade", "cover", "title",
)  # fmt: skip


def _has_wrong_isbn(marc: str) -> bool:
    return '{"z":' in marc and '{"020":' in marc


RULES: Final[dict[Rule, Callable[[Record], bool]]] = {
    Rule.NO_AUTHOR: lambda one: not one.authors and not one.responsibility and one.kind not in _WITHOUT_AUTHOR,
    Rule.NO_YEAR: lambda one: one.year is None and one.kind != _PART,
    Rule.NO_PUBLISHER: lambda one: not one.publisher and one.kind != _PART,
    Rule.NO_LANGUAGE: lambda one: not one.language,
    Rule.NO_ISBN: lambda one: not one.isbns and one.year is not None and one.year >= _ISBN_SINCE
    and one.kind in {RecordKind.BOOK, RecordKind.TEXTBOOK},
    Rule.WRONG_ISBN: lambda one: not one.isbns and _has_wrong_isbn(one.marc),
    Rule.NO_SUBJECT: lambda one: not one.subjects,
    Rule.NO_CLASS: lambda one: not one.udc and not one.bbk,
    Rule.NO_SUMMARY: lambda one: not one.summary,
    Rule.NO_AGE: lambda one: one.age_from is None and one.grade is None and one.kind == RecordKind.BOOK,
    Rule.NO_GRADE: lambda one: one.grade is None and one.kind == RecordKind.TEXTBOOK,
    Rule.NO_COVER: lambda one: not one.cover and one.kind != _PART,
    Rule.CAPITALS: lambda one: len(one.title) >= _SHORT_TITLE and one.title.isupper(),
}  # fmt: skip
"""Each says whether a record breaks the rule."""


def broken(record: Record) -> list[Rule]:
    """The rules that a record does not keep."""
    return [rule for rule, breaks in RULES.items() if breaks(record)]
