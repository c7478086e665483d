"""Reads of stocktaking: progress and the lists of the result."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from kitaphana.circulation.models import Loan
from kitaphana.core.access import Reach
from kitaphana.core.money import ZERO
from kitaphana.fund.enums import CopyState
from kitaphana.fund.models import Copy, Stock
from kitaphana.organizations.models import Organization
from kitaphana.stocktaking.enums import SURPLUS, Outcome, Result
from kitaphana.stocktaking.errors import StocktakingNotFound
from kitaphana.stocktaking.models import Line, Scan, StockCount, Stocktaking


def name_of(stocktaking: Stocktaking) -> str:
    """«Stocktaking No. 3/2026» in the language in force."""
    return _("Stocktaking No. %(number)s") % {"number": str(stocktaking)}


def stocktakings(reach: Reach, *, library: Organization | None = None) -> QuerySet[Stocktaking]:
    """Stocktakings within a reach, newest first."""
    found = Stocktaking.objects.within(reach).select_related("library", "location")
    if library is not None:
        found = found.filter(library=library)
    return found.order_by("-started_at", "-pk")


def stocktaking_in_reach(reach: Reach, pk: int) -> Stocktaking:
    """One stocktaking.

    :raises StocktakingNotFound: there is none, or it is out of reach.
    """
    found = stocktakings(reach).filter(pk=pk).first()
    if found is None:
        raise StocktakingNotFound
    return found


# Progress


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a stocktaking stands. Of the expected copies each is counted once:
    ``expected = found + on_loan + returned + withdrawn + left``."""

    expected: int
    found: int
    on_loan: int
    returned: int
    withdrawn: int
    left: int
    """Not seen yet; after the end: missing."""
    misplaced: int
    lent_on_shelf: int
    new: int
    unknown: int
    written_off: int
    foreign: int
    doubles: int

    @property
    def seen(self) -> int:
        """Accounted for, on the shelf or elsewhere."""
        return self.expected - self.left

    @property
    def surplus(self) -> int:
        """Codes of books that are not in the books of this library."""
        return self.unknown + self.written_off + self.foreign


def lent(stocktaking: Stocktaking) -> QuerySet[Loan]:
    """Open loans of the library."""
    return Loan.objects.filter(library=stocktaking.library_id, returned_at=None)


def returned(stocktaking: Stocktaking) -> QuerySet[Loan]:
    """Loans that ended at the desk since the stocktaking began: their books were seen there."""
    return Loan.objects.filter(
        library=stocktaking.library_id,
        returned_on__gte=stocktaking.started_on,
        returned_at__gte=stocktaking.started_at,
    )


def progress(stocktaking: Stocktaking) -> Progress:
    """Figures now, or the fixed ones of a closed stocktaking. Two statements when closed, five when open; each counts
    on an index."""
    scans: dict[tuple[str, bool], int] = {
        (outcome, is_double): count
        for outcome, is_double, count in Scan.objects.filter(stocktaking=stocktaking, undone_at=None, is_late=False)
        .order_by()
        .values_list("outcome", "is_double")
        .annotate(count=Count("pk"))
    }
    figures = _fixed(stocktaking) if stocktaking.closed_at is not None else _moving(stocktaking)
    counted = {outcome: scans.get((outcome.value, False), 0) for outcome in Outcome}
    return Progress(
        expected=stocktaking.expected,
        **figures,
        misplaced=counted[Outcome.MISPLACED],
        lent_on_shelf=counted[Outcome.ON_LOAN],
        new=counted[Outcome.NEW],
        unknown=counted[Outcome.UNKNOWN],
        written_off=counted[Outcome.WRITTEN_OFF],
        foreign=counted[Outcome.FOREIGN],
        doubles=sum(count for (_outcome, is_double), count in scans.items() if is_double),
    )


def _fixed(stocktaking: Stocktaking) -> dict[str, int]:
    return {
        "found": stocktaking.found or 0,
        "on_loan": stocktaking.on_loan or 0,
        "returned": stocktaking.returned or 0,
        "withdrawn": stocktaking.withdrawn or 0,
        "left": stocktaking.missing or 0,
    }


def _moving(stocktaking: Stocktaking) -> dict[str, int]:
    found = Line.objects.filter(stocktaking=stocktaking, scan__isnull=False).count()
    unseen = Line.objects.filter(stocktaking=stocktaking, scan=None)
    withdrawn = unseen.filter(copy__state=CopyState.WRITTEN_OFF).count()
    here = Exists(unseen.filter(copy=OuterRef("copy")))
    on_loan = lent(stocktaking).filter(here).count()
    came = (
        returned(stocktaking)
        .filter(here, copy__state=CopyState.IN_FUND)
        .exclude(Exists(lent(stocktaking).filter(copy=OuterRef("copy"))))
        .aggregate(count=Count("copy", distinct=True))["count"]
    )
    return {
        "found": found,
        "on_loan": on_loan,
        "returned": came,
        "withdrawn": withdrawn,
        "left": stocktaking.expected - found - on_loan - came - withdrawn,
    }


def last_scans(stocktaking: Stocktaking, count: int = 10) -> list[Scan]:
    """The last scans that count, newest first."""
    return list(
        Scan.objects.filter(stocktaking=stocktaking, undone_at=None)
        .select_related("copy__record", "location")
        .order_by("-pk")[:count]
    )


# Lists


def lines(stocktaking: Stocktaking) -> QuerySet[Line]:
    """Expected copies with what is told of them, in the order in which they stand on the shelves."""
    return (
        Line.objects.filter(stocktaking=stocktaking)
        .select_related("copy__record", "copy__location", "copy__received_by")
        .order_by("copy__location_id", "copy__shelf_mark", "copy__inventory_number", "pk")
    )


def unseen(stocktaking: Stocktaking) -> QuerySet[Line]:
    """What is still to be looked for: missing by the result, or, while it runs, not seen anywhere."""
    if stocktaking.closed_at is not None:
        return lines(stocktaking).filter(result=Result.MISSING)
    return lines(stocktaking).filter(
        ~Exists(lent(stocktaking).filter(copy=OuterRef("copy"))),
        ~Exists(returned(stocktaking).filter(copy=OuterRef("copy"))),
        scan=None,
        copy__state=CopyState.IN_FUND,
    )


def still_missing(stocktaking: Stocktaking) -> QuerySet[Line]:
    """Missing copies of a closed stocktaking that have not turned up since: neither scanned, lent, returned nor
    written off."""
    seen = Loan.objects.filter(
        Q(returned_at=None) | Q(returned_at__gte=stocktaking.closed_at), library=stocktaking.library_id
    )
    return lines(stocktaking).filter(
        ~Exists(seen.filter(copy=OuterRef("copy"))),
        result=Result.MISSING,
        turned_up_at=None,
        copy__state=CopyState.IN_FUND,
    )


def scans(stocktaking: Stocktaking, *outcomes: Outcome) -> QuerySet[Scan]:
    """Scans of certain outcomes that count, each book once, in the order of scanning."""
    return _told(stocktaking).filter(is_double=False, is_late=False, outcome__in=outcomes).order_by("pk")


def _told(stocktaking: Stocktaking) -> QuerySet[Scan]:
    """Scans that count with what is told of them."""
    return Scan.objects.filter(stocktaking=stocktaking, undone_at=None).select_related(
        "copy__record", "copy__library", "copy__location", "location", "act"
    )


def doubles(stocktaking: Stocktaking) -> QuerySet[Scan]:
    """Scans of what had been scanned before."""
    return _told(stocktaking).filter(is_double=True, is_late=False).order_by("pk")


def surplus(stocktaking: Stocktaking) -> QuerySet[Scan]:
    """What stands on the shelves and is not in the books of this library."""
    return scans(stocktaking, *SURPLUS)


def receivable(stocktaking: Stocktaking) -> QuerySet[Scan]:
    """Surplus books that may be received: not those of another library, and not what is received already."""
    known = Copy.objects.filter(library=stocktaking.library_id, barcode=OuterRef("barcode"), state=CopyState.IN_FUND)
    return (
        _told(stocktaking)
        .filter(~Exists(known), is_double=False, act=None, outcome__in=[Outcome.UNKNOWN, Outcome.WRITTEN_OFF])
        .order_by("pk")
    )


# Count-based stock


def stocks_of(stocktaking: Stocktaking) -> QuerySet[Stock]:
    """Titles kept by count in the fund that is checked; none where only a room is."""
    if stocktaking.location_id is not None:
        return Stock.objects.none()
    return Stock.objects.filter(library=stocktaking.library_id, fund=stocktaking.fund, quantity__gt=0)


def counting_list(stocktaking: Stocktaking, *, text: str = "", only: str = "") -> QuerySet[Stock]:
    """Titles to be counted with what was counted: ``counted``, ``was_expected`` (null: not yet). ``only``: ``left`` or
    ``different``."""
    mine = StockCount.objects.filter(stocktaking=stocktaking, stock=OuterRef("pk"))
    found = (
        stocks_of(stocktaking)
        .select_related("record")
        .annotate(
            counted=Subquery(mine.values("counted")[:1]),
            was_expected=Subquery(mine.values("expected")[:1]),
        )
    )
    if text := text.strip():
        found = found.filter(record__title__icontains=text)
    if only == "left":
        found = found.filter(counted=None)
    elif only == "different":
        found = found.filter(counted__isnull=False).exclude(counted=F("was_expected"))
    return found.order_by("record__grade", "record__sort_title", "pk")


def counts(stocktaking: Stocktaking) -> QuerySet[StockCount]:
    """What was counted, by grade and title."""
    return (
        StockCount.objects.filter(stocktaking=stocktaking)
        .select_related("stock__record")
        .order_by("stock__record__grade", "stock__record__sort_title", "pk")
    )


def shortages(stocktaking: Stocktaking) -> QuerySet[StockCount]:
    """Titles of which fewer were counted than expected, and whose shortage is in no act yet."""
    return counts(stocktaking).filter(counted__lt=F("expected"), act=None)


def excesses(stocktaking: Stocktaking) -> QuerySet[StockCount]:
    """Titles of which more were counted than expected, and whose excess is in no act yet; none while it runs, for the
    counting may go on."""
    if stocktaking.closed_at is None:
        return StockCount.objects.none()
    return counts(stocktaking).filter(counted__gt=F("expected"), act=None)


@dataclass(frozen=True, slots=True)
class Counted:
    """Titles kept by count in figures."""

    titles: int
    done: int
    short: int
    """Volumes that lack."""
    over: int
    """Volumes in surplus."""


def counted(stocktaking: Stocktaking) -> Counted:
    """How far the counting of titles is. Two statements."""
    difference = F("counted") - F("expected")
    sums = StockCount.objects.filter(stocktaking=stocktaking).aggregate(
        done=Count("pk"),
        short=Sum(-difference, filter=Q(counted__lt=F("expected"))),
        over=Sum(difference, filter=Q(counted__gt=F("expected"))),
    )
    return Counted(stocks_of(stocktaking).count(), sums["done"], sums["short"] or 0, sums["over"] or 0)


# The result


@dataclass(frozen=True, slots=True)
class Balance:
    """Copies and tenge of one result, on the balance of the accounting department or off it."""

    result: str
    is_on_balance: bool
    copies: int
    amount: Decimal


def balances(stocktaking: Stocktaking) -> list[Balance]:
    """Copies and sums by result and balance of a closed stocktaking. One statement."""
    rows = (
        Line.objects.filter(stocktaking=stocktaking)
        .order_by()
        .values_list("result", "copy__received_by__is_on_balance")
        .annotate(copies=Count("pk"), amount=Sum("copy__price"))
    )
    return [
        Balance(result, is_on_balance, copies, Decimal(amount or ZERO))
        for result, is_on_balance, copies, amount in rows
    ]
