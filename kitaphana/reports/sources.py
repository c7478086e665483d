"""What can be asked of which records: the registry of sources with their dimensions, measures and filters.

Nothing of a definition reaches the database as text: its words are keys of these tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Round, Substr, TruncDate
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kitaphana.acquisitions.enums import OrderState
from kitaphana.acquisitions.models import OrderLine
from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.languages import choices as languages
from kitaphana.catalog.languages import language_name
from kitaphana.circulation.enums import HoldState
from kitaphana.circulation.models import Hold, Loan, StockLoan, Visit
from kitaphana.core.access import Permission
from kitaphana.core.text.kazakh import sort_key
from kitaphana.fund.enums import ActKind, CopyState, FundType, LanguageGroup, ReceiptSource, WithdrawalReason
from kitaphana.fund.models import Copy, LedgerEntry
from kitaphana.monitoring.enums import EventKind
from kitaphana.monitoring.enums import Measure as Figure
from kitaphana.monitoring.lists import COLUMNS, Column
from kitaphana.monitoring.models import LibraryEvent
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import Category, Sex, TeachingLanguage
from kitaphana.people.models import Membership
from kitaphana.renewal.models import Coverage

Key = tuple[Any, ...]
UNTOLD: Final = _("not told")
NO_CLASS: Final = _("without a class")


@dataclass(frozen=True, slots=True)
class Context:
    """Where and when a report is counted; ``days`` is None for the whole time."""

    node: Organization
    today: date
    days: tuple[date, date] | None


@dataclass(frozen=True, slots=True)
class Dimension:
    """What can stand in rows or columns.

    ``key`` are the expressions that tell one value from another, ``extra`` those that are read for the label only
    (they depend on the key). ``sort`` orders values by key and extras together. ``domain`` lists all values where
    they are known beforehand, so that empty rows can be shown.
    """

    label: str | Promise
    key: Callable[[Context], tuple[Any, ...]]
    text: Callable[[Key], str]
    sort: Callable[[Key], Any]
    extra: tuple[str, ...] = ()
    domain: Callable[[Context], Iterable[Key]] | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted. An additive one adds up over rows and columns; another is counted anew for every total.
    Money is added as whole tiyn, because SQLite would add floats."""

    label: str | Promise
    aggregate: Callable[[], Any]
    is_additive: bool = True
    is_money: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice among known values; ``condition`` makes it a condition."""

    label: str | Promise
    choices: Callable[[], Iterable[tuple[str, str]]]
    condition: Callable[[Context, tuple[str, ...]], Q]

    def accepts(self, value: str) -> bool:
        """Whether it is one of the choices."""
        return any(value == known for known, _label in self.choices())


@dataclass(frozen=True, slots=True)
class Source:
    """Records of one kind. ``place`` is the path to their organisation, ``day`` the column of the period."""

    key: str
    label: str | Promise
    rows: Callable[[], QuerySet[Any]]
    dimensions: Mapping[str, Dimension]
    measures: Mapping[str, Measure]
    filters: Mapping[str, Filter]
    columns: tuple[Column, ...]
    related: tuple[str, ...]
    usual_row: str
    place: str = "library"
    day: str = ""
    is_moment: bool = False
    """The column of the period is a moment, not a day."""
    usual_period: str = "school_year"
    permission: Permission | None = None
    """Asked for beside NUMBERS_VIEW."""
    is_personal: bool = False
    """Rows tell of readers: single ones are shown to those who may see readers."""
    hint: str | Promise = ""
    order: str = "pk"


# --- Dimensions -------------------------------------------------------------------------------------------------


def _choice(label: str | Promise, path: str, choices: Any, *, blank: str | Promise = "") -> Dimension:
    """Values of an enumeration in its order."""
    names, order = dict(choices.choices), {value: at for at, value in enumerate(choices.values)}

    def text(key: Key) -> str:
        return str(names.get(key[0]) or blank or str(UNTOLD))

    return Dimension(
        label,
        lambda _context: (F(path),),
        text,
        lambda key: order.get(key[0], len(order)),
        domain=lambda _context: [(value,) for value in choices.values],
    )


def _iso(path: str, *, is_moment: bool) -> Any:
    # Both databases write a day as 2026-11-23; SQLite's date functions are Python and ten times slower.
    return Cast(TruncDate(path) if is_moment else F(path), CharField(max_length=10))


def _months(context: Context) -> list[str]:
    if context.days is None:
        return []
    (first, last), found = context.days, []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        found.append(f"{year}-{month:02d}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


def _quarter_of(month: str) -> str:
    return f"{month[:4]}-{(int(month[5:]) + 2) // 3}"


def _school_year_of(month: str) -> int:
    return int(month[:4]) - (month[5:] < "09")


def month_text(key: Key) -> str:
    """2026-11 as people write it."""
    return f"{key[0][5:]}.{key[0][:4]}" if key[0] else str(UNTOLD)


def _dates(path: str, *, is_moment: bool = False) -> dict[str, Dimension]:
    """Month, quarter, school year and calendar year of a day."""

    def part(start: int, length: int) -> Any:
        return Substr(_iso(path, is_moment=is_moment), start, length)

    def quarter(_context: Context) -> tuple[Any, ...]:
        number = ExpressionWrapper((Cast(part(6, 2), IntegerField()) + Value(2)) / Value(3), IntegerField())
        named = Concat(part(1, 4), Value("-"), Cast(number, CharField(max_length=4)), output_field=CharField())
        # Django's Concat takes nothing for an empty text.
        return (Case(When(Q(**{f"{path}__isnull": False}), then=named), output_field=CharField()),)

    def school_year(_context: Context) -> tuple[Any, ...]:
        # September is the ninth month: months + 4 over 12 is 1 from September on.
        month = Cast(part(6, 2), IntegerField())
        year = Cast(part(1, 4), IntegerField())
        return (ExpressionWrapper(year - Value(1) + (month + Value(3)) / Value(12), IntegerField()),)

    def first(key: Key) -> Any:
        return key[0] or ""

    return {
        "month": Dimension(
            _("Month"),
            lambda _context: (part(1, 7),),
            month_text,
            first,
            domain=lambda context: [(month,) for month in _months(context)],
        ),
        "quarter": Dimension(
            _("Quarter"),
            quarter,
            lambda key: f"{key[0][5:]} · {key[0][:4]}" if key[0] else str(UNTOLD),
            first,
            domain=lambda context: [(one,) for one in dict.fromkeys(map(_quarter_of, _months(context)))],
        ),
        "school_year": Dimension(
            _("School year"),
            school_year,
            lambda key: f"{key[0]}/{key[0] + 1}" if key[0] else str(UNTOLD),
            lambda key: key[0] or 0,
            domain=lambda context: [(one,) for one in dict.fromkeys(map(_school_year_of, _months(context)))],
        ),
        "year": Dimension(
            _("Calendar year"),
            lambda _context: (part(1, 4),),
            lambda key: key[0] or str(UNTOLD),
            first,
            domain=lambda context: [(one,) for one in dict.fromkeys(month[:4] for month in _months(context))],
        ),
    }


def _localized(kk: str, ru: str, en: str) -> str:
    return {"ru": ru, "en": en}.get(get_language() or "kk", "") or kk


def _places(path: str) -> dict[str, Dimension]:
    """The library, and the branch of the tree right below the node."""

    def name(key: Key) -> str:
        return _localized(*key[1:4])

    def branch(context: Context) -> tuple[Any, ...]:
        return (Substr(f"{path}__path", 1, len(context.node.path) + Organization.steplen),)

    return {
        "library": Dimension(
            _("Organisation"),
            lambda _context: (F(f"{path}_id"),),
            name,
            lambda key: sort_key(name(key)),
            extra=(f"{path}__name_kk", f"{path}__name_ru", f"{path}__name_en"),
        ),
        "branch": Dimension(
            _("Part of the network"),
            branch,
            # The engine puts the names of the parts where the path stood.
            lambda key: str(key[1]),
            lambda key: sort_key(str(key[1])),
        ),
    }


def _title(path: str) -> Dimension:
    prefix = f"{path}__" if path else ""
    return Dimension(
        _("Title"),
        lambda _context: (F(f"{path}_id"),),
        lambda key: f"{key[3][0].rstrip('.')}. {key[1]}" if key[3] else str(key[1]),
        lambda key: key[2],
        extra=(f"{prefix}title", f"{prefix}sort_title", f"{prefix}authors"),
    )


def _record(path: str) -> dict[str, Dimension]:
    """Kind, language and title of an edition."""
    return {
        "kind": _choice(_("Kind"), f"{path}__kind", RecordKind),
        "language": Dimension(
            _("Language of the text"),
            lambda _context: (F(f"{path}__language"),),
            lambda key: language_name(key[0]) if key[0] else str(UNTOLD),
            lambda key: ("kaz", "rus").index(key[0]) if key[0] in ("kaz", "rus") else 2,
        ),
        "title": _title(path),
    }


def _grade(path: str) -> Dimension:
    return Dimension(
        _("Grade"),
        lambda _context: (F(path),),
        lambda key: str(key[0]) if key[0] is not None else str(NO_CLASS),
        lambda key: 99 if key[0] is None else key[0],
        domain=lambda _context: [(grade,) for grade in range(1, 12)],
    )


def _class(path: str) -> dict[str, Dimension]:
    def text(key: Key) -> str:
        if key[0] is None:
            return str(NO_CLASS)
        return f"{key[0]} «{key[1]}»" if key[1] else str(key[0])

    return {
        "class": Dimension(
            pgettext_lazy("of a school", "Class"),
            lambda _context: (F(f"{path}__grade"), F(f"{path}__letter")),
            text,
            lambda key: (99 if key[0] is None else key[0], sort_key(key[1] or "")),
        ),
        "grade": _grade(f"{path}__grade"),
        "teaching": _choice(_("Language of instruction"), f"{path}__language", TeachingLanguage),
    }


def _flag(
    label: str | Promise, yes: str | Promise, no: str | Promise, condition: Callable[[Context], Any]
) -> Dimension:
    return Dimension(
        label,
        lambda context: (Case(When(condition(context), then=Value(1)), default=Value(0), output_field=IntegerField()),),
        lambda key: str(yes if key[0] else no),
        lambda key: -key[0],
        domain=lambda _context: [(1,), (0,)],
    )


# --- Measures ---------------------------------------------------------------------------------------------------


def _number(label: str | Promise) -> Measure:
    return Measure(label, lambda: Count("pk"))


def _distinct(label: str | Promise, path: str) -> Measure:
    return Measure(label, lambda: Count(path, distinct=True), is_additive=False)


def _sum(label: str | Promise, path: str) -> Measure:
    return Measure(label, lambda: Coalesce(Sum(path), 0))


def tiyn(value: Any) -> Any:
    """An amount of tenge as a whole number of tiyn."""
    amount = ExpressionWrapper(value * Value(Decimal(100)), DecimalField(max_digits=20, decimal_places=2))
    return Cast(Round(amount), BigIntegerField())


def _money(label: str | Promise, value: Callable[[], Any]) -> Measure:
    return Measure(label, lambda: Coalesce(Sum(tiyn(value())), 0), is_money=True)


# --- Filters ----------------------------------------------------------------------------------------------------


def _among(label: str | Promise, path: str, choices: Callable[[], Iterable[tuple[str, Any]]]) -> Filter:
    return Filter(
        label,
        lambda: [(str(value), str(name)) for value, name in choices()],
        lambda _context, values: Q(**{f"{path}__in": values}),
    )


def _enum(label: str | Promise, path: str, choices: Any) -> Filter:
    return _among(label, path, lambda: choices.choices)


def _grades(path: str) -> Filter:
    return _among(_("Grade"), path, lambda: [(str(grade), str(grade)) for grade in range(12)])


def _either(label: str | Promise, options: Mapping[str, tuple[str | Promise, Callable[[Context], Q]]]) -> Filter:
    def condition(context: Context, values: tuple[str, ...]) -> Q:
        found = Q()
        for value in values:
            found |= options[value][1](context)
        return found

    return Filter(label, lambda: [(key, str(name)) for key, (name, _c) in options.items()], condition)


# --- Sources ----------------------------------------------------------------------------------------------------


def _open(prefix: str = "") -> Mapping[str, tuple[str | Promise, Callable[[Context], Q]]]:
    still = Q(**{f"{prefix}returned_at__isnull": True})
    return {
        "open": (pgettext_lazy("of loans", "Not yet returned"), lambda _context: still),
        "overdue": (_("Overdue"), lambda context: still & Q(due_on__lt=context.today)),
        "returned": (pgettext_lazy("of loans", "Returned"), lambda _context: ~still),
    }


def _loan_like(fund: str, record: str) -> tuple[dict[str, Dimension], dict[str, Filter]]:
    dimensions = {
        **_dates("lent_on"),
        **_class("school_class"),
        "category": _choice(_("Category of readers"), "category", Category),
        "fund": _choice(_("Fund"), fund, FundType),
        **_record(record),
        "late": _flag(
            pgettext_lazy("of loans", "Overdue or not"),
            _("Overdue"),
            _("In time"),
            lambda context: Q(returned_at__isnull=True, due_on__lt=context.today),
        ),
        **_places("library"),
    }
    filters = {
        "fund": _enum(_("Fund"), fund, FundType),
        "category": _enum(_("Category of readers"), "category", Category),
        "grade": _grades("school_class__grade"),
        "kind": _enum(_("Kind"), f"{record}__kind", RecordKind),
        "language": _among(_("Language of the text"), f"{record}__language", languages),
        "state": _either(pgettext_lazy("of loans", "State of the loan"), _open()),
    }
    return dimensions, filters


def _loans() -> Source:
    dimensions, filters = _loan_like("copy__fund", "copy__record")
    return Source(
        "loans",
        _("Loans"),
        lambda: Loan.objects.exclude(end="UNDONE"),
        dimensions,
        {
            "number": _number(_("Loans")),
            "readers": _distinct(_("Readers, each once"), "person"),
            "titles": _distinct(_("Titles, each once"), "copy__record"),
        },
        filters,
        COLUMNS[Figure.LOANS],
        ("copy__record", "person", "school_class", "library"),
        "month",
        day="lent_on",
        is_personal=True,
        order="-lent_on",
        hint=_("Books by inventory number that were lent in the period."),
    )


def _stock_loans() -> Source:
    dimensions, filters = _loan_like("stock__fund", "stock__record")
    return Source(
        "stock_loans",
        _("Loans of textbooks"),
        lambda: StockLoan.objects.exclude(end="UNDONE"),
        dimensions,
        {
            "copies": _sum(_("Copies"), "quantity"),
            "number": _number(pgettext_lazy("of textbooks", "Issues")),
            "readers": _distinct(_("Readers, each once"), "person"),
            "titles": _distinct(_("Titles, each once"), "stock__record"),
        },
        filters,
        _issue_columns(),
        ("stock__record", "person", "school_class", "library"),
        "class",
        day="lent_on",
        is_personal=True,
        order="-lent_on",
        hint=_("Textbooks and other books kept by count that were issued in the period."),
    )


def _issue_columns() -> tuple[Column, ...]:
    person, school_class = COLUMNS[Figure.LOANS][3:5]
    return (
        Column(_("Lent on"), lambda row: row.lent_on),
        Column(_("Edition"), lambda row: row.stock.record.title),
        Column(_("Number"), lambda row: row.quantity, is_number=True),
        person,
        school_class,
        Column(_("Due on"), lambda row: row.due_on),
    )


def _visits() -> Source:
    return Source(
        "visits",
        _("Visits"),
        Visit.objects.all,
        {
            **_dates("on"),
            "grade": _grade("grade"),
            "category": _choice(_("Category of readers"), "category", Category),
            **_places("library"),
        },
        {"number": _number(_("Visits")), "readers": _distinct(_("Readers, each once"), "person")},
        {"category": _enum(_("Category of readers"), "category", Category), "grade": _grades("grade")},
        COLUMNS[Figure.VISITS],
        ("person", "library"),
        "month",
        day="on",
        is_personal=True,
        order="-on",
        hint=_("A reader counts once a day."),
    )


def _borrowed(context: Context) -> Any:
    def lent(model: type[Any]) -> Any:
        rows = model.objects.filter(person=OuterRef("person_id"), library=OuterRef("library_id")).exclude(end="UNDONE")
        return Exists(rows.filter(lent_on__range=context.days) if context.days else rows)

    return lent(Loan) | lent(StockLoan)


def _readers() -> Source:
    now = Q(left_on__isnull=True)
    return Source(
        "readers",
        _("Readers"),
        Membership.objects.all,
        {
            **_class("school_class"),
            "category": _choice(_("Category of readers"), "category", Category),
            "sex": _choice(_("Sex"), "person__sex", Sex),
            "borrowed": _flag(_("Borrowed in the period"), _("Borrowed something"), _("Borrowed nothing"), _borrowed),
            **{f"registered_{key}": one for key, one in _registered().items()},
            **_places("library"),
        },
        {"number": _number(_("Readers")), "people": _distinct(_("People, each once"), "person")},
        {
            "state": _either(
                pgettext_lazy("of readers", "Registration"),
                {
                    "now": (_("Registered now"), lambda _context: now),
                    "left": (_("Left the library"), lambda _context: ~now),
                },
            ),
            "borrowed": _either(
                _("Borrowed in the period"),
                {
                    "yes": (_("Borrowed something"), lambda context: Q(_borrowed(context))),
                    "no": (_("Borrowed nothing"), lambda context: ~Q(_borrowed(context))),
                },
            ),
            "category": _enum(_("Category of readers"), "category", Category),
            "grade": _grades("school_class__grade"),
        },
        COLUMNS[Figure.READERS],
        ("person", "school_class", "library"),
        "class",
        is_personal=True,
        order="person__sort_key",
        hint=_("Readers as they are today; the period says only when they borrowed."),
    )


def _registered() -> dict[str, Dimension]:
    months = _dates("registered_on")
    label = {"month": _("Month of registration"), "year": _("Year of registration")}
    # The period of readers is about borrowing, so months without a registration can't be told beforehand.
    return {key: replace(months[key], label=name, domain=None) for key, name in label.items()}


def _copies() -> Source:
    return Source(
        "copies",
        _("Copies"),
        Copy.objects.all,
        {
            "fund": _choice(_("Fund"), "fund", FundType),
            **_record("record"),
            "state": _choice(_("State"), "state", CopyState),
            "source": _choice(_("Source of receipt"), "received_by__act__source", ReceiptSource),
            "published": Dimension(
                _("Year of publication"),
                lambda _context: (F("record__year"),),
                lambda key: str(key[0]) if key[0] else str(UNTOLD),
                lambda key: key[0] or 0,
            ),
            **_dates("received_by__on"),
            **_places("library"),
        },
        {
            "number": _number(_("Copies")),
            "amount": _money(_("Sum, tenge"), lambda: F("price")),
            "titles": _distinct(_("Titles, each once"), "record"),
        },
        {
            "state": _enum(_("State"), "state", CopyState),
            "fund": _enum(_("Fund"), "fund", FundType),
            "kind": _enum(_("Kind"), "record__kind", RecordKind),
            "language": _among(_("Language of the text"), "record__language", languages),
        },
        COLUMNS[Figure.COPIES],
        ("record", "received_by", "library"),
        "kind",
        day="received_by__on",
        usual_period="all",
        hint=_("Books by inventory number; the period says when they came."),
    )


def _ledger() -> Source:
    came = Q(quantity__gt=0)
    return Source(
        "ledger",
        _("Receipts and withdrawals"),
        LedgerEntry.objects.all,
        {
            **_dates("on"),
            "direction": _flag(
                _("Receipt or withdrawal"),
                pgettext_lazy("of the ledger", "Receipts"),
                pgettext_lazy("of the ledger", "Withdrawals"),
                lambda _context: came,
            ),
            "act": _choice(_("Kind of act"), "act__kind", ActKind),
            "source": _choice(_("Source of receipt"), "act__source", ReceiptSource, blank=_("no source")),
            "reason": _choice(_("Reason for withdrawal"), "act__reason", WithdrawalReason, blank=_("no reason")),
            "fund": _choice(_("Fund"), "fund", FundType),
            "kind": _choice(_("Kind"), "kind", RecordKind),
            "language": _choice(_("Language group"), "language_group", LanguageGroup),
            "title": _title("record"),
            **_places("library"),
        },
        {
            "copies": _sum(_("Copies"), "quantity"),
            "amount": _money(_("Sum, tenge"), lambda: F("amount")),
            "number": _number(_("Entries")),
            "titles": _distinct(_("Titles, each once"), "record"),
        },
        {
            "direction": _either(
                _("Receipt or withdrawal"),
                {
                    "in": (pgettext_lazy("of the ledger", "Receipts"), lambda _context: came),
                    "out": (pgettext_lazy("of the ledger", "Withdrawals"), lambda _context: ~came),
                },
            ),
            "fund": _enum(_("Fund"), "fund", FundType),
            "source": _enum(_("Source of receipt"), "act__source", ReceiptSource),
            "kind": _enum(_("Kind"), "kind", RecordKind),
            "language": _enum(_("Language group"), "language_group", LanguageGroup),
        },
        COLUMNS[Figure.FUND_IN],
        ("record", "act", "library"),
        "kind",
        day="on",
        hint=_("Withdrawals count below zero, so over the whole time the sums are the fund of today."),
        order="-on",
    )


def _events() -> Source:
    def came() -> Any:
        return F("junior") + F("middle") + F("senior") + F("teacher") + F("other")

    return Source(
        "events",
        _("Mass events"),
        lambda: LibraryEvent.objects.filter(cancelled_at__isnull=True),
        {**_dates("on"), "kind": _choice(_("Kind of event"), "kind", EventKind), **_places("library")},
        {
            "number": _number(_("Events")),
            "came": Measure(_("Those who came"), lambda: Coalesce(Sum(came()), 0)),
            "pupils": Measure(_("Pupils who came"), lambda: Coalesce(Sum(F("junior") + F("middle") + F("senior")), 0)),
        },
        {"kind": _enum(_("Kind of event"), "kind", EventKind)},
        COLUMNS[Figure.EVENTS],
        ("library",),
        "month",
        day="on",
        order="-on",
    )


def _holds() -> Source:
    return Source(
        "holds",
        _("Holds"),
        Hold.objects.all,
        {
            **_dates("placed_at", is_moment=True),
            "state": _choice(_("State"), "state", HoldState),
            **_record("record"),
            **_places("library"),
        },
        {
            "number": _number(_("Holds")),
            "readers": _distinct(_("Readers, each once"), "person"),
            "titles": _distinct(_("Titles, each once"), "record"),
        },
        {
            "state": _enum(_("State"), "state", HoldState),
            "kind": _enum(_("Kind"), "record__kind", RecordKind),
            "language": _among(_("Language of the text"), "record__language", languages),
        },
        COLUMNS[Figure.HOLDS],
        ("record", "person", "library"),
        "title",
        day="placed_at",
        is_moment=True,
        is_personal=True,
        order="-placed_at",
    )


def _coverage() -> Source:
    def list_name(key: Key) -> str:
        return _localized(*key[1:4])

    return Source(
        "coverage",
        _("Coverage of the core lists"),
        lambda: Coverage.objects.filter(version__state="PUBLISHED"),
        {
            "list": Dimension(
                _("Core list"),
                lambda _context: (F("version__core_list_id"),),
                list_name,
                lambda key: sort_key(list_name(key)),
                extra=tuple(f"version__core_list__name_{language}" for language in ("kk", "ru", "en")),
            ),
            **_places("library"),
        },
        {
            "missing": _sum(_("Missing copies"), "missing"),
            "needed": _sum(_("Needed copies"), "needed"),
            "provided": _sum(_("Copies held of the needed"), "provided"),
            "cost": _money(_("They cost, ₸"), lambda: F("cost")),
            "covered": _sum(_("Titles covered in full"), "covered"),
            "number": _number(_("Counts by library and list")),
        },
        {},
        (
            Column(_("Core list"), lambda row: row.version.core_list.name),
            Column(_("Needed"), lambda row: row.needed, is_number=True),
            Column(_("Missing"), lambda row: row.missing, is_number=True),
            Column(_("Sum, tenge"), lambda row: row.cost, is_number=True),
        ),
        ("version__core_list", "library"),
        "library",
        usual_period="all",
        hint=_("As it was counted last; the period has no say here."),
    )


def _orders() -> Source:
    return Source(
        "orders",
        _("Orders to suppliers"),
        lambda: OrderLine.objects.exclude(order__state="CANCELLED"),
        {
            "year": Dimension(
                _("Year of the order"),
                lambda _context: (F("order__year"),),
                lambda key: str(key[0]),
                lambda key: key[0],
            ),
            "state": _choice(_("State"), "order__state", OrderState),
            "budget": _choice(_("Source of funds"), "order__budget__source", ReceiptSource),
            "supplier": Dimension(
                _("Supplier"),
                lambda _context: (F("order__supplier_id"),),
                lambda key: str(key[1]),
                lambda key: sort_key(str(key[1])),
                extra=("order__supplier__name",),
            ),
            **_record("record"),
            **_places("order__organization"),
        },
        {
            "copies": _sum(_("Copies ordered"), "quantity"),
            "amount": _money(_("Sum, tenge"), lambda: F("quantity") * F("price")),
            "orders": _distinct(_("Orders, each once"), "order"),
            "titles": _distinct(_("Titles, each once"), "record"),
            "number": _number(_("Lines of orders")),
        },
        {
            "state": _enum(_("State"), "order__state", OrderState),
            "kind": _enum(_("Kind"), "record__kind", RecordKind),
            "budget": _enum(_("Source of funds"), "order__budget__source", ReceiptSource),
        },
        (
            Column(pgettext_lazy("to a supplier", "Order"), lambda row: f"{row.order.number}/{row.order.year}"),
            Column(_("Supplier"), lambda row: row.order.supplier.name),
            Column(_("Edition"), lambda row: row.record.title),
            Column(_("Number"), lambda row: row.quantity, is_number=True),
            Column(_("Price, tenge"), lambda row: row.price, is_number=True),
        ),
        ("order__supplier", "order__organization", "record"),
        "supplier",
        place="order__organization",
        day="order__made_at",
        is_moment=True,
        usual_period="year",
        permission=Permission.ACQUISITIONS_VIEW,
    )


SOURCES: Final[Mapping[str, Source]] = {
    source.key: source
    for source in (
        _loans(), _stock_loans(), _visits(), _readers(), _copies(), _ledger(), _events(), _holds(), _coverage(),
        _orders(),
    )
}  # fmt: skip
