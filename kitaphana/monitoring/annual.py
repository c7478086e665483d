"""The annual report of a school library, for a calendar year or a school year.

Movement of the fund is the ledger's, loans and visits are the diary's. The end of a year is the beginning of the
next, because both are the sum of the ledger up to a day. What may change a past year is said in ``diary``; a report
that must not change is signed and kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import BooleanField, Case, Count, Max, OuterRef, Q, Sum, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kitaphana.circulation.models import Visit
from kitaphana.core.documents.figures import day as day_text
from kitaphana.core.documents.figures import whole
from kitaphana.core.money import ZERO, tenge
from kitaphana.fund.enums import FundType, LanguageGroup
from kitaphana.fund.models import LedgerEntry
from kitaphana.fund.queries import IS_OPENING, KIND_COLUMNS
from kitaphana.monitoring import diary, groups, queries
from kitaphana.monitoring.enums import Group, Measure, ReferenceKind
from kitaphana.monitoring.models import LibraryEvent
from kitaphana.monitoring.papers import Cell, Door, Head, Paper, Row, Table
from kitaphana.monitoring.queries import Period, ratio
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import Role
from kitaphana.people.models import Membership, RoleAssignment
from kitaphana.regulations.queries import ContentGroup

SCHOOL_YEAR_BEGINS = (9, 1)
"""Month and day; the report of a school year runs from 1 September to 31 August."""


def year_of(year: int, *, is_school_year: bool) -> Period:
    """The days of a calendar year, or of the school year that begins in it."""
    if not is_school_year:
        return Period(date(year, 1, 1), date(year, 12, 31))
    return Period(date(year, *SCHOOL_YEAR_BEGINS), date(year + 1, *SCHOOL_YEAR_BEGINS) - timedelta(days=1))


@dataclass(slots=True)
class Volume:
    """Copies and their sum in tenge."""

    copies: int = 0
    amount: Decimal = ZERO

    def add(self, copies: int, amount: Decimal) -> None:
        """Count more in."""
        self.copies += copies
        self.amount += amount


@dataclass(slots=True)
class Movement:
    """A line of the fund's table: opening + received − withdrawn = closing, always."""

    opening: Volume = field(default_factory=Volume)
    received: Volume = field(default_factory=Volume)
    withdrawn: Volume = field(default_factory=Volume)

    @property
    def closing(self) -> Volume:
        """What is there at the end."""
        return Volume(
            self.opening.copies + self.received.copies - self.withdrawn.copies,
            self.opening.amount + self.received.amount - self.withdrawn.amount,
        )


Movements = dict[tuple[str, str, str], Movement]
"""By fund (empty: both), what the line tells apart (``all``, ``content``, ``kind``, ``language``) and its code."""


def movements(library: Organization, period: Period, contents: tuple[ContentGroup, ...]) -> Movements:
    """The fund's movement by both funds and every group (two statements)."""
    found: Movements = defaultdict(Movement)
    codes = {group.code for group in contents}
    sort = ("fund", "kind", "content_group", "language_group")

    def count(part: str, of: tuple[str, str, str, str], copies: int, amount: Decimal) -> None:
        fund, kind, content, language = of
        known = content if content in codes else contents[-1].code
        for of_fund in (fund, ""):
            for key in (
                (of_fund, "all", ""),
                (of_fund, "content", known),
                (of_fund, "kind", groups.kind_column(kind)),
                (of_fund, "language", language),
            ):
                getattr(found[key], part).add(copies, amount)

    here = LedgerEntry.objects.filter(library=library).order_by()
    sums = {"copies": Sum("quantity"), "amount": Sum("amount")}
    stood = here.filter(Q(on__lt=period.first) | IS_OPENING & period.contains("on"))
    for *of, copies, amount in stood.values_list(*sort).annotate(**sums):
        count("opening", tuple(of), copies, tenge(amount))
    moved = (
        here.filter(period.contains("on"))
        .exclude(groups.IS_CONVERSION)
        .exclude(IS_OPENING)
        .annotate(
            came=Case(When(groups.IS_RECEIPT, then=Value(True)), default=Value(False), output_field=BooleanField())
        )
        .values_list("came", *sort)
        .annotate(**sums)
    )
    for came, *of, copies, amount in moved:
        sign = 1 if came else -1
        count("received" if came else "withdrawn", tuple(of), sign * copies, sign * tenge(amount))
    return found


def titles_on(library: Organization, on: date) -> Counter[str]:
    """Titles with at least a copy in each fund at the end of a day (one statement)."""
    held = (
        LedgerEntry.objects.filter(library=library, on__lte=on)
        .order_by()
        .values("fund", "record_id")
        .annotate(copies=Sum("quantity"))
        .filter(copies__gt=0)
    )
    return Counter(fund for fund in held.values_list("fund", flat=True))


@dataclass(frozen=True, slots=True)
class Annual:
    """Everything the annual report says."""

    library: Organization
    period: Period
    is_school_year: bool
    until: date
    """The last day counted: the end of the year, or today while it runs."""
    working_days: int
    contents: tuple[ContentGroup, ...]
    movements: Movements
    titles: Counter[str]
    readers_before: Counter[str]
    readers: Counter[str]
    left: Counter[str]
    active: Counter[str]
    """Different readers who came at least once. Visits of those who keep no history have no person and count only
    as visits."""
    line: diary.Line
    events: list[LibraryEvent]
    librarians: int


def annual(library: Organization, year: int, *, is_school_year: bool, today: date) -> Annual:
    """Count the report of a year: a fixed number of statements."""
    period = year_of(year, is_school_year=is_school_year)
    until = max(min(period.last, today), period.first)
    counted = diary.facts(library, period)
    readers_before, readers = diary.readers_on(library, period.first - timedelta(days=1), until)
    here = {"library": library}
    left = (
        Membership.objects.filter(period.contains("left_on"), **here)
        .annotate(grade_then=groups.grade_on(OuterRef("left_on")))
        .annotate(group=groups.group_case("category", "grade_then"))
    )
    came = Visit.objects.filter(period.contains("on"), person__isnull=False, **here)
    came = came.annotate(group=groups.group_case()).order_by()
    # Who moved up in the course of the year is one reader, in the group of the last visit.
    last_visits = came.values_list("person_id", "group").annotate(last=Max("on")).order_by("last")
    active = Counter({person: group for person, group, _last in last_visits}.values())
    return Annual(
        library=library,
        period=period,
        is_school_year=is_school_year,
        until=until,
        working_days=queries.working_days(library, Period(period.first, until)),
        contents=counted.contents,
        movements=movements(library, period, counted.contents),
        titles=titles_on(library, until),
        readers_before=readers_before,
        readers=readers,
        left=Counter(dict(left.order_by().values_list("group").annotate(number=Count("pk")))),
        active=active,
        line=counted.line(period),
        events=counted.events,
        librarians=RoleAssignment.objects.filter(
            Q(organization=library), role=Role.LIBRARIAN, user__is_active=True
        ).count(),
    )


def years_of(library: Organization, today: date) -> list[int]:
    """Years of which a report can be made: from the first entry of the ledger or reader to this year, newest first."""
    first_entry = LedgerEntry.objects.filter(library=library).order_by("on").values_list("on", flat=True).first()
    first_reader = (
        Membership.objects.filter(library=library)
        .order_by("registered_on")
        .values_list("registered_on", flat=True)
        .first()
    )
    first = min((day for day in (first_entry, first_reader) if day is not None), default=today)
    return list(range(today.year, min(first.year, today.year) - 1, -1))


# The report as a paper


@dataclass(frozen=True, slots=True)
class Words:
    """What a person adds to the figures before signing."""

    staff: str = ""
    note: str = ""
    signed_by: str = ""


def _fund_door(measure: Measure, book: Annual, fund: str, axis: str, code: str) -> Door:
    names = {"content": "content", "kind": "column", "language": "spoken"}
    more = {"fund": fund} if fund else {}
    if axis in names:
        more[names[axis]] = code
    day_before = book.period.first - timedelta(days=1)
    period = Period(day_before, day_before) if measure == Measure.FUND_AT else book.period
    return Door(measure, period, more)


def _fund_cells(book: Annual, fund: str, axis: str, code: str) -> list[Cell]:
    one = book.movements.get((fund, axis, code), Movement())
    end = _fund_door(Measure.FUND_AT, book, fund, axis, code)
    closing = Door(Measure.FUND_AT, Period(book.period.last, book.period.last), end.more)
    pairs = (
        (one.opening, end),
        (one.received, _fund_door(Measure.FUND_IN, book, fund, axis, code)),
        (one.withdrawn, _fund_door(Measure.FUND_OUT, book, fund, axis, code)),
        (one.closing, closing),
    )
    return [cell for volume, door in pairs for cell in (Cell(volume.copies, door), Cell(volume.amount))]


def _fund_rows(book: Annual, fund: str, name: str) -> list[Row]:
    rows = [Row(name, _fund_cells(book, fund, "all", ""), is_strong=True)]
    axes: tuple[tuple[str, list[tuple[str, str]]], ...] = (
        ("content", [(group.code, group.name) for group in book.contents]),
        ("kind", [(column.code, str(column.name)) for column in KIND_COLUMNS]),
        ("language", [(group.value, str(group.label)) for group in LanguageGroup]),
    )
    titles = {"content": _("By content"), "kind": _("By kind"), "language": _("By language")}
    for axis, lines in axes:
        if any((fund, axis, code) in book.movements for code, _name in lines):
            rows.append(Row(f"{name} · {titles[axis]}", []))
        for code, line_name in lines:
            if (fund, axis, code) in book.movements:
                rows.append(Row(line_name, _fund_cells(book, fund, axis, code)))
    return rows


def _four_heads(book: Annual) -> list[Head]:
    pair = [pgettext("on paper", "Copies"), _("Sum, tenge")]
    return [
        Head(_("At %(day)s") % {"day": day_text(book.period.first)}, pair),
        Head(_("Received"), pair),
        Head(_("Withdrawn"), pair),
        Head(_("At the end of %(day)s") % {"day": day_text(book.period.last)}, pair),
    ]


def _readers_table(book: Annual) -> Table:
    before = Period(book.period.first - timedelta(days=1), book.period.first - timedelta(days=1))
    now = Period(book.until, book.until)
    rows = [
        Row(_("Registered at the beginning"), diary.group_cells(book.readers_before, Measure.READERS, before)),
        Row(_("Registered anew"), diary.group_cells(book.line.new_readers, Measure.NEW_READERS, book.period)),
        Row(_("Readers who left"), diary.group_cells(book.left, Measure.LEFT, book.period)),
        Row(
            _("Registered on %(day)s") % {"day": day_text(book.until)},
            diary.group_cells(book.readers, Measure.READERS, now),
            is_strong=True,
        ),
        Row(
            _("Came at least once"),
            [Cell(book.active.total()), *(Cell(book.active[group.value]) for group in Group)],
        ),
        Row(_("Visits"), diary.group_cells(book.line.visits, Measure.VISITS, book.period), is_strong=True),
        Row(_("Came to mass events"), diary.audience_cells(book.line.audience, book.period)),
    ]
    return Table(
        _("2. Readers and visits by group"),
        "",
        [Head("", diary.group_heads())],
        rows,
        note=_(
            "Each line counts a reader in the group of the day it speaks of, so a class that moved up stands in another "
            "column at the end than at the beginning."
        ),
    )


def _loans_table(book: Annual) -> Table:
    lent, period = book.line.lent, book.period
    heads = diary.loan_heads(book.contents)
    cells = iter(diary.loan_cells(lent, book.contents, period))
    rows: list[Row] = []
    for head in heads:
        if head.title:
            rows.append(Row(head.title, []))
        rows += [Row(name, [next(cells)], is_strong=False) for name in head.columns]
    return Table(
        _("4. Loans"),
        "",
        [Head("", [_("Loans")])],
        rows,
        note=_("A renewal counts as a loan; textbooks kept by count are counted by volume."),
    )


def _written(value: Decimal | None) -> Cell:
    return Cell(value if value is not None else "–")


def _indicators_table(book: Annual) -> Table:
    lent, visits, readers = book.line.lent, book.line.visits.total(), book.readers.total()
    whole_fund = book.movements.get(("", "all", ""), Movement()).closing.copies
    core = book.movements.get((FundType.CORE.value, "all", ""), Movement()).closing.copies
    received = book.movements.get(("", "all", ""), Movement()).received.copies
    core_received = book.movements.get((FundType.CORE.value, "all", ""), Movement()).received.copies
    one = Cell("")
    lines = [
        (_("Reading rate"), _("loans ÷ readers"), _written(ratio(lent.total, readers)), _written(ratio(lent.rest, readers))),
        (_("Visiting rate"), _("visits ÷ readers"), _written(ratio(visits, readers)), one),
        (_("Mean visits a day"), _("visits ÷ days open"), _written(ratio(visits, book.working_days)), one),
        (
            _("Turnover of the fund"), _("loans ÷ fund at the end"),
            _written(ratio(lent.total, whole_fund)), _written(ratio(lent.rest, core)),
        ),
        (
            _("Books per reader"), _("fund at the end ÷ readers"),
            _written(ratio(whole_fund, readers)), _written(ratio(core, readers)),
        ),
        (
            _("Renewal of the fund, %"), _("received ÷ fund at the end × 100"),
            _written(ratio(received, whole_fund, percent=True)), _written(ratio(core_received, core, percent=True)),
        ),
        (
            _("Coverage, %"), _("readers who came ÷ registered readers × 100"),
            _written(ratio(book.active.total(), readers, percent=True)), one,
        ),
    ]  # fmt: skip
    return Table(
        _("5. Indicators"),
        "",
        [Head("", [_("Formula"), _("With textbooks"), _("Without textbooks")])],
        [Row(name, [Cell(formula), with_all, without]) for name, formula, with_all, without in lines],
        note=_("Readers: registered on %(day)s. Visits without mass events.") % {"day": day_text(book.until)},
    )


def paper(book: Annual, words: Words) -> Paper:
    """The annual report in the language in force."""
    library = book.library
    first, last = day_text(book.period.first), day_text(book.period.last)
    facts = [
        (_("Period"), _("from %(first)s to %(last)s") % {"first": first, "last": last}),
        (_("Days the library was open"), whole(book.working_days)),
        (_("Librarians"), whole(book.librarians) + (f"; {words.staff}" if words.staff else "")),
        (
            _("Titles in the fund"),
            _("core fund %(core)s, textbooks %(textbooks)s")
            % {
                "core": whole(book.titles[FundType.CORE.value]),
                "textbooks": whole(book.titles[FundType.TEXTBOOK.value]),
            },
        ),
    ]
    for name, value in (
        (_("BIN"), library.bin),
        (_("Address"), library.address),
        (_("Telephone"), library.phone),
        (_("E-mail"), library.email),
    ):
        if value:
            facts.append((name, value))
    if book.until < book.period.last:
        facts.append((_("The year is not over"), _("counted up to %(day)s") % {"day": day_text(book.until)}))
    if words.note:
        facts.append((_("Note"), words.note))
    general = Table(
        _("1. General figures"),
        "",
        [Head("", [_("Figure")])],
        [
            Row(
                _("Registered readers"),
                [Cell(book.readers.total(), Door(Measure.READERS, Period(book.until, book.until)))],
            ),
            Row(_("Visits"), [Cell(book.line.visits.total(), Door(Measure.VISITS, book.period))]),
            Row(_("Loans"), [Cell(book.line.lent.total, Door(Measure.LENDINGS, book.period))]),
            Row(_("Fund at the end, copies"), [_fund_cells(book, "", "all", "")[6]]),
            Row(_("Mass events"), [Cell(book.line.events, Door(Measure.EVENTS, book.period))]),
            Row(_("References"), [Cell(book.line.references.total(), Door(Measure.REFERENCES, book.period))]),
        ],
    )
    fund = Table(
        _("3. Movement of the fund"),
        "",
        _four_heads(book),
        [
            *_fund_rows(book, "", _("Both funds")),
            *_fund_rows(book, FundType.CORE.value, str(FundType.CORE.label)),
            *_fund_rows(book, FundType.TEXTBOOK.value, str(FundType.TEXTBOOK.label)),
        ],
        note=_("The end is the beginning plus what was received less what was withdrawn, in every line."),
    )
    tables = [general, _readers_table(book), fund, _loans_table(book), _indicators_table(book)]
    tables.append(
        Table(
            _("6. Mass events and references"),
            "",
            [Head("", [_("Number")])],
            [
                Row(_("Mass events"), [Cell(book.line.events, Door(Measure.EVENTS, book.period))], is_strong=True),
                Row(_("Visitors of mass events"), [Cell(book.line.attendance, Door(Measure.EVENTS, book.period))]),
                Row(_("References"), [diary.reference_cells(book.line.references, book.period)[0]], is_strong=True),
                *(
                    Row(str(kind.label), [cell])
                    for kind, cell in zip(
                        ReferenceKind, diary.reference_cells(book.line.references, book.period)[1:], strict=True
                    )
                ),
            ],
        )
    )
    if book.events:
        heads = [Head("", [_("Event"), _("Kind"), _("Came")])]
        tables.append(Table(_("List of mass events"), _("Day"), heads, diary.event_rows(book.events)))
    year = book.period.first.year
    return Paper(
        title=_("Annual report of the school library"),
        subtitle=_("School year %(year)s/%(next)s") % {"year": year, "next": year + 1}
        if book.is_school_year
        else _("Year %(year)s") % {"year": year},
        library=library,
        facts=facts,
        tables=tables,
        signatures=[(_("Librarian"), words.signed_by), (_("Director"), "")],
        is_landscape=False,
        form="annual_report",
        last=book.period.last,
    )
