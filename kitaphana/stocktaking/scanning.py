"""Scanning: one short transaction a scan, in which two people never wait for each other.

Hand-written SQL, on purpose: a shared lock on the stocktaking (so that nobody closes it halfway through a scan) can't
be told to the ORM, and everything a scan asks about a book fits into one question. A scan costs at most six
statements, whatever was scanned and however much.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.core.text.scanner import decode_scan
from kitaphana.fund.enums import CopyState
from kitaphana.fund.models import Copy
from kitaphana.organizations.models import Organization
from kitaphana.stocktaking import errors
from kitaphana.stocktaking.enums import Action, Outcome, Result
from kitaphana.stocktaking.models import Line, Scan, Stocktaking

LONGEST_CODE: Final = 60

_COPY: Final = """
SELECT c.id, c.library_id, c.barcode, c.state, c.shelf_mark, c.location_id, c.fund, r.title,
       l.id, l.scan_id, l.result,
       EXISTS (SELECT 1 FROM circulation_loan o WHERE o.copy_id = c.id AND o.returned_at IS NULL),
       EXISTS (SELECT 1 FROM stocktaking_scan s
                WHERE s.stocktaking_id = %s AND s.barcode = c.barcode AND s.undone_at IS NULL)
  FROM fund_copy c
  JOIN catalog_record r ON r.id = c.record_id
  LEFT JOIN stocktaking_line l ON l.copy_id = c.id AND l.stocktaking_id = %s
 WHERE {where}
"""
_BY_BARCODE: Final = _COPY.format(where="c.library_id = %s AND c.barcode = %s")
_BY_EITHER: Final = _COPY.format(
    where="c.library_id = %s AND (c.barcode = %s OR (c.fund = %s AND c.inventory_number = %s)) "
    "ORDER BY CASE WHEN c.barcode = %s THEN 0 ELSE 1 END LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody scans: a room (None: the library itself or not told), the shelf's name, and the class marks
    that belong on the shelf, separated by commas (empty: not checked)."""

    location: Organization | None = None
    shelf: str = ""
    marks: str = ""


@dataclass(frozen=True, slots=True)
class Scanned:
    """What became of a scan."""

    scan: Scan
    title: str = ""
    """Empty: no such book is known."""
    shelf_mark: str = ""
    is_repeat: bool = False
    """The command was carried out before; nothing was written now."""
    turned_up: bool = False
    """After the end: a book of the list of missing ones was found."""


@dataclass(frozen=True, slots=True)
class _Book:
    copy_id: int
    library_id: int
    barcode: str
    state: str
    shelf_mark: str
    location_id: int | None
    fund: str
    title: str
    line_id: int | None
    line_scan_id: int | None
    line_result: str | None
    is_lent: bool
    was_scanned: bool


@transaction.atomic
def scan(
    *,
    actor: Actor,
    stocktaking: Stocktaking,
    code: str,
    place: Place = Place(),
    at: datetime,
    command_id: UUID,
) -> Scanned:
    """Note that a book stands on a shelf. Nothing that was scanned is refused: what is not expected is told apart,
    and a scan that arrives after the end tells what turned up.

    ``code`` is a barcode as the scanner typed it under any keyboard layout, or an inventory number typed by hand.
    Repeating a ``command_id`` returns the first scan.

    :raises CommandReused: the id belongs to a scan of another stocktaking.
    :raises BadPlace: the room belongs to somebody else.
    """
    actor.require(Permission.FUND_STOCKTAKE, stocktaking.library.path)
    if place.location is not None and not place.location.path.startswith(stocktaking.library.path):
        raise errors.BadPlace(place=place.location.name)
    code = decode_scan(code.replace("\x00", ""))[:LONGEST_CODE]
    _one_by_one(stocktaking.pk, code)
    is_open, first_id = _state(stocktaking.pk, command_id)
    if first_id is not None:
        first = Scan.objects.select_related("copy__record").get(pk=first_id)
        if first.stocktaking_id != stocktaking.pk:
            raise errors.CommandReused
        title = first.copy.record.title if first.copy else ""
        return Scanned(scan=first, title=title, shelf_mark=first.copy.shelf_mark if first.copy else "", is_repeat=True)
    book = _book(stocktaking, code)
    outcome, note, was_scanned = _outcome(stocktaking, place, code, book)
    mine = book if book is not None and book.library_id == stocktaking.library_id else None
    found = Scan.objects.create(
        stocktaking=stocktaking,
        copy_id=book.copy_id if book else None,
        barcode=book.barcode if book else code,
        outcome=outcome,
        is_double=was_scanned,
        is_late=not is_open,
        location=place.location,
        shelf=_line(place.shelf, 60),
        note=note,
        at=at,
        actor_id=actor.user_id,
        command_id=command_id,
    )
    turned_up = False
    if mine is not None and mine.line_id is not None:
        if is_open and mine.line_scan_id is None:
            Line.objects.filter(pk=mine.line_id).update(scan=found)
        elif not is_open and mine.line_result == Result.MISSING:
            turned_up = bool(Line.objects.filter(pk=mine.line_id, turned_up_at=None).update(turned_up_at=at))
    return Scanned(
        scan=found,
        title=book.title if book else "",
        shelf_mark=book.shelf_mark if book else "",
        turned_up=turned_up,
    )


@transaction.atomic
def undo(*, actor: Actor, stocktaking: Stocktaking, scan: Scan, at: datetime, command_id: UUID | None = None) -> Scan:
    """Take a scan back: the book counts as not seen, unless it was scanned another time too.

    Doing it twice changes nothing.

    :raises Closed: the stocktaking is closed.
    :raises ScanNotFound: the scan belongs to another stocktaking.
    """
    actor.require(Permission.FUND_STOCKTAKE, stocktaking.library.path)
    if audit.repeated(command_id) is not None:
        return Scan.objects.get(pk=scan.pk)
    _one_by_one(stocktaking.pk, scan.barcode)
    is_open, _first = _state(stocktaking.pk, None)
    found = Scan.objects.filter(pk=scan.pk, stocktaking=stocktaking).first()
    if found is None:
        raise errors.ScanNotFound
    if found.undone_at is not None:
        return found
    if not is_open:
        raise errors.Closed(number=str(stocktaking))
    found.undone_at, found.undone_by_id = at, actor.user_id
    found.save(update_fields=["undone_at", "undone_by_id"])
    if not found.is_double:
        _pass_on(found)
    audit.record(
        actor,
        Action.UNDO,
        found,
        at=at,
        library_id=stocktaking.library_id,
        command_id=command_id,
        before={"barcode": found.barcode, "outcome": found.outcome},
    )
    return found


def _pass_on(undone: Scan) -> None:
    """The next scan of the same code counts now; without one the book is not found."""
    heir = (
        Scan.objects.filter(stocktaking=undone.stocktaking_id, barcode=undone.barcode, undone_at=None)
        .order_by("pk")
        .first()
    )
    if heir is not None:
        Scan.objects.filter(pk=heir.pk).update(is_double=False)
    Line.objects.filter(scan=undone).update(scan=heir)


def _one_by_one(stocktaking_id: int, code: str) -> None:
    """The same code scanned by two people at once: one after the other. Other codes don't wait. (SQLite writes
    one after the other anyway.)"""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [stocktaking_id % 2**31, code])


def _state(stocktaking_id: int, command_id: UUID | None) -> tuple[bool, int | None]:
    """Whether the stocktaking is open, held so until the transaction ends; and the scan that a repeated command
    made."""
    sql = """SELECT t.closed_at IS NULL, (SELECT s.id FROM stocktaking_scan s WHERE s.command_id = %s)
               FROM stocktaking_stocktaking t WHERE t.id = %s"""
    if connection.vendor == "postgresql":
        sql += " FOR SHARE OF t"
    field = Scan._meta.get_field("command_id")
    with connection.cursor() as cursor:
        cursor.execute(sql, [field.get_db_prep_value(command_id, connection), stocktaking_id])
        row = cursor.fetchone()
    if row is None:
        raise errors.StocktakingNotFound
    return bool(row[0]), row[1]


def _book(stocktaking: Stocktaking, code: str) -> _Book | None:
    """Our copy with a barcode, else with an inventory number, else somebody else's copy with the barcode."""
    asked = [stocktaking.pk, stocktaking.pk, stocktaking.library_id]
    digits = code.removeprefix("#").removeprefix("№").strip()
    with connection.cursor() as cursor:
        if digits.isascii() and digits.isdigit() and len(digits) < 8:
            cursor.execute(_BY_EITHER, [*asked, code, stocktaking.fund, int(digits), code])
        else:
            cursor.execute(_BY_BARCODE, [*asked, code])
        row = cursor.fetchone()
    if row is not None:
        return _Book(*row)
    foreign = (
        Copy.objects.filter(barcode=code)
        .exclude(library=stocktaking.library_id)
        .values_list("pk", "library_id", "barcode", "state", "shelf_mark", "location_id", "fund", "record__title")
        .first()
    )
    if foreign is None:
        return None
    told: tuple[Any, ...] = (*foreign, None, None, None, False, False)
    return _Book(*told)


def _outcome(stocktaking: Stocktaking, place: Place, code: str, book: _Book | None) -> tuple[Outcome, str, bool]:
    """What the book is, why it is misplaced, and whether it was scanned before."""
    if book is None or book.library_id != stocktaking.library_id:
        scanned = Scan.objects.filter(stocktaking=stocktaking, barcode=code, undone_at=None).exists()
        return (Outcome.UNKNOWN if book is None else Outcome.FOREIGN), "", scanned
    if book.state == CopyState.WRITTEN_OFF:
        return Outcome.WRITTEN_OFF, "", book.was_scanned
    if book.is_lent:
        return Outcome.ON_LOAN, "", book.was_scanned
    note = _misplaced(stocktaking, place, book)
    if note:
        return Outcome.MISPLACED, note, book.was_scanned
    return (Outcome.NEW if book.line_id is None else Outcome.FOUND), "", book.was_scanned


def _misplaced(stocktaking: Stocktaking, place: Place, book: _Book) -> str:
    """Why a book does not belong where it stands; empty: it does. The sentence is kept as the person read it."""
    if book.fund != stocktaking.fund:
        return _("Belongs to the other fund.")
    here = place.location.pk if place.location is not None else stocktaking.location_id
    if here is not None and book.location_id != here:
        home = Organization.objects.filter(pk=book.location_id).first() if book.location_id else None
        return _("Belongs to: %(place)s.") % {"place": home.name if home else _("the main room")}
    marks = [mark for part in place.marks.split(",") if (mark := part.strip())]
    own = book.shelf_mark.partition("\n")[0].strip()
    if marks and own and not any(own.startswith(mark) for mark in marks):
        return _("Its class mark is %(mark)s.") % {"mark": own}
    return ""


def _line(text: str, longest: int) -> str:
    """A text as one line that every database takes."""
    return " ".join(text.replace("\x00", "").split())[:longest]
