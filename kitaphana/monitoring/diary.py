"""The library diary: daily lines of a month, or monthly lines of a year, with totals since 1 January.

Everything is counted from facts that commands wrote and nobody rewrites: the category and grade of a visit and of a
loan are those of that day, the columns of literature are those fixed at its receipt, the group of a new reader is
that of the class on the day of registration. What can still change a past month: an event or a reference entered
late or cancelled, an issue of textbooks undone, a reader registered with an earlier day or moved between categories.
A diary that must not change any more is signed and kept (``services.keep_report``).
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Sum
from django.utils.translation import gettext as _

from kitaphana.circulation.enums import LoanEnd
from kitaphana.circulation.models import Loan, Renewal, StockLoan, Visit
from kitaphana.core.documents.figures import day as day_text
from kitaphana.core.documents.figures import whole
from kitaphana.fund.enums import FundType, LanguageGroup
from kitaphana.fund.queries import KIND_COLUMNS
from kitaphana.monitoring import groups
from kitaphana.monitoring.enums import EventKind, Group, Measure, ReferenceKind
from kitaphana.monitoring.models import LibraryEvent, ReferenceAnswer
from kitaphana.monitoring.papers import Cell, Door, Head, Paper, Row, Table
from kitaphana.monitoring.queries import Period
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization
from kitaphana.people.models import Membership
from kitaphana.regulations.queries import ContentGroup, content_groups, pack_on

RENEWAL_IS_LOAN = True
"""Whether a renewal counts as a loan (general practice of the diary; ISO 2789 counts renewals apart)."""


@dataclass(slots=True)
class Lent:
    """Loans of a line. Textbooks stand apart; the rest is told by content, kind and language, and each of the
    three adds up to it."""

    total: int = 0
    textbooks: int = 0
    renewals: int = 0
    """Renewals among ``total``."""
    contents: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)

    @property
    def rest(self) -> int:
        """Loans without textbooks."""
        return self.total - self.textbooks

    def add(self, number: int, fund: str, kind: str, content: str, language: str) -> None:
        """Count loans of one sort in."""
        self.total += number
        if fund == FundType.TEXTBOOK:
            self.textbooks += number
            return
        self.contents[content] += number
        self.kinds[groups.kind_column(kind)] += number
        self.languages[language] += number


@dataclass(slots=True)
class Line:
    """A day, a month, or a sum of them."""

    new_readers: Counter[str] = field(default_factory=Counter)
    visits: Counter[str] = field(default_factory=Counter)
    events: int = 0
    audience: Counter[str] = field(default_factory=Counter)
    references: Counter[str] = field(default_factory=Counter)
    lent: Lent = field(default_factory=Lent)

    @property
    def attendance(self) -> int:
        """Visitors of mass events."""
        return self.audience.total()

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        counted = self.new_readers.total() + self.visits.total() + self.events + self.references.total()
        return not counted and not self.lent.total


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the diary counts of a period, by day."""

    days: dict[date, Line]
    contents: tuple[ContentGroup, ...]
    events: list[LibraryEvent]

    def line(self, period: Period) -> Line:
        """The days of a period added up."""
        return added(one for on, one in self.days.items() if period.first <= on <= period.last)


def added(lines: Iterable[Line]) -> Line:
    """Lines added up."""
    whole_line = Line()
    for one in lines:
        for name in ("new_readers", "visits", "audience", "references"):
            getattr(whole_line, name).update(getattr(one, name))
        whole_line.events += one.events
        mine, theirs = whole_line.lent, one.lent
        mine.total += theirs.total
        mine.textbooks += theirs.textbooks
        mine.renewals += theirs.renewals
        mine.contents.update(theirs.contents)
        mine.kinds.update(theirs.kinds)
        mine.languages.update(theirs.languages)
    return whole_line


def facts(library: Organization, period: Period) -> Facts:
    """Count a period, day by day: eight statements, however busy the library."""
    contents = tuple(content_groups(pack_on("fund", period.last, library)))
    codes = {group.code for group in contents}
    days: dict[date, Line] = {}

    def line(on: date) -> Line:
        return days.setdefault(on, Line())

    def lent(on: date, number: int, fund: str, kind: str, content: str, language: str) -> Lent:
        of_day = line(on).lent
        of_day.add(number, fund, kind, content if content in codes else contents[-1].code, language)
        return of_day

    here = {"library": library}
    visits = Visit.objects.filter(period.contains("on"), **here).annotate(group=groups.group_case())
    for on, group, number in visits.order_by().values_list("on", "group").annotate(number=Count("pk")):
        line(on).visits[group] = number
    members = (
        Membership.objects.filter(period.contains("registered_on"), **here)
        .annotate(grade_then=groups.grade_on(OuterRef("registered_on")))
        .annotate(group=groups.group_case("category", "grade_then"))
    )
    for on, group, number in members.order_by().values_list("registered_on", "group").annotate(number=Count("pk")):
        line(on).new_readers[group] = number
    loans = Loan.objects.filter(period.contains("lent_on"), **here)
    for on, *sort, number in _by_sort(loans, "lent_on", "copy__"):
        lent(on, number, *sort)
    for on, *sort, number in _by_sort(Renewal.objects.filter(period.contains("on"), **here), "on", "loan__copy__"):
        if RENEWAL_IS_LOAN:
            lent(on, number, *sort).renewals += number
    issued = (
        StockLoan.objects.filter(period.contains("lent_on"), **here)
        .exclude(end=LoanEnd.UNDONE)
        .order_by()
        .annotate(**groups.lot_columns())
        .values_list("lent_on", "stock__fund", "of_kind", "of_content", "of_language")
        .annotate(number=Sum("quantity"))
    )
    for on, fund, kind, content, language, number in issued:
        lent(on, number, fund, kind, content, language)
    events = list(
        LibraryEvent.objects.filter(period.contains("on"), cancelled_at__isnull=True, **here).order_by("on", "pk")
    )
    for event in events:
        of_day = line(event.on)
        of_day.events += 1
        of_day.audience.update({group.value: getattr(event, group.value) for group in Group})
    answers = ReferenceAnswer.objects.filter(period.contains("on"), cancelled_at__isnull=True, **here)
    for on, kind, number in answers.order_by().values_list("on", "kind").annotate(number=Sum("quantity")):
        line(on).references[kind] = number
    return Facts(days, contents, events)


def _by_sort(rows: Any, on: str, copy: str) -> Any:
    entry = f"{copy}received_by__"
    columns = (on, f"{copy}fund", f"{entry}kind", f"{entry}content_group", f"{entry}language_group")
    return rows.order_by().values_list(*columns).annotate(number=Count("pk"))


def readers_on(library: Organization, *days: date) -> list[Counter[str]]:
    """Readers whose form was open at the end of each of some days, by group (a statement for each day)."""
    found = []
    for on in days:
        members = (
            Membership.objects.filter(library=library, registered_on__lte=on)
            .exclude(left_on__lte=on, left_on__isnull=False)
            .annotate(grade_then=groups.grade_on(on))
            .annotate(group=groups.group_case("category", "grade_then"))
        )
        found.append(Counter(dict(members.order_by().values_list("group").annotate(number=Count("pk")))))
    return found


# The diary


@dataclass(frozen=True, slots=True)
class Diary:
    """The diary of a month (its lines are days) or of a year (its lines are months)."""

    library: Organization
    year: int
    month: int | None
    lines: list[tuple[Period, Line]]
    total: Line
    running: Line
    """Since 1 January up to the end of the period."""
    readers: Counter[str]
    """Registered readers at the end of the period (or today, while it runs)."""
    as_of: date
    contents: tuple[ContentGroup, ...]
    events: list[LibraryEvent]

    @property
    def period(self) -> Period:
        """All its days."""
        return month_of(self.year, self.month) if self.month else Period(date(self.year, 1, 1), date(self.year, 12, 31))

    @property
    def since_january(self) -> Period:
        """The days of the running totals."""
        return Period(date(self.year, 1, 1), self.period.last)


def month_of(year: int, month: int) -> Period:
    """The days of a month."""
    return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def diary(library: Organization, year: int, month: int | None, today: date) -> Diary:
    """The diary of a month, or of a whole year (``month`` None). A fixed number of statements.

    A month has a line for each day on which the library was open or something happened, up to ``today``.
    """
    period = month_of(year, month) if month else Period(date(year, 1, 1), date(year, 12, 31))
    january = date(year, 1, 1)
    counted = facts(library, Period(january, period.last))
    if month:
        open_days = organizations.calendar(library, since=period.first, until=period.last)
        spans = [
            Period(on, on)
            for on in (period.first.replace(day=number) for number in range(1, period.last.day + 1))
            if on in counted.days or (on <= today and open_days.is_open(on))
        ]
    else:
        spans = [month_of(year, number) for number in range(1, 13)]
    as_of = max(min(period.last, today), january)
    (readers,) = readers_on(library, as_of)
    return Diary(
        library=library,
        year=year,
        month=month,
        lines=[(span, counted.line(span)) for span in spans],
        total=counted.line(period),
        running=counted.line(Period(january, period.last)),
        readers=readers,
        as_of=as_of,
        contents=counted.contents,
        events=[event for event in counted.events if event.on >= period.first],
    )


# The diary as a paper


def month_name(month: int) -> str:
    """Name of a month in the language in force, as a heading."""
    names = (
        *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June")),
        *(_("July"), _("August"), _("September"), _("October"), _("November"), _("December")),
    )
    return names[month - 1]


def _lines(book: Diary) -> list[tuple[str, Period, Line, bool]]:
    if book.month:
        rows = [(str(period.first.day), period, line, False) for period, line in book.lines]
        rows.append((_("Total for the month"), book.period, book.total, True))
        rows.append((_("Since the beginning of the year"), book.since_january, book.running, True))
        return rows
    rows = [(month_name(period.first.month), period, line, False) for period, line in book.lines]
    return [*rows, (_("Total for the year"), book.period, book.total, True)]


def group_heads() -> list[str]:
    """Columns of the groups of readers after the one for all of them."""
    return [_("In all"), *(str(group.label) for group in Group)]


def group_cells(counted: Counter[str], measure: Measure, period: Period) -> list[Cell]:
    """Figures of all readers and of each group, with their doors."""
    return [
        Cell(counted.total(), Door(measure, period)),
        *(Cell(counted[group.value], Door(measure, period, {"group": group.value})) for group in Group),
    ]


def audience_cells(counted: Counter[str], period: Period) -> list[Cell]:
    """Visitors of events: all and by group; the list behind them is that of the events."""
    door = Door(Measure.EVENTS, period)
    return [Cell(counted.total(), door), *(Cell(counted[group.value], door) for group in Group)]


def loan_heads(contents: Iterable[ContentGroup]) -> list[Head]:
    """Columns of loans: all, renewals among them, textbooks, the rest and its three breakdowns."""
    return [
        Head("", [_("Loans in all"), _("of them renewals"), _("Textbooks"), _("Without textbooks")]),
        Head(_("Without textbooks, by content"), [group.name for group in contents]),
        Head(_("By kind"), [str(column.name) for column in KIND_COLUMNS]),
        Head(_("By language"), [str(group.label) for group in LanguageGroup]),
    ]


def loan_cells(lent: Lent, contents: Iterable[ContentGroup], period: Period) -> list[Cell]:
    """Figures of loans in the order of ``loan_heads``."""
    core = {"fund": FundType.CORE.value}

    def door(**more: str) -> Door:
        return Door(Measure.LENDINGS, period, more)

    return [
        Cell(lent.total, door()),
        Cell(lent.renewals, Door(Measure.RENEWALS, period)),
        Cell(lent.textbooks, door(fund=FundType.TEXTBOOK.value)),
        Cell(lent.rest, door(**core)),
        *(Cell(lent.contents[group.code], door(**core, content=group.code)) for group in contents),
        *(Cell(lent.kinds[column.code], door(**core, column=column.code)) for column in KIND_COLUMNS),
        *(Cell(lent.languages[group.value], door(**core, spoken=group.value)) for group in LanguageGroup),
    ]


def reference_cells(counted: Counter[str], period: Period) -> list[Cell]:
    """References: all and by kind."""
    return [
        Cell(counted.total(), Door(Measure.REFERENCES, period)),
        *(Cell(counted[kind.value], Door(Measure.REFERENCES, period, {"kind": kind.value})) for kind in ReferenceKind),
    ]


def event_rows(events: Iterable[LibraryEvent]) -> list[Row]:
    """Events one by one."""
    return [
        Row(
            day_text(event.on),
            [
                Cell(event.title),
                Cell(str(EventKind(event.kind).label)),
                Cell(event.attendance, Door(Measure.EVENTS, Period(event.on, event.on))),
            ],
        )
        for event in events
    ]


def paper(book: Diary) -> Paper:
    """The diary in the language in force."""
    lines = _lines(book)
    label = _("Day of the month") if book.month else _("Month")
    first = Table(
        _("Part 1. Readers and visits"),
        label,
        [
            Head(_("Readers registered"), group_heads()),
            Head(_("Visits"), group_heads()),
            Head("", [_("Came to mass events"), _("Visits and events together")]),
        ],
        [
            Row(
                name,
                [
                    *group_cells(line.new_readers, Measure.NEW_READERS, period),
                    *group_cells(line.visits, Measure.VISITS, period),
                    Cell(line.attendance, Door(Measure.EVENTS, period)),
                    Cell(line.visits.total() + line.attendance),
                ],
                is_strong,
            )
            for name, period, line, is_strong in lines
        ],
        note=_("Registered readers on %(day)s: %(number)s.")
        % {"day": day_text(book.as_of), "number": whole(book.readers.total())},
    )
    second = Table(
        _("Part 2. Loans"),
        label,
        loan_heads(book.contents),
        [Row(name, loan_cells(line.lent, book.contents, period), is_strong) for name, period, line, is_strong in lines],
        note=_("A renewal counts as a loan; textbooks kept by count are counted by volume."),
    )
    third = Table(
        _("Part 3. Mass events and references"),
        label,
        [
            Head(_("Mass events"), [_("Events"), _("Visitors in all"), *(str(group.label) for group in Group)]),
            Head(_("References"), [_("In all"), *(str(kind.label) for kind in ReferenceKind)]),
        ],
        [
            Row(
                name,
                [
                    Cell(line.events, Door(Measure.EVENTS, period)),
                    *audience_cells(line.audience, period),
                    *reference_cells(line.references, period),
                ],
                is_strong,
            )
            for name, period, line, is_strong in lines
        ],
    )
    tables = [first, second, third]
    if book.events:
        tables.append(
            Table(
                _("List of mass events"),
                _("Day"),
                [Head("", [_("Event"), _("Kind"), _("Came")])],
                event_rows(book.events),
            )
        )
    subtitle = (
        _("%(month)s %(year)s") % {"month": month_name(book.month), "year": book.year}
        if book.month
        else _("Year %(year)s") % {"year": book.year}
    )
    return Paper(
        title=_("Library diary"),
        subtitle=subtitle,
        library=book.library,
        facts=[],
        tables=tables,
        signatures=[(_("Librarian"), ""), (_("Director"), "")],
        form="diary",
        last=book.period.last,
    )
