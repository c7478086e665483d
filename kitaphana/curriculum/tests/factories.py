"""Sets for the tests of the curriculum and of those above it."""

from __future__ import annotations

from typing import Any

from kitaphana.catalog.models import Record, RecordIsbn
from kitaphana.core.access import SYSTEM
from kitaphana.curriculum import services
from kitaphana.curriculum.models import SetTitle, TextbookSet
from kitaphana.fund.tests.factories import AT, record
from kitaphana.organizations.models import Organization


def textbook(title: str = "Алгебра", grade: int = 7, *, isbn: str = "", **columns: Any) -> Record:
    """A textbook in the catalogue."""
    made = record(title, kind="TEXTBOOK", grade=grade, isbns=[isbn] if isbn else [], **columns)
    if isbn:
        RecordIsbn.objects.create(record=made, isbn=isbn)
    return made


def make_set(organization: Organization, grade: int = 7, school_year: int = 2026, **fields: Any) -> TextbookSet:
    """An empty set in Kazakh."""
    values = {"language": "kaz", "profile": "", **fields}
    return services.make_set(
        actor=SYSTEM, organization=organization, grade=grade, school_year=school_year, at=AT, **values
    )


def add_title(textbook_set: TextbookSet, subject: str = "Алгебра", *records: Record, **fields: Any) -> SetTitle:
    """A line with its editions."""
    title = services.add_title(actor=SYSTEM, textbook_set=textbook_set, subject=subject, at=AT, **fields)
    for one in records:
        services.add_edition(actor=SYSTEM, title=title, record=one, at=AT)
    return title
