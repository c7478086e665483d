"""Workbooks are issued for good: at the year's end they leave the fund by one act."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kitaphana.circulation import services as circulation
from kitaphana.circulation.models import StockLoan
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, command_id_of, page
from kitaphana.fund import forms
from kitaphana.fund.queries import latest_commission
from kitaphana.fund.views.library import chosen_date, with_library
from kitaphana.organizations.models import Organization
from kitaphana.people import queries as people


@page(Permission.FUND_WRITE_OFF)
@with_library(Permission.FUND_WRITE_OFF)
def used_up(request: Request, library: Organization) -> HttpResponse:
    """What was issued before a day and is not expected back, by title; the act that writes it off."""
    today = clock.today()
    source = request.POST if request.method == "POST" else request.GET
    before = chosen_date(source.get("before")) or today
    given = {"commission": forms.commission_text(latest_commission(library)), "grounds": "", "on": today.isoformat()}
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in given}
        try:
            act = circulation.use_up(
                actor=request.actor,
                library=library,
                lent_before=before,
                commission=forms.commission_in(given["commission"]),
                grounds=given["grounds"],
                on=chosen_date(given["on"]) or today,
                at=clock.now(),
                command_id=command_id_of(request),
            )
        except DomainError as refusal:
            messages.error(request, f"{refusal} {refusal.advice_text}")
        else:
            if act is not None:
                messages.success(request, _("The workbooks are written off by this act."))
                return redirect("fund:act", pk=act.pk)
            messages.info(request, _("Nothing was issued for good before this day."))
    waiting = StockLoan.objects.filter(
        library=library, is_returnable=False, returned_at__isnull=True, lent_on__lt=before
    )
    lines = (
        waiting.values("stock__record__title", "stock__record__subtitle", "stock__card_number")
        .annotate(volumes=Sum("quantity"))
        .order_by("stock__card_number")
    )
    context = {
        "node": library,
        "before": before,
        "given": given,
        "lines": lines,
        "total": sum(line["volumes"] for line in lines),
        "year": people.present_school_year(library, today),
    }
    return render(request, "textbooks/used_up.html", context)
