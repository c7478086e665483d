"""The summary book: receipts (part 1), withdrawals (part 2) and totals (part 3) of a fund in a year.

All of it is read from the ledger. The part an entry belongs to: see ``fund.services``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, Q, Sum
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

from kitaphana.catalog.enums import RecordKind
from kitaphana.core.money import ZERO, tenge
from kitaphana.fund.enums import ActKind, LanguageGroup, WithdrawalReason
from kitaphana.fund.models import Act, LedgerEntry
from kitaphana.organizations.models import Organization
from kitaphana.regulations.models import RulePack
from kitaphana.regulations.queries import ContentGroup, content_groups, pack_on


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a breakdown."""

    code: str
    name: str | Promise


KIND_COLUMNS = (
    Column("BOOK", _("Books")),
    Column("BROCHURE", _("Brochures")),
    Column("TEXTBOOK", _("Textbooks")),
    Column("MEDIA", _("Audio-visual and electronic")),
    Column("PERIODICAL", _("Periodicals")),
    Column("OTHER", _("Other kinds")),
)
_KIND_COLUMN = {
    RecordKind.BOOK: "BOOK",
    RecordKind.BROCHURE: "BROCHURE",
    RecordKind.TEXTBOOK: "TEXTBOOK",
    RecordKind.AUDIO: "MEDIA",
    RecordKind.VIDEO: "MEDIA",
    RecordKind.ELECTRONIC: "MEDIA",
    RecordKind.PERIODICAL: "PERIODICAL",
}


@dataclass(slots=True)
class Cell:
    """Copies and their sum in tenge."""

    copies: int = 0
    amount: Decimal = ZERO

    def add(self, copies: int, amount: Decimal) -> None:
        """Count more in."""
        self.copies += copies
        self.amount += amount


@dataclass(slots=True)
class Figures:
    """Copies, titles and sum of a line of the book, with their breakdowns. Every breakdown sums up to the
    total."""

    total: Cell = field(default_factory=Cell)
    on_balance: Cell = field(default_factory=Cell)
    off_balance: Cell = field(default_factory=Cell)
    titles: int = 0
    titles_on_balance: int = 0
    titles_off_balance: int = 0
    kinds: dict[str, Cell] = field(default_factory=dict)
    contents: dict[str, Cell] = field(default_factory=dict)
    languages: dict[str, Cell] = field(default_factory=dict)
    reasons: dict[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Row:
    """Ledger entries of one record that share their groups."""

    act_id: int
    record_id: int
    kind: str
    language: str
    content: str
    is_on_balance: bool
    quantity: int
    amount: Decimal
    reason: str = ""


def _figures(rows: Iterable[_Row], columns: _Columns, *, sign: int = 1, moves: bool = True) -> Figures:
    """Sum rows up. A movement (``moves``) counts the titles it moved, a storno as fewer; a balance those it
    has."""
    figures = Figures(
        kinds={column.code: Cell() for column in KIND_COLUMNS},
        contents={column.code: Cell() for column in columns.contents},
        languages={code: Cell() for code in LanguageGroup.values},
        reasons={code: Cell() for code in WithdrawalReason.values},
    )
    balances: dict[tuple[int, bool], int] = {}
    for row in rows:
        copies, amount = sign * row.quantity, sign * row.amount
        figures.total.add(copies, amount)
        (figures.on_balance if row.is_on_balance else figures.off_balance).add(copies, amount)
        figures.kinds[_KIND_COLUMN.get(RecordKind(row.kind), "OTHER")].add(copies, amount)
        figures.contents[columns.content_of(row.content)].add(copies, amount)
        figures.languages[row.language].add(copies, amount)
        if row.reason:
            figures.reasons[row.reason].add(copies, amount)
        key = (row.record_id, row.is_on_balance)
        balances[key] = balances.get(key, 0) + copies
    counted = {key for key, copies in balances.items() if copies > 0 or (moves and copies)}
    direction = -1 if moves and figures.total.copies < 0 else 1
    figures.titles = direction * len({record for record, _ in counted})
    figures.titles_on_balance = direction * sum(1 for _, is_on_balance in counted if is_on_balance)
    figures.titles_off_balance = direction * sum(1 for _, is_on_balance in counted if not is_on_balance)
    return figures


@dataclass(frozen=True, slots=True)
class _Columns:
    contents: tuple[Column, ...]

    def content_of(self, code: str) -> str:
        """The column of a content group; one that this year's rule pack has dropped goes to the last."""
        return code if any(column.code == code for column in self.contents) else self.contents[-1].code


def _name_now(group: ContentGroup) -> str:
    return group.name


_in_language = lazy(_name_now, str)
"""A group's name, read when it is shown: a paper can be in another language than the page."""


def _columns(pack: RulePack) -> _Columns:
    return _Columns(tuple(Column(group.code, _in_language(group)) for group in content_groups(pack)))


@dataclass(frozen=True, slots=True)
class SummaryEntry:
    """An entry of part 1 or part 2."""

    number: int
    act: Act
    figures: Figures

    @property
    def is_storno(self) -> bool:
        """Whether it takes an earlier entry back."""
        return self.act.kind == ActKind.REVERSAL


@dataclass(frozen=True, slots=True)
class SummaryBook:
    """The three parts of a fund's summary book for a calendar year."""

    library: Organization
    fund: str
    year: int
    pack: RulePack
    contents: tuple[Column, ...]
    receipts: list[SummaryEntry]
    receipts_total: Figures
    withdrawals: list[SummaryEntry]
    withdrawals_total: Figures
    opening: Figures
    """Balance at 1 January; in the year in which a library began, with what it brought from its former books."""
    closing: Figures
    """Balance at the end of the year: opening + receipts − withdrawals."""

    @property
    def kinds(self) -> tuple[Column, ...]:
        """Columns by kind of literature."""
        return KIND_COLUMNS

    @property
    def languages(self) -> tuple[Column, ...]:
        """Columns by language."""
        return tuple(Column(group.value, group.label) for group in LanguageGroup)

    @property
    def reasons(self) -> tuple[Column, ...]:
        """Columns by reason of withdrawal."""
        return tuple(Column(reason.value, reason.label) for reason in WithdrawalReason)


def is_opening(act: Act) -> bool:
    """Whether an act only takes over what stood in the fund before: it opens the balance of its year and is no
    receipt. So is its reversal in the same year. ``IS_OPENING`` says the same of entries."""
    first = act.reverses if act.kind == ActKind.REVERSAL and act.reverses is not None else act
    return first.kind == ActKind.OPENING and first.year == act.year


IS_OPENING = Q(act__kind=ActKind.OPENING) | Q(
    act__reverses__isnull=False, act__reverses__kind=ActKind.OPENING, act__reverses__year=F("act__year")
)
"""Ledger entries that open the balance of their year."""


def _balance_rows(library: Organization, fund: str, before: date) -> list[_Row]:
    rows = (
        LedgerEntry.objects.filter(library=library, fund=fund, on__lt=before)
        .order_by()
        .values_list("record_id", "kind", "language_group", "content_group", "is_on_balance")
        .annotate(copies=Sum("quantity"), sum=Sum("amount"))
    )
    return [
        _Row(0, record, kind, language, content, is_on_balance, copies, tenge(amount))
        for record, kind, language, content, is_on_balance, copies, amount in rows
    ]


def balance(library: Organization, fund: str, on: date) -> Figures:
    """What was in a fund at the end of a day, by the ledger. Titles are those with at least one copy left."""
    pack = pack_on("fund", on, library)
    return _figures(_balance_rows(library, fund, on + timedelta(days=1)), _columns(pack), moves=False)


def summary_book(library: Organization, fund: str, year: int) -> SummaryBook:
    """The summary book of a year: a fixed number of statements."""
    pack = pack_on("fund", date(year, 12, 31), library)
    columns = _columns(pack)
    acts = {act.pk: act for act in Act.objects.filter(library=library, fund=fund, year=year).select_related("reverses")}
    parts: dict[bool, dict[int, list[_Row]]] = {True: {}, False: {}}
    here_before: list[_Row] = []
    entries = LedgerEntry.objects.filter(
        library=library, fund=fund, on__gte=date(year, 1, 1), on__lte=date(year, 12, 31)
    ).order_by("pk")
    for entry in entries:
        act = acts[entry.act_id]
        if act.kind == ActKind.CONVERSION or (act.reverses and act.reverses.kind == ActKind.CONVERSION):
            continue  # another way of keeping the same volumes: nothing came or went
        if is_opening(act):
            here_before.append(
                _Row(
                    0,
                    entry.record_id,
                    entry.kind,
                    entry.language_group,
                    entry.content_group,
                    entry.is_on_balance,
                    entry.quantity,
                    entry.amount,
                )
            )
            continue
        is_receipt = (entry.quantity > 0) != (act.kind == ActKind.REVERSAL)
        row = _Row(
            entry.act_id,
            entry.record_id,
            entry.kind,
            entry.language_group,
            entry.content_group,
            entry.is_on_balance,
            entry.quantity,
            entry.amount,
            "" if is_receipt else act.reason,
        )
        parts[is_receipt].setdefault(entry.act_id, []).append(row)
    received = [row for rows in parts[True].values() for row in rows]
    withdrawn = [row for rows in parts[False].values() for row in rows]
    opening = [*_balance_rows(library, fund, date(year, 1, 1)), *here_before]
    return SummaryBook(
        library=library,
        fund=fund,
        year=year,
        pack=pack,
        contents=columns.contents,
        receipts=sorted(
            (
                SummaryEntry(acts[pk].receipt_entry or 0, acts[pk], _figures(rows, columns))
                for pk, rows in parts[True].items()
            ),
            key=lambda entry: entry.number,
        ),
        receipts_total=_figures(received, columns),
        withdrawals=sorted(
            (
                SummaryEntry(acts[pk].withdrawal_entry or 0, acts[pk], _figures(rows, columns, sign=-1))
                for pk, rows in parts[False].items()
            ),
            key=lambda entry: entry.number,
        ),
        withdrawals_total=_figures(withdrawn, columns, sign=-1),
        opening=_figures(opening, columns, moves=False),
        closing=_figures([*opening, *received, *withdrawn], columns, moves=False),
    )
