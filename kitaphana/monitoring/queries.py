"""Figures of a library or a part of the network, and the records behind each of them.

Every figure is counted by library in one statement and added up here, so a district costs as many statements as a
school. ``records`` gives the rows that a figure counts; a test says that both agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from kitaphana.circulation.enums import HoldState, LoanEnd
from kitaphana.circulation.models import Hold, Loan, Renewal, StockLoan, Visit
from kitaphana.core.money import ZERO, tenge
from kitaphana.fund.enums import ActKind, CopyState, FundType
from kitaphana.fund.models import Copy, LedgerEntry, Stock, StockLot
from kitaphana.fund.queries import IS_OPENING
from kitaphana.monitoring import groups
from kitaphana.monitoring.enums import Measure, Part
from kitaphana.monitoring.models import LibraryEvent, ReferenceAnswer
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization
from kitaphana.people.models import Membership
from kitaphana.regulations.queries import content_groups, pack_on

CHART_DAYS = 30


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``first`` to ``last``, both counted."""

    first: date
    last: date

    def contains(self, column: str) -> Q:
        """The condition «the day of that column lies in the period»."""
        return Q(**{f"{column}__gte": self.first, f"{column}__lte": self.last})

    def year_before(self) -> Period:
        """The same days a year earlier; 29 February becomes the 28th."""
        return Period(_year_before(self.first), _year_before(self.last))


def _year_before(day: date) -> date:
    last_of_february = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if last_of_february else day.day)


@dataclass(frozen=True, slots=True)
class Periods:
    """The four periods of a dashboard."""

    day: Period
    year: Period
    day_before: Period
    year_before: Period

    @classmethod
    def of(cls, today: date) -> Periods:
        """Today and the calendar year up to today, and both a year earlier."""
        day, year = Period(today, today), Period(today.replace(month=1, day=1), today)
        return cls(day, year, day.year_before(), year.year_before())

    def named(self) -> dict[str, Period]:
        """The periods by their names in the columns of a statement."""
        return {
            "day": self.day,
            "year": self.year,
            "day_before": self.day_before,
            "year_before": self.year_before,
        }


_OPEN = Q(returned_at__isnull=True)
PERIODS = ("day", "year", "day_before", "year_before")


def scope(node: Organization, field_name: str = "library") -> Q:
    """The condition «belongs to this library», or to any library below a node that is none itself."""
    if node.is_library:
        return Q(**{field_name: node.pk})
    return Q(**{f"{field_name}__in": Organization.objects.filter(path__startswith=node.path).values("pk")})


# Figures

Counts = dict[str, int]


@dataclass(slots=True)
class Figures:
    """Everything a dashboard counts of one library, or of several added up.

    Keys of the movement figures are the names of ``PERIODS``. Loans are kept by fund.
    """

    visits: Counts = field(default_factory=lambda: defaultdict(int))
    core_loans: Counts = field(default_factory=lambda: defaultdict(int))
    textbook_loans: Counts = field(default_factory=lambda: defaultdict(int))
    returns: Counts = field(default_factory=lambda: defaultdict(int))
    renewals: Counts = field(default_factory=lambda: defaultdict(int))
    active: Counts = field(default_factory=lambda: defaultdict(int))
    new_readers: Counts = field(default_factory=lambda: defaultdict(int))
    received: Counts = field(default_factory=lambda: defaultdict(int))
    readers: int = 0
    readers_before: int = 0
    """Readers registered on the same day a year earlier."""
    core_copies: int = 0
    core_titles: int = 0
    core_amount: Decimal = ZERO
    textbook_copies: int = 0
    textbook_titles: int = 0
    textbook_amount: Decimal = ZERO
    on_loan: int = 0
    overdue: int = 0
    holds_waiting: int = 0
    holds_ready: int = 0

    @property
    def copies(self) -> int:
        """Copies of both funds."""
        return self.core_copies + self.textbook_copies

    @property
    def amount(self) -> Decimal:
        """Sum of both funds in tenge."""
        return self.core_amount + self.textbook_amount

    def loans(self, period: str) -> int:
        """Loans of both funds in a period."""
        return self.core_loans[period] + self.textbook_loans[period]

    def add(self, other: Figures) -> None:
        """Add the figures of another library. Titles are counted in each library that has them."""
        for name in self.__slots__:
            mine, theirs = getattr(self, name), getattr(other, name)
            if isinstance(mine, dict):
                for key, number in theirs.items():
                    mine[key] += number
            else:
                setattr(self, name, mine + theirs)


def _per_period(periods: Periods, column: str, more: Q | None = None, prefix: str = "", what: str = "pk") -> Any:
    condition = more or Q()
    distinct = what != "pk"
    return {
        prefix + name: Count(what, filter=period.contains(column) & condition, distinct=distinct)
        for name, period in periods.named().items()
    }


def _volumes_per_period(periods: Periods, column: str, more: Q, prefix: str) -> Any:
    return {
        prefix + name: Coalesce(Sum("quantity", filter=period.contains(column) & more), 0)
        for name, period in periods.named().items()
    }


def _since(periods: Periods, column: str) -> Q:
    """What the four periods need and no more, so that the index on library and day is used."""
    return Q(**{f"{column}__gte": periods.year_before.first, f"{column}__lte": periods.day.last})


def _tally(rows: QuerySet[Any, Any], **what: Any) -> Iterable[Mapping[str, Any]]:
    counted: Iterable[Mapping[str, Any]] = rows.order_by().values("library_id").annotate(**what)
    return counted


def figures_by_library(node: Organization, today: date) -> dict[int, Figures]:
    """Figures of every library of a node that has any. Fourteen statements, however large the part of the network.

    What is kept by count (``Stock``) is counted by volume together with copies.
    """
    periods = Periods.of(today)
    found: dict[int, Figures] = defaultdict(Figures)
    here = scope(node)

    loans = Loan.objects.filter(here)
    lent = loans.filter(_since(periods, "lent_on"))
    core, textbook = Q(copy__fund=FundType.CORE), Q(copy__fund=FundType.TEXTBOOK)
    for row in _tally(
        lent,
        **_per_period(periods, "lent_on", core, "core_"),
        **_per_period(periods, "lent_on", textbook, "textbook_"),
    ):
        for name in PERIODS:
            found[row["library_id"]].core_loans[name] = row[f"core_{name}"]
            found[row["library_id"]].textbook_loans[name] = row[f"textbook_{name}"]

    issued = StockLoan.objects.filter(here).exclude(end=LoanEnd.UNDONE)
    core, textbook = Q(stock__fund=FundType.CORE), Q(stock__fund=FundType.TEXTBOOK)
    for row in _tally(
        issued.filter(_since(periods, "lent_on")),
        **_volumes_per_period(periods, "lent_on", core, "core_"),
        **_volumes_per_period(periods, "lent_on", textbook, "textbook_"),
    ):
        for name in PERIODS:
            found[row["library_id"]].core_loans[name] += row[f"core_{name}"]
            found[row["library_id"]].textbook_loans[name] += row[f"textbook_{name}"]

    def spread(rows: QuerySet[Any, Any], column: str, target: str, what: str = "pk") -> None:
        counted = _tally(
            rows.filter(here, _since(periods, column)), **_per_period(periods, column, what=what, prefix="n_")
        )
        for row in counted:
            getattr(found[row["library_id"]], target).update({name: row[f"n_{name}"] for name in PERIODS})

    spread(Loan.objects.all(), "returned_on", "returns")
    for row in _tally(
        issued.filter(_since(periods, "returned_on")), **_volumes_per_period(periods, "returned_on", Q(), "n_")
    ):
        for name in PERIODS:
            found[row["library_id"]].returns[name] += row[f"n_{name}"]
    spread(Renewal.objects.all(), "on", "renewals")
    for row in _tally(
        Visit.objects.filter(here, _since(periods, "on")),
        **_per_period(periods, "on", prefix="n_"),
        **_per_period(periods, "on", prefix="who_", what="person"),
    ):
        one = found[row["library_id"]]
        one.visits.update({name: row[f"n_{name}"] for name in PERIODS})
        one.active.update({name: row[f"who_{name}"] for name in PERIODS})

    for row in _tally(
        Membership.objects.filter(here),
        now=Count("pk", filter=_registered_on(today)),
        before=Count("pk", filter=_registered_on(periods.day_before.last)),
        **_per_period(periods, "registered_on", prefix="n_"),
    ):
        one = found[row["library_id"]]
        one.readers, one.readers_before = row["now"], row["before"]
        one.new_readers.update({name: row[f"n_{name}"] for name in PERIODS})

    holdings = (
        Copy.objects.filter(here, state=CopyState.IN_FUND)
        .order_by()
        .values_list("library_id", "fund")
        .annotate(copies=Count("pk"), titles=Count("record", distinct=True), amount=Coalesce(Sum("price"), ZERO))
    )
    for library_id, fund, copies, titles, amount in holdings:
        name = "core" if fund == FundType.CORE else "textbook"
        for part, value in (("copies", copies), ("titles", titles), ("amount", tenge(amount))):
            setattr(found[library_id], f"{name}_{part}", value)
    # A title of which some volumes have numbers and others are kept by count is one title.
    kept_apart = Copy.objects.filter(
        library=OuterRef("stock__library"),
        fund=OuterRef("stock__fund"),
        record=OuterRef("stock__record"),
        state=CopyState.IN_FUND,
    )
    counted = (
        StockLot.objects.filter(scope(node, "stock__library"), quantity__gt=0)
        .order_by()
        .values_list("stock__library_id", "stock__fund")
        .annotate(
            copies=Sum("quantity"),
            titles=Count("stock", distinct=True, filter=~Exists(kept_apart)),
            amount=Sum(F("price") * F("quantity"), output_field=DecimalField()),
        )
    )
    for library_id, fund, copies, titles, amount in counted:
        name, one = "core" if fund == FundType.CORE else "textbook", found[library_id]
        for part, value in (("copies", copies), ("titles", titles), ("amount", tenge(amount))):
            setattr(one, f"{name}_{part}", getattr(one, f"{name}_{part}") + value)
    spread(_received(), "received_by__on", "received")
    for row in _tally(
        _counted_receipts().filter(here, _since(periods, "on")), **_volumes_per_period(periods, "on", Q(), "n_")
    ):
        for name in PERIODS:
            found[row["library_id"]].received[name] += row[f"n_{name}"]

    for row in _tally(
        loans.filter(returned_at__isnull=True), now=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today))
    ):
        found[row["library_id"]].on_loan, found[row["library_id"]].overdue = row["now"], row["late"]
    for row in _tally(
        issued.filter(_OPEN),
        now=Coalesce(Sum("quantity"), 0),
        late=Coalesce(Sum("quantity", filter=Q(due_on__lt=today)), 0),
    ):
        found[row["library_id"]].on_loan += row["now"]
        found[row["library_id"]].overdue += row["late"]
    for row in _tally(
        Hold.objects.filter(here, state__in=(HoldState.WAITING, HoldState.READY)),
        waiting=Count("pk", filter=Q(state=HoldState.WAITING)),
        ready=Count("pk", filter=Q(state=HoldState.READY)),
    ):
        one = found[row["library_id"]]
        one.holds_waiting, one.holds_ready = row["waiting"], row["ready"]
    return dict(found)


def _registered_on(day: date) -> Q:
    """Readers whose form was open on a day."""
    return Q(registered_on__lte=day) & (Q(left_on__isnull=True) | Q(left_on__gt=day))


def _received() -> QuerySet[Copy, Copy]:
    """Copies that came into a fund for good: those of a reversed act of receipt did not."""
    # Written as «or», because a join to nothing makes «not equal» unknown.
    return Copy.objects.filter(
        Q(withdrawn_by__isnull=True) | ~Q(withdrawn_by__act__kind=ActKind.REVERSAL, withdrawn_by__isnull=False)
    )


def _counted_receipts() -> QuerySet[Any, Any]:
    """Entries by which volumes kept by count came in; a receipt taken back counts against its own day's."""
    found: QuerySet[Any, Any] = LedgerEntry.objects.filter(groups.IS_RECEIPT, lot__isnull=False)
    return found.exclude(groups.IS_CONVERSION)


def total(figures: Iterable[Figures]) -> Figures:
    """Figures of several libraries added up."""
    whole = Figures()
    for one in figures:
        whole.add(one)
    return whole


@dataclass(frozen=True, slots=True)
class NodeLine:
    """A line of the drill-down table: a node right below, how many libraries it has, what they do together."""

    node: Organization
    libraries: int
    figures: Figures


def lines_below(node: Organization, by_library: Mapping[int, Figures]) -> tuple[list[NodeLine], int]:
    """The nodes right below with their sums, and the number of libraries of the node (one statement).

    A library is not taken apart: it has no lines.
    """
    if node.is_library:
        return [], 1
    below = list(
        Organization.objects.filter(path__startswith=node.path, is_closed=False)
        .filter(Q(depth=node.depth + 1) | Q(is_library=True))
        .order_by("path")
    )
    libraries = [one for one in below if one.is_library]
    length = (node.depth + 1) * organizations.STEP
    of_child: dict[str, list[Organization]] = defaultdict(list)
    for library in libraries:
        of_child[library.path[:length]].append(library)
    lines = [
        NodeLine(
            child,
            len(of_child[child.path]),
            total(by_library[library.pk] for library in of_child[child.path] if library.pk in by_library),
        )
        for child in below
        if child.depth == node.depth + 1
    ]
    return lines, len(libraries)


# Indicators


@dataclass(frozen=True, slots=True)
class Indicators:
    """The indicators of daily use over the year so far; None where there is nothing to divide by.

    ``*_all`` count textbooks in, ``*_core`` leave them out.
    """

    reading_all: Decimal | None
    reading_core: Decimal | None
    attendance: Decimal | None
    daily_attendance: Decimal | None
    turnover_all: Decimal | None
    turnover_core: Decimal | None
    provision_all: Decimal | None
    provision_core: Decimal | None
    renewal: Decimal | None
    coverage: Decimal | None


def ratio(numerator: int, denominator: int, *, percent: bool = False) -> Decimal | None:
    """A quotient to two places (a share in per cent to one), or None for a division by nothing."""
    if not denominator:
        return None
    value = Decimal(numerator) * (100 if percent else 1) / denominator
    return value.quantize(Decimal("0.1") if percent else Decimal("0.01"))


def indicators(figures: Figures, *, period: str, working_days: int) -> Indicators:
    """Indicators of a year («year» or «year_before») from figures; the fund is as it stands now."""
    loans, core_loans = figures.loans(period), figures.core_loans[period]
    readers = figures.readers if period == "year" else figures.readers_before
    return Indicators(
        reading_all=ratio(loans, readers),
        reading_core=ratio(core_loans, readers),
        attendance=ratio(figures.visits[period], readers),
        daily_attendance=ratio(figures.visits[period], working_days),
        turnover_all=ratio(loans, figures.copies),
        turnover_core=ratio(core_loans, figures.core_copies),
        provision_all=ratio(figures.copies, readers),
        provision_core=ratio(figures.core_copies, readers),
        renewal=ratio(figures.received[period], figures.copies, percent=True),
        coverage=ratio(figures.active[period], readers, percent=True),
    )


def working_days(node: Organization, period: Period) -> int:
    """Days of the period on which the calendar of the node is open (one statement)."""
    calendar = organizations.calendar(node, since=period.first, until=period.last)
    days = (period.last - period.first).days + 1
    return sum(calendar.is_open(period.first + timedelta(days=number)) for number in range(days))


# Charts


@dataclass(frozen=True, slots=True)
class DayLoans:
    """Loans of a day by fund."""

    on: date
    core: int
    textbooks: int


def loans_by_day(node: Organization, today: date, days: int = CHART_DAYS) -> list[DayLoans]:
    """Loans of each of the last days, quiet ones too (two statements)."""
    first = today - timedelta(days=days - 1)
    rows = (
        Loan.objects.filter(scope(node), lent_on__gte=first, lent_on__lte=today)
        .order_by()
        .values_list("lent_on")
        .annotate(
            core=Count("pk", filter=Q(copy__fund=FundType.CORE)),
            textbooks=Count("pk", filter=Q(copy__fund=FundType.TEXTBOOK)),
        )
    )
    counted: dict[date, tuple[int, int]] = {on: (core, textbooks) for on, core, textbooks in rows}
    for on, fund, number in _issued_of(node, Period(first, today), "lent_on", "stock__fund"):
        core, textbooks = counted.get(on, (0, 0))
        counted[on] = (core, textbooks + number) if fund == FundType.TEXTBOOK else (core + number, textbooks)
    return [
        DayLoans(day, *counted.get(day, (0, 0))) for day in (first + timedelta(days=number) for number in range(days))
    ]


@dataclass(frozen=True, slots=True)
class Slice:
    """Loans of a group: a grade, a category, a kind or a language, by its code."""

    code: str
    core: int
    textbooks: int

    @property
    def number(self) -> int:
        """Loans of both funds."""
        return self.core + self.textbooks


def loans_by_grade(node: Organization, period: Period) -> list[Slice]:
    """Loans of a period by grade («5»), those without a class by category of the reader («TEACHER»).

    Two statements.
    """
    rows = (
        _loans_of(node, period)
        .values_list("school_class__grade", "category", "copy__fund")
        .annotate(number=Count("pk"))
    )
    counted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    issued = _issued_of(node, period, "school_class__grade", "category", "stock__fund")
    for grade, category, fund, number in [*rows, *issued]:
        counted[category if grade is None else str(grade)][fund == FundType.TEXTBOOK] += number
    return [
        Slice(code, *numbers)
        for code, numbers in sorted(
            counted.items(), key=lambda item: (not item[0].isdigit(), int(item[0]) if item[0].isdigit() else 0, item[0])
        )
    ]


def loans_by_edition(node: Organization, period: Period) -> tuple[list[Slice], list[Slice]]:
    """Loans of a period by kind and by language of the edition, the largest first (two statements)."""
    rows = (
        _loans_of(node, period)
        .values_list("copy__record__kind", "copy__record__language", "copy__fund")
        .annotate(number=Count("pk"))
    )
    kinds: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    languages: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    issued = _issued_of(node, period, "stock__record__kind", "stock__record__language", "stock__fund")
    for kind, language, fund, number in [*rows, *issued]:
        kinds[kind][fund == FundType.TEXTBOOK] += number
        languages[language][fund == FundType.TEXTBOOK] += number
    return _slices(kinds), _slices(languages)


def _slices(counted: Mapping[str, list[int]]) -> list[Slice]:
    return sorted((Slice(code, *numbers) for code, numbers in counted.items()), key=lambda one: (-one.number, one.code))


def _loans_of(node: Organization, period: Period) -> QuerySet[Any, Any]:
    found: QuerySet[Any, Any] = Loan.objects.filter(scope(node), period.contains("lent_on")).order_by()
    return found


def _issued_of(node: Organization, period: Period, *columns: str) -> Iterable[tuple[Any, ...]]:
    """Volumes issued by count in a period, by some columns (one statement)."""
    found = StockLoan.objects.filter(scope(node), period.contains("lent_on")).exclude(end=LoanEnd.UNDONE)
    rows: Iterable[tuple[Any, ...]] = found.order_by().values_list(*columns).annotate(number=Sum("quantity"))
    return rows


# The records behind a figure


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a list: days, fund, grade («5»), category, kind and language of the edition. Empty: everything."""

    period: Period
    fund: str = ""
    grade: int | None = None
    category: str = ""
    kind: str = ""
    without_class: bool = False
    """Only readers who were in no class."""
    language: str | None = None
    """None: every language; empty: editions whose language is not known."""
    group: str = ""
    """A ``Group`` of readers, as the diary counts them."""
    content: str = ""
    kind_column: str = ""
    language_group: str = ""
    """Columns of the summary book, as fixed when the literature was received."""


def _of_copy(filters: Filters, prefix: str) -> Q:
    condition = Q()
    if filters.fund:
        condition &= Q(**{f"{prefix}fund": filters.fund})
    if filters.kind:
        condition &= Q(**{f"{prefix}record__kind": filters.kind})
    if filters.language is not None:
        condition &= Q(**{f"{prefix}record__language": filters.language})
    return condition


def _of_loan(filters: Filters) -> Q:
    condition = _of_copy(filters, "copy__") & _of_received(filters, "copy__")
    if filters.group:
        condition &= groups.in_group(filters.group, "category", "school_class__grade")
    if filters.grade is not None:
        condition &= Q(school_class__grade=filters.grade)
    if filters.without_class:
        condition &= Q(school_class__isnull=True)
    if filters.category:
        condition &= Q(category=filters.category)
    return condition


def _content_codes(filters: Filters) -> tuple[str, ...]:
    return tuple(group.code for group in content_groups(pack_on("fund", filters.period.last)))


def _of_entry(filters: Filters, kind: str, content: str, language: str) -> Q:
    """The columns of the summary book asked for; the fields are where they stand."""
    condition = Q()
    if filters.kind_column:
        condition &= groups.of_kind(filters.kind_column, kind)
    if filters.content:
        condition &= groups.of_content(filters.content, _content_codes(filters), content)
    if filters.language_group:
        condition &= Q(**{language: filters.language_group})
    return condition


def _of_received(filters: Filters, prefix: str) -> Q:
    entry = f"{prefix}received_by__"
    return _of_entry(filters, f"{entry}kind", f"{entry}content_group", f"{entry}language_group")


def _loan_rows() -> QuerySet[Any, Any]:
    return Loan.objects.select_related("copy__record", "person", "school_class", "library").defer(
        "copy__record__marc", "copy__record__summary"
    )


def _member_rows(filters: Filters, day: Any = None) -> QuerySet[Any, Any]:
    found = Membership.objects.select_related("person", "school_class", "library")
    if filters.group:
        found = found.annotate(grade_then=groups.grade_on(day if day is not None else filters.period.last))
        found = found.filter(groups.in_group(filters.group, "category", "grade_then"))
    if filters.grade is not None:
        found = found.filter(school_class__grade=filters.grade)
    if filters.category:
        found = found.filter(category=filters.category)
    return found


def _copy_rows(filters: Filters, found: QuerySet[Any, Any] | None = None) -> QuerySet[Any, Any]:
    rows = Copy.objects.all() if found is None else found
    return (
        rows.filter(_of_copy(filters, ""))
        .select_related("record", "library", "received_by")
        .defer("record__marc", "record__summary")
    )


def _hold_rows(filters: Filters, state: HoldState) -> QuerySet[Any, Any]:
    found = Hold.objects.filter(state=state).select_related("record", "person", "library").defer("record__marc")
    if filters.kind:
        found = found.filter(record__kind=filters.kind)
    if filters.language is not None:
        found = found.filter(record__language=filters.language)
    return found


def _visit_rows(filters: Filters) -> QuerySet[Any, Any]:
    found = Visit.objects.filter(filters.period.contains("on")).select_related("person", "library")
    if filters.group:
        found = found.filter(groups.in_group(filters.group))
    if filters.grade is not None:
        found = found.filter(grade=filters.grade)
    if filters.category:
        found = found.filter(category=filters.category)
    return found


def _renewal_rows(filters: Filters) -> QuerySet[Any, Any]:
    condition = _of_copy(filters, "loan__copy__") & _of_received(filters, "loan__copy__")
    if filters.group:
        condition &= groups.in_group(filters.group, "loan__category", "loan__school_class__grade")
    if filters.grade is not None:
        condition &= Q(loan__school_class__grade=filters.grade)
    if filters.category:
        condition &= Q(loan__category=filters.category)
    return (
        Renewal.objects.filter(filters.period.contains("on"), condition)
        .select_related("loan__copy__record", "loan__person", "loan__school_class", "library")
        .defer("loan__copy__record__marc", "loan__copy__record__summary")
    )


def _active_rows(filters: Filters, node: Organization) -> QuerySet[Any, Any]:
    came = Visit.objects.filter(scope(node), filters.period.contains("on"), person__isnull=False)
    if node.is_library:
        return _member_rows(filters).filter(person_id__in=came.values("person_id"))
    # A person may read in two libraries: each of their forms counts where they came.
    pairs = Visit.objects.filter(
        filters.period.contains("on"), library_id=OuterRef("library_id"), person_id=OuterRef("person_id")
    )
    return _member_rows(filters).filter(Exists(pairs))


def _event_rows(filters: Filters) -> QuerySet[Any, Any]:
    found = LibraryEvent.objects.filter(filters.period.contains("on"), cancelled_at__isnull=True)
    return found.select_related("library")


def _reference_rows(filters: Filters) -> QuerySet[Any, Any]:
    found = ReferenceAnswer.objects.filter(filters.period.contains("on"), cancelled_at__isnull=True)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    return found.select_related("library")


def _entry_rows(filters: Filters, condition: Q) -> QuerySet[Any, Any]:
    found = LedgerEntry.objects.filter(condition, _of_entry(filters, "kind", "content_group", "language_group"))
    if filters.fund:
        found = found.filter(fund=filters.fund)
    return found.select_related("act", "record", "library").defer("record__marc", "record__summary")


def _moves(filters: Filters, *, receipts: bool) -> QuerySet[Any, Any]:
    side = groups.IS_RECEIPT if receipts else ~groups.IS_RECEIPT
    return _entry_rows(filters, filters.period.contains("on") & side).exclude(groups.IS_CONVERSION).exclude(IS_OPENING)


def _stock_rows(filters: Filters) -> QuerySet[Any, Any]:
    found = Stock.objects.filter(quantity__gt=0)
    if filters.fund:
        found = found.filter(fund=filters.fund)
    if filters.kind:
        found = found.filter(record__kind=filters.kind)
    if filters.language is not None:
        found = found.filter(record__language=filters.language)
    rows: QuerySet[Any, Any] = found.select_related("record", "library").defer("record__marc", "record__summary")
    return rows


def _counted_receipt_rows(filters: Filters) -> QuerySet[Any, Any]:
    found = _counted_receipts().filter(filters.period.contains("on"))
    if filters.fund:
        found = found.filter(fund=filters.fund)
    if filters.kind:
        found = found.filter(record__kind=filters.kind)
    if filters.language is not None:
        found = found.filter(record__language=filters.language)
    return found.select_related("act", "record", "library").defer("record__marc", "record__summary")


def _issue_rows(filters: Filters) -> QuerySet[Any, Any]:
    """Count-based volumes issued; what was issued by mistake never was."""
    found = (
        StockLoan.objects.exclude(end=LoanEnd.UNDONE)
        .annotate(**groups.lot_columns())
        .filter(_of_entry(filters, "of_kind", "of_content", "of_language"))
    )
    if filters.fund:
        found = found.filter(stock__fund=filters.fund)
    if filters.group:
        found = found.filter(groups.in_group(filters.group, "category", "school_class__grade"))
    if filters.grade is not None:
        found = found.filter(school_class__grade=filters.grade)
    if filters.without_class:
        found = found.filter(school_class__isnull=True)
    if filters.category:
        found = found.filter(category=filters.category)
    if filters.kind:
        found = found.filter(stock__record__kind=filters.kind)
    if filters.language is not None:
        found = found.filter(stock__record__language=filters.language)
    rows: QuerySet[Any, Any] = found.select_related("stock__record", "person", "school_class", "library").defer(
        "stock__record__marc", "stock__record__summary"
    )
    return rows


_ROWS: dict[Measure, Callable[[Filters, Organization], QuerySet[Any, Any]]] = {
    Measure.VISITS: lambda f, n: _visit_rows(f),
    Measure.LOANS: lambda f, n: _loan_rows().filter(f.period.contains("lent_on"), _of_loan(f)),
    Measure.RETURNS: lambda f, n: _loan_rows().filter(f.period.contains("returned_on"), _of_loan(f)),
    Measure.RENEWALS: lambda f, n: _renewal_rows(f),
    Measure.READERS: lambda f, n: _member_rows(f).filter(_registered_on(f.period.last)),
    Measure.NEW_READERS: lambda f, n: _member_rows(f, OuterRef("registered_on")).filter(
        f.period.contains("registered_on")
    ),
    Measure.ACTIVE: _active_rows,
    Measure.COPIES: lambda f, n: _copy_rows(f).filter(state=CopyState.IN_FUND),
    Measure.RECEIVED: lambda f, n: _copy_rows(f, _received()).filter(f.period.contains("received_by__on")),
    Measure.ON_LOAN: lambda f, n: _loan_rows().filter(_OPEN, _of_loan(f)),
    Measure.OVERDUE: lambda f, n: _loan_rows().filter(_OPEN, _of_loan(f), due_on__lt=f.period.last),
    Measure.HOLDS: lambda f, n: _hold_rows(f, HoldState.WAITING),
    Measure.HOLD_SHELF: lambda f, n: _hold_rows(f, HoldState.READY),
    Measure.LENDINGS: lambda f, n: _loan_rows().filter(f.period.contains("lent_on"), _of_loan(f)),
    Measure.LEFT: lambda f, n: _member_rows(f, OuterRef("left_on")).filter(f.period.contains("left_on")),
    Measure.EVENTS: lambda f, n: _event_rows(f),
    Measure.REFERENCES: lambda f, n: _reference_rows(f),
    Measure.FUND_IN: lambda f, n: _moves(f, receipts=True),
    Measure.FUND_OUT: lambda f, n: _moves(f, receipts=False),
    Measure.FUND_AT: lambda f, n: _entry_rows(f, Q(on__lte=f.period.last)),
}

_PARTS: dict[Measure, dict[Part, Callable[[Filters], QuerySet[Any, Any]]]] = {
    Measure.LOANS: {Part.COUNTED: lambda f: _issue_rows(f).filter(f.period.contains("lent_on"))},
    Measure.RETURNS: {Part.COUNTED: lambda f: _issue_rows(f).filter(f.period.contains("returned_on"))},
    Measure.ON_LOAN: {Part.COUNTED: lambda f: _issue_rows(f).filter(_OPEN)},
    Measure.OVERDUE: {Part.COUNTED: lambda f: _issue_rows(f).filter(_OPEN, due_on__lt=f.period.last)},
    Measure.COPIES: {Part.CARDS: _stock_rows},
    Measure.RECEIVED: {Part.ENTRIES: _counted_receipt_rows},
    Measure.LENDINGS: {
        Part.COUNTED: lambda f: _issue_rows(f).filter(f.period.contains("lent_on")),
        Part.RENEWALS: _renewal_rows,
    },
}
"""What a figure counts beside its first list."""


def parts_of(measure: Measure) -> tuple[Part, ...]:
    """The parts of a list; most lists have one, without a name."""
    more = _PARTS.get(measure)
    return (Part.COPIES, *more) if more else (Part.COPIES,)


def size_of(rows: QuerySet[Any, Any]) -> int:
    """How much the rows of a list count: volumes, references … where a row carries a number, else rows."""
    if rows.model in {StockLoan, Stock, ReferenceAnswer, LedgerEntry}:
        return int(rows.order_by().aggregate(size=Coalesce(Sum("quantity"), 0))["size"])
    return rows.count()


def records(measure: Measure, node: Organization, filters: Filters, part: Part = Part.COPIES) -> QuerySet[Any, Any]:
    """The rows that a figure of a node counts, newest first, with everything a list shows of one.

    Figures of a moment (readers, overdue …) are as of the last day of the period. A figure that counts things of
    several sorts has a list for each ``part``.
    """
    found = _ROWS[measure](filters, node) if part == Part.COPIES else _PARTS[measure][part](filters)
    return found.filter(scope(node)).order_by("-pk")
