"""The rows a command at the desk locks first: the reader's card and the copy, and what the rules ask of
loans.

Hand-written SQL, on purpose: the same four questions are asked at every loan, and making their text anew from
querysets took longer than answering them (measured on SQLite: 180 loans a second, now 750). The order of
locks is membership, copy, loan, holds by turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from kitaphana.circulation.enums import HoldState
from kitaphana.core.text.names import PersonName

_READER: Final = """
SELECT m.id, m.person_id, m.category, m.school_class_id, c.grade, m.valid_until, m.left_on,
       p.surname, p.given_name, p.patronymic,
       EXISTS (SELECT 1 FROM circulation_readernote n
                WHERE n.membership_id = m.id AND n.is_blocking AND n.closed_at IS NULL)
  FROM people_membership m
  JOIN people_person p ON p.id = m.person_id
  LEFT JOIN people_schoolclass c ON c.id = m.school_class_id
 WHERE m.library_id = %s AND m.card_number = %s
"""
_COPY: Final = """
SELECT c.id, c.library_id, c.record_id, c.fund, c.barcode, c.inventory_number, c.state, c.is_reference,
r.title
  FROM fund_copy c
  JOIN catalog_record r ON r.id = c.record_id
 WHERE c.library_id = %s AND c.barcode = %s
"""
_FACTS: Final = """
SELECT (SELECT COUNT(*) FROM circulation_loan l JOIN fund_copy c ON c.id = l.copy_id
         WHERE l.person_id = %s AND l.library_id = %s AND l.returned_at IS NULL AND c.fund = %s),
       (SELECT COUNT(*) FROM circulation_loan l
         WHERE l.person_id = %s AND l.library_id = %s AND l.returned_at IS NULL AND l.due_on < %s),
       (SELECT l.id FROM circulation_loan l WHERE l.copy_id = %s AND l.returned_at IS NULL),
       (SELECT COUNT(*) FROM circulation_hold h
         WHERE h.library_id = %s AND h.record_id = %s AND h.state IN (%s, %s))
"""


@dataclass(frozen=True, slots=True)
class LockedReader:
    """A membership with what lending asks of it."""

    membership_id: int
    person_id: int
    category: str
    school_class_id: int | None
    grade: int | None
    valid_until: date
    left_on: date | None
    name: PersonName
    has_blocking_note: bool


@dataclass(frozen=True, slots=True)
class LockedCopy:
    """A copy with what the desk asks of it."""

    pk: int
    library_id: int
    record_id: int
    fund: str
    barcode: str
    inventory_number: int
    state: str
    is_reference: bool
    title: str
    """Not longer than a line."""


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """What the rules of lending ask of loans and holds."""

    used: int
    """Open loans of the reader of the copy's fund."""
    overdue: int
    loan_id: int | None
    """The open loan of the copy."""
    claims: int
    """Open holds on the title."""


def reader(library_id: int, card: str) -> LockedReader | None:
    """The reader with a card, locked (one statement)."""
    row = _row(_READER, [library_id, card], lock="m")
    if row is None:
        return None
    return LockedReader(
        membership_id=row[0],
        person_id=row[1],
        category=row[2],
        school_class_id=row[3],
        grade=row[4],
        valid_until=_date(row[5]),
        left_on=None if row[6] is None else _date(row[6]),
        name=PersonName(*row[7:10]),
        has_blocking_note=bool(row[10]),
    )


def copy(library_id: int, barcode: str) -> LockedCopy | None:
    """The library's copy with a barcode, locked (one statement)."""
    row = _row(_COPY, [library_id, barcode], lock="c")
    if row is None:
        return None
    return LockedCopy(
        pk=row[0],
        library_id=row[1],
        record_id=row[2],
        fund=row[3],
        barcode=row[4],
        inventory_number=row[5],
        state=row[6],
        is_reference=bool(row[7]),
        title=in_a_line(row[8]),
    )


def facts(*, library_id: int, person_id: int, copy: LockedCopy, on: date) -> LoanFacts:
    """Loans of the reader and the copy, holds on the title (one statement, however many loans)."""
    mine = [person_id, library_id]
    row = _row(
        _FACTS,
        [
            *mine,
            copy.fund,
            *mine,
            on,
            copy.pk,
            library_id,
            copy.record_id,
            HoldState.WAITING,
            HoldState.READY,
        ],
    )
    if row is None:
        raise AssertionError("a SELECT of scalars always has a row")
    return LoanFacts(*row)


def in_a_line(title: str) -> str:
    """A title as it stands in sentences: cut to the length of a line."""
    return title if len(title) <= 120 else f"{title[:117]}…"


def _row(sql: str, parameters: list[Any], *, lock: str = "") -> tuple[Any, ...] | None:
    if lock and connection.features.has_select_for_update:
        sql += f" FOR UPDATE OF {lock}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [str(p) if isinstance(p, HoldState) else p for p in parameters])
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found


def _date(value: date | str) -> date:
    """SQLite keeps days as text, PostgreSQL as days."""
    return date.fromisoformat(value) if isinstance(value, str) else value
