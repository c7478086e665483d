"""Pupils × titles: what everybody of a class has, lacks and may get. The heart of textbooks.

A grid is read in a fixed number of statements, however many pupils and titles there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kitaphana.catalog.models import Record
from kitaphana.circulation import queries as circulation
from kitaphana.circulation.models import StockLoan
from kitaphana.circulation.services import IssueLine
from kitaphana.core.text.kazakh import sort_key
from kitaphana.curriculum import queries as curriculum
from kitaphana.curriculum.queries import SetView, TitleView
from kitaphana.fund import queries as fund
from kitaphana.fund.models import Stock
from kitaphana.people.models import Membership, SchoolClass
from kitaphana.textbooks.enums import CellState
from kitaphana.textbooks.models import OwnBook


@dataclass(slots=True)
class Column:
    """A title of the set, or (``title`` None) an edition outside it that somebody has."""

    key: str
    """``t12`` for a title of the set, ``r34`` for a record outside it: what forms name the column by."""
    name: str
    title: TitleView | None
    records: list[Record]
    """Printed editions that satisfy it, the preferred one first."""
    stocks: list[Stock]
    has_electronic: bool = False

    @property
    def on_shelf(self) -> int:
        """Volumes of any of its editions that nobody has."""
        return sum(stock.on_shelf for stock in self.stocks)


@dataclass(slots=True)
class Cell:
    """One person and one title."""

    column: Column
    need: int
    """Volumes the person is to have."""
    loans: list[StockLoan] = field(default_factory=list)
    copies: int = 0
    """Volumes with inventory numbers that the person has by the desk."""
    is_own: bool = False

    @property
    def to_return(self) -> list[StockLoan]:
        """What the person owes: loans without consumables."""
        return [loan for loan in self.loans if loan.is_returnable]

    @property
    def held(self) -> int:
        """Volumes the person has."""
        return self.copies + sum(loan.quantity for loan in self.loans)

    @property
    def lacks(self) -> int:
        """Volumes the person still has to get."""
        return 0 if self.is_own else max(self.need - self.held, 0)

    @property
    def state(self) -> CellState:
        """What the cell shows."""
        if self.lacks:
            return CellState.LACKS if self.column.on_shelf else CellState.NONE
        return CellState.OWN if self.is_own and not self.held else CellState.HELD


@dataclass(slots=True)
class Row:
    """A person with a cell for every column."""

    membership: Membership
    cells: list[Cell]
    is_teacher: bool = False
    others: list[StockLoan] = field(default_factory=list)
    """What the person has outside the columns: debts of other years or schools."""

    @property
    def lacks(self) -> int:
        """Volumes the person still has to get."""
        return sum(cell.lacks for cell in self.cells)

    @property
    def in_hand(self) -> int:
        """Volumes of all columns that the person has to bring back by count."""
        return sum(loan.quantity for cell in self.cells for loan in cell.to_return)


@dataclass(slots=True)
class Grid:
    """A class and its set."""

    school_class: SchoolClass
    set_view: SetView | None
    columns: list[Column]
    rows: list[Row]

    @property
    def needed(self) -> int:
        """Volumes of the whole class; own books are not needed."""
        return sum(cell.need for row in self.rows for cell in row.cells if not cell.is_own)

    @property
    def held(self) -> int:
        """Volumes issued, at most as many as needed."""
        return sum(min(cell.held, cell.need) for row in self.rows for cell in row.cells if not cell.is_own)

    @property
    def lacks(self) -> int:
        """Volumes still to be issued."""
        return sum(row.lacks for row in self.rows)


def _members(school_class: SchoolClass) -> list[Membership]:
    rows = Membership.objects.filter(school_class=school_class, left_on__isnull=True).select_related("person")
    return sorted(rows, key=lambda row: (row.person.sort_key, row.pk))


def _teacher(school_class: SchoolClass) -> Membership | None:
    if school_class.teacher_id is None:
        return None
    return (
        Membership.objects.filter(
            library_id=school_class.library_id, person_id=school_class.teacher_id, left_on__isnull=True
        )
        .select_related("person")
        .first()
    )


def class_grid(school_class: SchoolClass, *, with_others: bool = False) -> Grid:
    """Everybody of a class against the set that holds for it.

    ``with_others``: editions outside the set that somebody has become columns too (taking back in May must not
    overlook last year's).
    """
    library = school_class.library
    members, teacher = _members(school_class), _teacher(school_class)
    people = [row.person_id for row in members] + ([teacher.person_id] if teacher else [])
    view = curriculum.sets_for_classes(library, [school_class]).get(school_class.pk)
    titles = view.titles if view else ()
    loans = circulation.open_stock_loans(people)
    record_ids = {one.record_id for title in titles for one in title.editions}
    records = Record.objects.defer("marc", "summary").in_bulk(record_ids)
    stocks = fund.stocks_of(library, sorted(record_ids))
    copies = circulation.open_copies_of(library, people, record_ids)
    own = set(OwnBook.objects.filter(library=library, title__in=[title.id for title in titles]).values_list(
        "person_id", "title_id"
    ))  # fmt: skip
    columns = [_column(title, records, stocks) for title in titles]
    known = {record.pk for column in columns for record in column.records}
    if with_others:
        columns += _other_columns(loan for loan in loans if loan.library_id == library.pk and
                                  loan.stock.record_id not in known)  # fmt: skip
        known |= {record.pk for column in columns for record in column.records}
    by_person: dict[int, list[StockLoan]] = defaultdict(list)
    for loan in loans:
        by_person[loan.person_id or 0].append(loan)
    rows = [_row(member, columns, by_person, copies, own, library.pk, known) for member in members]
    if teacher is not None and any(title.per_teacher for title in titles):
        rows.append(_row(teacher, columns, by_person, copies, own, library.pk, known, is_teacher=True))
    return Grid(school_class, view, columns, rows)


def _column(title: TitleView, records: Mapping[int, Record], stocks: Mapping[int, Stock]) -> Column:
    printed = [one for one in title.editions if not one.is_electronic]
    # Editions that were dropped are still good enough to learn from, after all others.
    printed.sort(key=lambda one: (one.is_dropped, one.rank))
    return Column(
        key=f"t{title.id}",
        name=title.name,
        title=title,
        records=[records[one.record_id] for one in printed],
        stocks=[stocks[one.record_id] for one in printed if one.record_id in stocks],
        has_electronic=any(one.is_electronic for one in title.editions),
    )


def _other_columns(loans: Iterable[StockLoan]) -> list[Column]:
    found: dict[int, Column] = {}
    for loan in loans:
        record = loan.stock.record
        found.setdefault(record.pk, Column(f"r{record.pk}", record.title, None, [record], [loan.stock]))
    return sorted(found.values(), key=lambda column: sort_key(column.name))


def _row(
    member: Membership,
    columns: list[Column],
    loans: Mapping[int, list[StockLoan]],
    copies: Mapping[tuple[int, int], int],
    own: set[tuple[int, int]],
    library_id: int,
    known: set[int],
    *,
    is_teacher: bool = False,
) -> Row:
    mine = loans.get(member.person_id, [])
    cells = []
    for column in columns:
        ids = {record.pk for record in column.records}
        title = column.title
        cells.append(
            Cell(
                column=column,
                need=0 if title is None else title.per_teacher if is_teacher else title.per_pupil,
                loans=[loan for loan in mine if loan.stock.record_id in ids and loan.library_id == library_id],
                copies=sum(copies.get((member.person_id, pk), 0) for pk in ids),
                is_own=title is not None and (member.person_id, title.id) in own,
            )
        )
    owed = [loan for loan in mine if loan.is_returnable]
    others = [loan for loan in owed if loan.stock.record_id not in known or loan.library_id != library_id]
    return Row(member, cells, is_teacher, others)


def plan(grid: Grid, chosen: set[tuple[int, str]] | None, conditions: Mapping[tuple[int, str], str]) -> list[IssueLine]:
    """Which volumes go to whom: for every chosen cell (None: all) that lacks something and has stock.

    A class gets one and the same edition of a title where one edition suffices for all of it; else the preferred
    editions in turn. ``conditions``: of a cell, or of a whole column under person 0.
    """
    lines: list[IssueLine] = []
    for place, column in enumerate(grid.columns):
        wanting = [
            (row.membership.person_id, row.cells[place].lacks)
            for row in grid.rows
            if row.cells[place].lacks and (chosen is None or (row.membership.person_id, column.key) in chosen)
        ]
        total = sum(count for _, count in wanting)
        is_returnable = column.title is None or column.title.is_returned
        left = {stock.pk: stock.on_shelf for stock in column.stocks}
        order = sorted(left, key=lambda pk: left[pk] < total)  # stable: the preferred one among those that suffice
        for person_id, wanted in wanting:
            condition = conditions.get((person_id, column.key), conditions.get((0, column.key), ""))
            missing = wanted
            for pk in order:
                if taken := min(missing, left[pk]):
                    left[pk] -= taken
                    missing -= taken
                    lines.append(IssueLine(person_id, pk, taken, condition, is_returnable))
    return lines


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class in the list of classes: how far its issue is."""

    school_class: SchoolClass
    pupils: int
    titles: int
    needed: int
    held: int
    with_all: int
    """Pupils who have every title of the set."""
    has_set: bool

    @property
    def lacks(self) -> int:
        """Volumes still to be issued."""
        return self.needed - self.held

    @property
    def percent(self) -> int:
        """Issued of what is needed, whole percent rounded down."""
        return self.held * 100 // self.needed if self.needed else 0


def class_lines(classes: list[SchoolClass]) -> list[ClassLine]:
    """How far each class of one library is with its set: a fixed number of statements for the whole school."""
    if not classes:
        return []
    library = classes[0].library
    views = curriculum.sets_for_classes(library, classes)
    members: dict[int, list[int]] = defaultdict(list)
    for class_id, person_id in Membership.objects.filter(school_class__in=classes, left_on__isnull=True).values_list(
        "school_class_id", "person_id"
    ):
        members[class_id or 0].append(person_id)
    held = circulation.held_by_record(library)
    own = set(OwnBook.objects.filter(library=library).values_list("person_id", "title_id"))
    lines = []
    for school_class in classes:
        view, people = views.get(school_class.pk), members[school_class.pk]
        titles = view.titles if view else ()
        needed = got = complete = 0
        for person_id in people:
            mine = held.get(person_id, {})
            lacking = 0
            for title in titles:
                if (person_id, title.id) in own:
                    continue
                has = sum(mine.get(one.record_id, 0) for one in title.editions)
                needed += title.per_pupil
                got += min(has, title.per_pupil)
                lacking += max(title.per_pupil - has, 0)
            complete += bool(titles) and not lacking
        lines.append(ClassLine(school_class, len(people), len(titles), needed, got, complete, view is not None))
    return lines
