"""What must hold of circulation; `kitaphana check` reports what does not."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from kitaphana.circulation.enums import HoldState, LoanEnd
from kitaphana.circulation.models import Hold, Loan, Renewal, StockLoan
from kitaphana.core.checks import Violation
from kitaphana.fund.enums import CopyState
from kitaphana.fund.models import Stock
from kitaphana.organizations.models import Organization
from kitaphana.people.models import Membership


def invariants(library: Organization | None = None) -> Iterator[Violation]:
    """Everything of circulation that does not hold, in a library or everywhere."""
    loans, holds = Loan.objects.all(), Hold.objects.all()
    if library is not None:
        loans, holds = loans.filter(library=library), holds.filter(library=library)
    yield from _about_loans(loans)
    yield from _about_holds(holds)
    yield from _about_stock(library)


def _about_stock(library: Organization | None) -> Iterator[Violation]:
    """What cards say is in readers' hands is what readers have."""
    stocks, loans = Stock.objects.all(), StockLoan.objects.all()
    if library is not None:
        stocks, loans = stocks.filter(library=library), loans.filter(library=library)
    held = Coalesce(Sum("loans__quantity", filter=Q(loans__returned_at__isnull=True)), 0)
    for row in stocks.annotate(held=held).exclude(held=F("issued")).values("pk", "issued", "held"):
        yield Violation(
            "circulation.issued_differs_from_loans",
            _("A registration card and the loans disagree about what readers have."),
            dict(row),
        )
    for loan_id in loans.exclude(stock__library_id=F("library_id")).values_list("pk", flat=True):
        yield Violation(
            "circulation.loan_of_foreign_stock",
            _("A loan stands in one library and its registration card in another."),
            {"stock_loan": loan_id},
        )


def _about_loans(loans: QuerySet[Loan]) -> Iterator[Violation]:
    still_out = loans.filter(returned_at__isnull=True)
    for copy_id, number in (
        still_out.values_list("copy_id").annotate(number=Count("pk")).filter(number__gt=1).order_by("copy_id")
    ):
        yield Violation(
            "circulation.copy_lent_twice",
            _("A copy has %(count)s open loans.") % {"count": number},
            {"copy": copy_id},
        )
    for loan_id, copy_id in still_out.exclude(copy__state=CopyState.IN_FUND).values_list("pk", "copy_id"):
        yield Violation(
            "circulation.lent_copy_not_in_fund",
            _("A copy that left the fund is still lent."),
            {"loan": loan_id, "copy": copy_id},
        )
    for loan_id, copy_id in loans.exclude(copy__library_id=F("library_id")).values_list("pk", "copy_id"):
        yield Violation(
            "circulation.loan_of_foreign_copy",
            _("A loan stands in one library and its copy in another."),
            {"loan": loan_id, "copy": copy_id},
        )
    half_ended = (Q(returned_at__isnull=True) & (Q(returned_on__isnull=False) | ~Q(end=""))) | (
        Q(returned_at__isnull=False) & (Q(returned_on__isnull=True) | Q(end=""))
    )
    for loan_id in loans.filter(half_ended).values_list("pk", flat=True):
        yield Violation("circulation.loan_half_ended", _("A loan is neither open nor ended."), {"loan": loan_id})
    for loan_id in loans.filter(
        Q(due_on__lt=F("lent_on")) | Q(returned_on__lt=F("lent_on")) | ~Q(end="") & ~Q(end__in=LoanEnd.values)
    ).values_list("pk", flat=True):
        yield Violation("circulation.loan_dates", _("The dates of a loan contradict each other."), {"loan": loan_id})
    for loan_id in still_out.exclude(
        person__in=Membership.objects.filter(library_id__in=still_out.values("library_id")).values("person_id")
    ).values_list("pk", flat=True):
        yield Violation(
            "circulation.loan_without_reader",
            _("A book is lent to somebody who is no reader here."),
            {"loan": loan_id},
        )
    counted = Renewal.objects.filter(loan__in=loans).values_list("loan_id").annotate(number=Count("pk"))
    for loan_id, number in counted.exclude(number=F("loan__renewals")):
        yield Violation(
            "circulation.renewals_miscounted",
            _("A loan tells another number of renewals than there are."),
            {"loan": loan_id, "rows": number},
        )


def _about_holds(holds: QuerySet[Hold]) -> Iterator[Violation]:
    ready = holds.filter(state=HoldState.READY)
    for hold_id in ready.filter(copy__loans__returned_at__isnull=True, copy__loans__isnull=False).values_list(
        "pk", flat=True
    ):
        yield Violation(
            "circulation.held_copy_lent",
            _("A copy on the hold shelf is lent to somebody."),
            {"hold": hold_id},
        )
    for hold_id in ready.filter(
        ~Q(copy__state=CopyState.IN_FUND)
        | ~Q(copy__record_id=F("record_id"))
        | ~Q(copy__library_id=F("library_id"))
        | Q(ready_on__isnull=True)
        | Q(collect_until__isnull=True)
    ).values_list("pk", flat=True):
        yield Violation(
            "circulation.hold_shelf_wrong",
            _("A hold is ready with a copy that does not fit it."),
            {"hold": hold_id},
        )
    for hold_id in (
        holds.filter(state=HoldState.WAITING)
        .filter(Q(copy__isnull=False) | Q(ended_at__isnull=False) | Q(collect_until__isnull=False))
        .values_list("pk", flat=True)
    ):
        yield Violation("circulation.hold_queue_wrong", _("A waiting hold has a copy or an end."), {"hold": hold_id})
    ended = holds.filter(state__in=[HoldState.FULFILLED, HoldState.CANCELLED, HoldState.EXPIRED])
    for hold_id in ended.filter(ended_at__isnull=True).values_list("pk", flat=True):
        yield Violation("circulation.hold_without_end", _("An ended hold has no moment of its end."), {"hold": hold_id})
