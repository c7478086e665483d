"""What the fund's templates can't say themselves."""

from __future__ import annotations

from django import template

from kitaphana.fund.queries import Figures, SummaryBook

register = template.Library()


@register.filter
def breakdown(figures: Figures, book: SummaryBook) -> list[list[tuple[str, int]]]:
    """Columns of a line that are not empty: by kind, content, language and reason."""
    parts = []
    for values, columns in (
        (figures.kinds, book.kinds),
        (figures.contents, book.contents),
        (figures.languages, book.languages),
        (figures.reasons, book.reasons),
    ):
        part = [(str(column.name), values[column.code].copies) for column in columns if values[column.code].copies]
        if part:
            parts.append(part)
    return parts


@register.filter
def year_query(query: str, year: int) -> str:
    """The query of an address with the year added."""
    return f"{query}&year={year}"
