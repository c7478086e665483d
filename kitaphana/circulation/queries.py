"""Reads of circulation: what a reader has, who has a copy, the queue, the hold shelf, what is overdue."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from kitaphana.catalog.models import Record
from kitaphana.circulation import policies
from kitaphana.circulation.enums import HoldState
from kitaphana.circulation.models import Hold, Loan, ReaderNote, Renewal, StockLoan
from kitaphana.circulation.policies import Policy
from kitaphana.core.text.names import name_key
from kitaphana.core.text.scanner import decode_scan, looks_like_code
from kitaphana.fund import queries as fund_queries
from kitaphana.fund.barcodes import check_digit
from kitaphana.fund.enums import CopyState, FundType
from kitaphana.fund.models import Copy, Stock
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import Category
from kitaphana.people.models import Membership, Person

OPEN_HOLDS = (HoldState.WAITING, HoldState.READY)


def policy_for(library: Organization, category: str, fund: str) -> Policy:
    """The policy in force, inherited down the network (kept in the process for half a minute)."""
    return policies.policy_for(library, category, fund)


# Loans


def loans() -> QuerySet[Loan]:
    """Loans with everything that is shown of one: copy, title, reader, class."""
    return Loan.objects.select_related("copy__record", "person", "school_class").defer(
        "copy__record__marc", "copy__record__summary"
    )


def open_loans(person: Person, library: Organization | None = None) -> QuerySet[Loan]:
    """What a person has now, at a library or anywhere; the newest first."""
    found = loans().filter(person=person, returned_at__isnull=True)
    if library is not None:
        found = found.filter(library=library)
    return found.order_by("-lent_at", "-id")


def past_loans(person: Person, library: Organization | None = None) -> QuerySet[Loan]:
    """What a person had and gave back; the latest return first."""
    found = loans().filter(person=person, returned_at__isnull=False)
    if library is not None:
        found = found.filter(library=library)
    return found.order_by("-returned_at", "-id")


def overdue_loans(library: Organization, on: date) -> QuerySet[Loan]:
    """Open loans of a library that are past their due date, by class and name."""
    return (
        loans()
        .filter(library=library, returned_at__isnull=True, due_on__lt=on)
        .order_by(
            F("school_class__grade").asc(nulls_last=True),
            "school_class__letter",
            "person__sort_key",
            "due_on",
            "id",
        )
    )


def open_loan(library: Organization, barcode: str) -> Loan | None:
    """The open loan of a library's copy."""
    return loans().filter(copy__library=library, copy__barcode=barcode, returned_at__isnull=True).first()


def open_loan_counts(library_id: int, person_ids: Iterable[int]) -> dict[int, int]:
    """How many books each of some persons has from a library; those without any are absent (one
    statement)."""
    counted = (
        Loan.objects.filter(library_id=library_id, person_id__in=list(person_ids), returned_at__isnull=True)
        .values_list("person_id")
        .annotate(number=Count("pk"))
        .order_by()
    )
    return {person_id: number for person_id, number in counted if person_id is not None}


# Count-based volumes


def stock_loans() -> QuerySet[StockLoan]:
    """Loans of count-based volumes with everything that is shown of one."""
    return StockLoan.objects.select_related("stock__record", "person", "school_class", "library").defer(
        "stock__record__marc", "stock__record__summary"
    )


def open_stock_loans(person_ids: Iterable[int], *, library: Organization | None = None) -> list[StockLoan]:
    """What persons have of count-based stock, of one library or of all (one statement), oldest first."""
    found = stock_loans().filter(person_id__in=list(person_ids), returned_at__isnull=True)
    if library is not None:
        found = found.filter(library=library)
    return list(found.order_by("lent_at", "id"))


def stock_by_isbn(library: Organization, isbn: str) -> Stock | None:
    """The library's registration card of an ISBN, the one with most on the shelf; None: it keeps none by count."""
    found = Stock.objects.filter(library=library, record__isbn_keys__isbn=isbn, quantity__gt=0)
    stock: Stock | None = found.select_related("record").order_by(F("issued") - F("quantity"), "pk").first()
    return stock


def open_stock_loan_counts(library_id: int, person_ids: Iterable[int]) -> dict[int, int]:
    """How many count-based volumes each of some persons has to bring back to a library; those without any are absent (one
    statement)."""
    counted = (
        StockLoan.objects.filter(
            library_id=library_id, person_id__in=list(person_ids), returned_at__isnull=True, is_returnable=True
        )
        .values_list("person_id")
        .annotate(number=Sum("quantity"))
        .order_by()
    )
    return {person_id: number for person_id, number in counted if person_id is not None}


def held_by_record(library: Organization) -> dict[int, dict[int, int]]:
    """What everybody has of the library's textbooks: person id → record id → volumes, counted ones and copies (two
    statements for the whole school)."""
    found: dict[int, dict[int, int]] = {}
    counted = (
        StockLoan.objects.filter(library=library, returned_at__isnull=True)
        .values_list("person_id", "stock__record_id", "quantity")
        .order_by()
    )
    copies = (
        Loan.objects.filter(library=library, returned_at__isnull=True, copy__fund=FundType.TEXTBOOK)
        .values_list("person_id", "copy__record_id", Value(1))
        .order_by()
    )
    for rows in (counted, copies):
        for person_id, record_id, quantity in rows:
            mine = found.setdefault(person_id or 0, {})
            mine[record_id] = mine.get(record_id, 0) + quantity
    return found


def open_copies_of(
    library: Organization, person_ids: Iterable[int], record_ids: Iterable[int]
) -> dict[tuple[int, int], int]:
    """How many copies with inventory numbers persons have of some editions: (person id, record id) → number (one
    statement)."""
    rows = (
        Loan.objects.filter(
            library=library,
            person_id__in=list(person_ids),
            copy__record_id__in=list(record_ids),
            returned_at__isnull=True,
        )
        .values_list("person_id", "copy__record_id")
        .annotate(number=Count("pk"))
        .order_by()
    )
    return {(person_id or 0, record_id): number for person_id, record_id, number in rows}


@dataclass(frozen=True, slots=True)
class Debt:
    """A book that a person has from some library, a copy or counted volumes."""

    library: Organization
    record: Record
    quantity: int
    due_on: date
    lent_on: date
    number: str
    """Inventory number of a copy; empty for counted volumes."""
    price: Decimal

    @property
    def sum(self) -> Decimal:
        """What the volumes cost, tenge."""
        return self.price * self.quantity


def debts(person_ids: Iterable[int]) -> dict[int, list[Debt]]:
    """Everything that persons have from any library, by person, earliest due first: three statements. Persons without
    debts are absent."""
    wanted = list(person_ids)
    found: dict[int, list[Debt]] = {}
    copies = loans().select_related("library").filter(person_id__in=wanted, returned_at__isnull=True)
    for loan in copies:
        copy = loan.copy
        found.setdefault(loan.person_id or 0, []).append(
            Debt(loan.library, copy.record, 1, loan.due_on, loan.lent_on, str(copy.inventory_number), copy.price)
        )
    counted = [loan for loan in open_stock_loans(wanted) if loan.is_returnable]
    prices = fund_queries.prices_of({loan.stock_id for loan in counted})
    for out in counted:
        found.setdefault(out.person_id or 0, []).append(
            Debt(
                out.library,
                out.stock.record,
                out.quantity,
                out.due_on,
                out.lent_on,
                "",
                prices.get(out.stock_id, Decimal(0)),
            )
        )
    for debts_of_one in found.values():
        debts_of_one.sort(key=lambda debt: (debt.due_on, debt.record.title))
    return found


# Holds


def holds() -> QuerySet[Hold]:
    """Holds with everything that is shown of one."""
    return Hold.objects.select_related("record", "copy", "person", "library").defer("record__marc", "record__summary")


def hold_shelf(library: Organization) -> QuerySet[Hold]:
    """Copies on the hold shelf, those to be freed first at the top."""
    return holds().filter(library=library, state=HoldState.READY).order_by("collect_until", "person__sort_key", "id")


def hold_queue(library: Organization) -> QuerySet[Hold]:
    """Readers who wait, by title and turn; ``free`` tells how many copies stand on the shelf and could be
    fetched."""
    return (
        holds()
        .filter(library=library, state=HoldState.WAITING)
        .annotate(
            free=Coalesce(Subquery(_free_copies(OuterRef("record_id"), OuterRef("library_id"))), 0),
        )
        .order_by("record__sort_title", "record_id", "placed_at", "id")
    )


def person_holds(person: Person, library: Organization | None = None) -> QuerySet[Hold]:
    """Open holds of a person with the ``place`` in the queue (1 is next); those ready first."""
    ahead = (
        Hold.objects.filter(library=OuterRef("library"), record=OuterRef("record"), state=HoldState.WAITING)
        .filter(Q(placed_at__lt=OuterRef("placed_at")) | Q(placed_at=OuterRef("placed_at"), pk__lt=OuterRef("pk")))
        .order_by()
        .values("record")
        .annotate(number=Count("pk"))
        .values("number")
    )
    found = holds().filter(person=person, state__in=OPEN_HOLDS)
    if library is not None:
        found = found.filter(library=library)
    return found.annotate(place=Coalesce(Subquery(ahead, output_field=IntegerField()), 0) + 1).order_by(
        "state", "placed_at", "id"
    )  # READY sorts before WAITING


def _free_copies(record: OuterRef, library: OuterRef) -> QuerySet[Any, Any]:
    """A subquery with the number of copies of a title that stand on the shelf and may be lent."""
    found: QuerySet[Any, Any] = free_copies().filter(record=record, library=library).order_by()
    counted: QuerySet[Any, Any] = found.values("record").annotate(number=Count("pk")).values("number")
    return counted


def free_copies() -> QuerySet[Copy]:
    """Copies in the fund that nobody has, that are not on the hold shelf and may leave the library."""
    return Copy.objects.filter(
        ~Exists(Loan.objects.filter(copy=OuterRef("pk"), returned_at__isnull=True)),
        ~Exists(Hold.objects.filter(copy=OuterRef("pk"), state=HoldState.READY)),
        state=CopyState.IN_FUND,
        is_reference=False,
    )


# Availability


@dataclass(slots=True)
class Availability:
    """How a title stands at one library."""

    total: int = 0
    """Copies in the fund."""
    free: int = 0
    """Copies on the shelf that may be lent now."""
    reference: int = 0
    """Copies for the reading room."""
    on_loan: int = 0
    on_hold_shelf: int = 0
    due_on: date | None = None
    """The earliest due date of the copies on loan."""
    waiting: int = 0
    """Readers in the queue."""


def availability(
    record_ids: Iterable[int], libraries: Iterable[Organization] | Iterable[int]
) -> dict[int, dict[int, Availability]]:
    """How titles stand at libraries: record id → library id → figures (three statements, however many
    titles)."""
    records = list(record_ids)
    places = [library if isinstance(library, int) else library.pk for library in libraries]
    found: dict[int, dict[int, Availability]] = {}
    copies = (
        Copy.objects.filter(record_id__in=records, library_id__in=places, state=CopyState.IN_FUND)
        .values_list("record_id", "library_id")
        .annotate(total=Count("pk"), reference=Count("pk", filter=Q(is_reference=True)))
        .order_by()
    )
    for record_id, library_id, total, reference in copies:
        found.setdefault(record_id, {})[library_id] = Availability(
            total=total, reference=reference, free=total - reference
        )
    lent = (
        Loan.objects.filter(copy__record_id__in=records, copy__library_id__in=places, returned_at__isnull=True)
        .values_list("copy__record_id", "copy__library_id", "copy__is_reference")
        .annotate(number=Count("pk"), due=Min("due_on"))
        .order_by()
    )
    for record_id, library_id, is_reference, number, due in lent:
        figures = found.setdefault(record_id, {}).setdefault(library_id, Availability())
        figures.on_loan += number
        if not is_reference:
            figures.free -= number
        figures.due_on = due if figures.due_on is None else min(figures.due_on, due)
    claims = (
        Hold.objects.filter(record_id__in=records, library_id__in=places, state__in=OPEN_HOLDS)
        .values_list("record_id", "library_id", "state")
        .annotate(number=Count("pk"))
        .order_by()
    )
    for record_id, library_id, state, number in claims:
        figures = found.setdefault(record_id, {}).setdefault(library_id, Availability())
        if state == HoldState.READY:
            figures.on_hold_shelf = number
            figures.free -= number
        else:
            figures.waiting = number
    for places_of_record in found.values():
        for figures in places_of_record.values():
            figures.free = max(figures.free, 0)
    return found


@dataclass(frozen=True, slots=True)
class CopyPlace:
    """Where a copy is now: with a reader, on the hold shelf, or on its shelf."""

    copy: Copy
    loan: Loan | None
    hold: Hold | None


def copy_place(copy: Copy) -> CopyPlace:
    """Who has a copy, or for whom it waits (two statements)."""
    loan = loans().filter(copy=copy, returned_at__isnull=True).first()
    hold = holds().filter(copy=copy, state=HoldState.READY).first()
    return CopyPlace(copy, loan, hold)


def copies_in_use(copy_ids: list[int]) -> dict[int, Loan | Hold]:
    """Which copies are lent or on the hold shelf, with the loan or the hold."""
    found: dict[int, Loan | Hold] = {
        hold.copy_id: hold
        for hold in holds().filter(copy_id__in=copy_ids, state=HoldState.READY)
        if hold.copy_id is not None
    }
    found.update({loan.copy_id: loan for loan in loans().filter(copy_id__in=copy_ids, returned_at__isnull=True)})
    return found


# The desk


@dataclass(frozen=True, slots=True)
class FundUse:
    """How far a reader has used the limit of a fund."""

    fund: str
    label: str
    used: int
    limit: int


@dataclass(frozen=True, slots=True)
class DeskReader:
    """Everything that the desk shows of a reader."""

    membership: Membership
    loans: list[Loan]
    """The newest first, at most ``DESK_LOANS``."""
    loan_count: int
    overdue_count: int
    uses: list[FundUse]
    notes: list[ReaderNote]
    ready: list[Hold]
    waiting: list[Hold]
    is_expired: bool

    @property
    def person(self) -> Person:
        """The reader."""
        return self.membership.person


DESK_LOANS = 60


def memberships() -> QuerySet[Membership]:
    """Memberships with person and class."""
    return Membership.objects.select_related("person", "school_class")


def desk_reader(library: Organization, card: str, *, on: date) -> DeskReader | None:
    """What the desk shows for a card, or None if no reader of the library has it."""
    membership = memberships().filter(library=library, card_number=card).first()
    return None if membership is None else desk_panel(library, membership, on=on)


def desk_panel(library: Organization, membership: Membership, *, on: date) -> DeskReader:
    """What the desk shows for a reader (four statements, however many loans)."""
    mine = Loan.objects.filter(person_id=membership.person_id, library=library, returned_at__isnull=True)
    figures = mine.aggregate(
        core=Count("pk", filter=Q(copy__fund=FundType.CORE)),
        textbooks=Count("pk", filter=Q(copy__fund=FundType.TEXTBOOK)),
        overdue=Count("pk", filter=Q(due_on__lt=on)),
    )
    uses = [
        FundUse(fund, str(fund.label), used, policy_for(library, membership.category, fund).terms.max_loans)
        for fund, used in ((FundType.CORE, figures["core"]), (FundType.TEXTBOOK, figures["textbooks"]))
    ]
    claims = list(person_holds(membership.person, library))
    return DeskReader(
        membership=membership,
        loans=list(open_loans(membership.person, library)[:DESK_LOANS]),
        loan_count=figures["core"] + figures["textbooks"],
        overdue_count=figures["overdue"],
        uses=uses,
        notes=list(open_notes(membership)),
        ready=[hold for hold in claims if hold.state == HoldState.READY],
        waiting=[hold for hold in claims if hold.state == HoldState.WAITING],
        is_expired=membership.valid_until < on,
    )


def open_notes(membership: Membership) -> QuerySet[ReaderNote]:
    """Notes about a reader that stand, blocking ones first."""
    return ReaderNote.objects.filter(membership=membership, closed_at__isnull=True).order_by("-is_blocking", "-id")


class Scanned(enum.Enum):
    """What was scanned or typed at the desk."""

    NOTHING = "nothing"
    CARD = "card"
    COPY = "copy"
    ISBN = "isbn"
    FOREIGN_COPY = "foreign_copy"
    NAME = "name"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan and what it turned out to be."""

    kind: Scanned
    code: str
    membership: Membership | None = None
    copy: Copy | None = None
    copies: list[CopyPlace] = field(default_factory=list)
    """For an ISBN: the library's copies of the edition."""
    readers: list[Membership] = field(default_factory=list)
    """For letters: readers whose names fit."""


FOUND_READERS = 20


def recognise(library: Organization, text: str) -> Scan:
    """What a text of the scan box is: a card or a copy of this library, an ISBN, another library's copy, a
    name.

    Undoes the Kazakh keyboard layout first. At most five statements.
    """
    text = " ".join(text.replace("\x00", "").split())[:200]
    code = decode_scan(text)
    if not code:
        return Scan(Scanned.NOTHING, "")
    if looks_like_code(code):
        membership = memberships().filter(library=library, card_number=code).first()
        if membership is not None:
            return Scan(Scanned.CARD, code, membership=membership)
        copy = _copies().filter(library=library, barcode=code).first()
        if copy is not None:
            return Scan(Scanned.COPY, code, copy=copy)
        isbn = isbn13(code)
        if isbn:
            copies = _copies().filter(library=library, state=CopyState.IN_FUND, record__isbn_keys__isbn=isbn)
            return Scan(Scanned.ISBN, isbn, copies=_places(list(copies.order_by("inventory_number")[:20])))
        copy = _copies().filter(barcode=code).first()
        if copy is not None:
            return Scan(Scanned.FOREIGN_COPY, code, copy=copy)
    if not any(letter.isalpha() for letter in text) or code.isdigit():
        return Scan(Scanned.UNKNOWN, code)
    return Scan(Scanned.NAME, text, readers=find_readers(library, text))


def find_readers(library: Organization, text: str) -> list[Membership]:
    """Present readers whose name has every given word, whatever its spelling; at most twenty."""
    words = name_key(text).split()
    if not words:
        return []
    found = memberships().filter(library=library, left_on__isnull=True)
    for word in words:
        found = found.filter(Q(person__name_key__startswith=word) | Q(person__name_key__contains=f" {word}"))
    return list(found.order_by("person__sort_key", "id")[:FOUND_READERS])


def _copies() -> QuerySet[Copy]:
    return Copy.objects.select_related("record", "library").defer("record__marc", "record__summary")


def _places(copies: list[Copy]) -> list[CopyPlace]:
    in_use = copies_in_use([copy.pk for copy in copies])
    places = []
    for copy in copies:
        use = in_use.get(copy.pk)
        places.append(CopyPlace(copy, use if isinstance(use, Loan) else None, use if isinstance(use, Hold) else None))
    return places


def isbn13(code: str) -> str:
    """The ISBN-13 that a code is (also of an ISBN-10), or an empty string."""
    digits = code.replace("-", "").upper()
    if len(digits) == 13 and digits.isdigit() and digits.startswith(("978", "979")):
        return digits if check_digit(digits[:12]) == int(digits[12]) else ""
    if len(digits) == 10 and digits[:9].isdigit() and (digits[9].isdigit() or digits[9] == "X"):
        values = [int(digit) for digit in digits[:9]] + [10 if digits[9] == "X" else int(digits[9])]
        if sum(value * (10 - position) for position, value in enumerate(values)) % 11 == 0:
            return f"978{digits[:9]}{check_digit('978' + digits[:9])}"
    return ""


# Papers and figures


@dataclass(frozen=True, slots=True)
class FormLine:
    """A line of the reader's form."""

    loan: Loan
    renewals: list[Renewal]


def form_lines(membership: Membership) -> list[FormLine]:
    """The lines of a reader's form: every loan of the library still linked to the person, in the order of
    lending."""
    mine = list(
        loans().filter(person_id=membership.person_id, library_id=membership.library_id).order_by("lent_at", "id")
    )
    renewals: dict[int, list[Renewal]] = {}
    for renewal in Renewal.objects.filter(loan__in=[loan.pk for loan in mine]).order_by("at", "id"):
        renewals.setdefault(renewal.loan_id, []).append(renewal)
    return [FormLine(loan, renewals.get(loan.pk, [])) for loan in mine]


def session_loans(membership: Membership, on: date) -> QuerySet[Loan]:
    """What was lent to a reader on a day and is still out, in the order of lending: the receipt."""
    return (
        loans()
        .filter(
            person_id=membership.person_id,
            library_id=membership.library_id,
            lent_on=on,
            returned_at__isnull=True,
        )
        .order_by("lent_at", "id")
    )


def returned_recently(library: Organization, since: datetime) -> QuerySet[Loan]:
    """Loans that ended since a moment, the latest first."""
    return loans().filter(library=library, returned_at__gte=since).order_by("-returned_at", "-id")


def to_fetch(queue: Iterable[Hold]) -> list[Hold]:
    """Of a queue (``hold_queue``), those for whom a copy stands on the shelf: as many as there are free
    copies."""
    taken: dict[int, int] = {}
    found = []
    for hold in queue:
        if taken.get(hold.record_id, 0) < hold.free:  # type: ignore[attr-defined]  # annotated by hold_queue
            taken[hold.record_id] = taken.get(hold.record_id, 0) + 1
            found.append(hold)
    return found


def membership_ids(library: Organization, person_ids: Iterable[int]) -> dict[int, int]:
    """Membership of each person at a library, by which pages link to readers (one statement)."""
    found = Membership.objects.filter(library=library, person_id__in=set(person_ids))
    return dict(found.values_list("person_id", "pk"))


@dataclass(frozen=True, slots=True)
class OverdueClass:
    """A class (None: readers without one) and how many overdue books it has."""

    class_id: int | None
    name: str
    count: int


def overdue_classes(library: Organization, on: date) -> list[OverdueClass]:
    """Overdue books by class (one statement)."""
    counted = (
        Loan.objects.filter(library=library, returned_at__isnull=True, due_on__lt=on)
        .values_list("school_class_id", "school_class__grade", "school_class__letter")
        .annotate(number=Count("pk"))
        .order_by(F("school_class__grade").asc(nulls_last=True), "school_class__letter")
    )
    return [
        OverdueClass(pk, "" if grade is None else f"{grade} «{letter}»" if letter else str(grade), number)
        for pk, grade, letter, number in counted
    ]


FOUND_TITLES = 20


def find_titles(library: Organization | None, text: str) -> list[Record]:
    """Editions by barcode of a copy, ISBN or words of the title; those a library has, or of the whole
    catalogue."""
    text = text.replace("\x00", "")
    code = decode_scan(text)
    found = Record.objects.defer("marc", "summary")
    if library is not None:
        here = Copy.objects.filter(library=library, state=CopyState.IN_FUND)
        found = found.filter(Exists(here.filter(record=OuterRef("pk"))))
    if looks_like_code(code):
        isbn = isbn13(code)
        by_code = found.filter(
            Q(isbn_keys__isbn=isbn) if isbn else Q(pk__in=Copy.objects.filter(barcode=code).values("record"))
        )
        if rows := list(by_code.distinct()[:FOUND_TITLES]):
            return rows
    for word in text.split()[:6]:
        condition = Q()
        # LIKE of SQLite knows the case of Latin letters only, so the spellings are written out.
        for spelling in {word, word.lower(), word.capitalize(), word.upper()}:
            condition |= Q(title__contains=spelling)
        found = found.filter(condition)
    return list(found.order_by("sort_title", "id")[:FOUND_TITLES])


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """What holds at a node for a category of readers and a fund."""

    category: str
    category_label: str
    fund: str
    fund_label: str
    policy: Policy
    is_own: bool
    """Set at this very node."""


def policy_table(node: Organization) -> list[PolicyLine]:
    """What is in force at a node for every category and fund, and where it comes from."""
    lines = []
    for fund in FundType:
        for category in Category:
            policy = policy_for(node, category, fund)
            lines.append(
                PolicyLine(
                    category,
                    str(category.label),
                    fund,
                    str(fund.label),
                    policy,
                    policy.organization_id == node.pk,
                )
            )
    return lines
