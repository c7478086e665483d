"""Writing off: scan the worn books or pick them from a list, name the commission, post."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.ids import new_id
from kitaphana.core.web.page import Request, page
from kitaphana.fund import forms, queries
from kitaphana.fund import services as fund
from kitaphana.fund.enums import ActKind, FundType, WithdrawalReason
from kitaphana.fund.models import Copy
from kitaphana.fund.views.library import chosen_date, chosen_fund, chosen_number, with_library
from kitaphana.fund.views.volumes import VolumeList
from kitaphana.organizations.models import Organization

HEADER = ("on", "reason", "grounds", "commission", "note")


class _List(VolumeList):
    """What is to be written off."""

    def __init__(self, request: Request, library: Organization) -> None:
        super().__init__(
            request,
            library,
            kind=ActKind.WRITE_OFF,
            page="fund:write_off_new",
            names=HEADER,
            header={
                "on": clock.today().isoformat(),
                "reason": WithdrawalReason.WORN.value,
                "commission": forms.commission_text(queries.latest_commission(library)),
            },
        )

    def show(self) -> HttpResponse:
        """The list, or the whole page with it."""
        before = chosen_number(self.request.GET.get("before"), lowest=1900, highest=2999)
        name = self.fund_name or chosen_fund(self.request)
        candidates: list[Copy] = []
        if before:
            listed = {copy.pk for copy in self.copies}
            found = queries.worn_candidates(self.library, fund=name, published_before=before, today=clock.today())[:200]
            candidates = [copy for copy in found if copy.pk not in listed]
        context = {
            **self.context(),
            "address": self.address,
            "post": ngettext("Write off %(counter)s copy", "Write off %(counter)s copies", self.volumes)
            % {"counter": self.volumes},
            "reasons": WithdrawalReason.choices,
            "before": before,
            "fund": name,
            "funds": FundType.choices,
            "candidates": candidates,
        }
        template = "fund/_volumes.html" if self.request.headers.get("HX-Request") else "fund/write_off_new.html"
        return render(self.request, template, context)


@page(Permission.FUND_WRITE_OFF)
@with_library(Permission.FUND_WRITE_OFF)
@require_http_methods(["GET", "POST"])
def write_off_new(request: Request, library: Organization) -> HttpResponse:
    """Make a list of volumes by scanning, then post the act."""
    chosen = _List(request, library)
    if request.method == "GET":
        return chosen.show()
    action = request.POST.get("action", "")
    if action == "discard":
        chosen.discard()
        messages.info(request, _("The draft was thrown away."))
        return redirect(chosen.address)
    try:
        chosen.act(request.POST)
        if action == "post":
            act = fund.write_off(
                actor=request.actor,
                library=library,
                write_off=fund.WriteOff(
                    on=chosen_date(chosen.header.get("on")) or clock.today(),
                    reason=chosen.header.get("reason", ""),
                    copies=chosen.copies,
                    counted=chosen.lines(),
                    commission=forms.commission_in(chosen.header.get("commission", "")),
                    grounds=chosen.header.get("grounds", ""),
                    note=chosen.header.get("note", ""),
                ),
                at=clock.now(),
                command_id=chosen.draft.command_id if chosen.draft else new_id(),
            )
            chosen.discard()
            messages.success(request, _("The act is posted; the books have left the fund."))
            return redirect("fund:act", pk=act.pk)
    except DomainError as refused:
        chosen.refused = refused
    if action == "header" and request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return chosen.show()
