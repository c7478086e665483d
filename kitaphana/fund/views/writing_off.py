"""Writing off: scan the worn books or pick them from a list, name the commission, post."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.ids import new_id
from kitaphana.core.money import ZERO
from kitaphana.core.web.page import Request, page
from kitaphana.fund import errors, forms, hooks, queries
from kitaphana.fund import services as fund
from kitaphana.fund.enums import ActKind, CopyState, FundType, WithdrawalReason
from kitaphana.fund.models import Copy
from kitaphana.fund.views.library import chosen_date, chosen_fund, chosen_number, with_library
from kitaphana.organizations.models import Organization

HEADER = ("on", "reason", "grounds", "commission", "note")


class _List:
    """The draft list of copies to be written off."""

    def __init__(self, request: Request, library: Organization) -> None:
        self.request, self.library = request, library
        self.draft = fund.draft_of(actor=request.actor, library=library, kind=ActKind.WRITE_OFF)
        content = self.draft.content if self.draft else {}
        self.header: dict[str, str] = {
            "on": clock.today().isoformat(),
            "reason": WithdrawalReason.WORN.value,
            "commission": forms.commission_text(queries.latest_commission(library)),
            **content.get("header", {}),
        }
        ids: list[int] = content.get("copies", [])
        known = Copy.objects.filter(library=library).select_related("record").in_bulk(ids)
        self.copies = [known[pk] for pk in ids if pk in known]
        self.refused: DomainError | None = None

    def save(self) -> None:
        """Keep the header and the list."""
        self.draft = fund.save_draft(
            actor=self.request.actor,
            library=self.library,
            kind=ActKind.WRITE_OFF,
            content={"header": self.header, "copies": [copy.pk for copy in self.copies]},
            at=clock.now(),
        )

    def add(self, copy: Copy) -> None:
        """Put a copy on the list; one that is there stays once.

        :raises CopyNotInFund: it was withdrawn before.
        :raises CopyInUse: it is lent.
        :raises MixedFunds: the list holds copies of the other fund.
        """
        if copy.state != CopyState.IN_FUND:
            raise errors.CopyNotInFund(barcode=copy.barcode)
        if reason := hooks.reasons_in_use([copy.pk]).get(copy.pk):
            raise errors.CopyInUse(barcode=copy.barcode, reason=reason)
        if self.copies and self.copies[0].fund != copy.fund:
            raise errors.MixedFunds()
        if all(copy.pk != other.pk for other in self.copies):
            self.copies.append(copy)

    def show(self) -> HttpResponse:
        """The list, or the whole page with it."""
        before = chosen_number(self.request.GET.get("before"), lowest=1900, highest=2999)
        name = self.copies[0].fund if self.copies else chosen_fund(self.request)
        candidates: list[Copy] = []
        if before:
            listed = {copy.pk for copy in self.copies}
            found = queries.worn_candidates(self.library, fund=name, published_before=before, today=clock.today())[:200]
            candidates = [copy for copy in found if copy.pk not in listed]
        context = {
            "node": self.library,
            "header": self.header,
            "copies": self.copies,
            "amount": sum((copy.price for copy in self.copies), ZERO),
            "titles": len({copy.record_id for copy in self.copies}),
            "refused": self.refused,
            "reasons": WithdrawalReason.choices,
            "today": clock.today(),
            "before": before,
            "fund": name,
            "funds": FundType.choices,
            "candidates": candidates,
        }
        template = "fund/_write_off_list.html" if self.request.headers.get("HX-Request") else "fund/write_off_new.html"
        return render(self.request, template, context)


@page(Permission.FUND_WRITE_OFF)
@with_library(Permission.FUND_WRITE_OFF)
@require_http_methods(["GET", "POST"])
def write_off_new(request: Request, library: Organization) -> HttpResponse:
    """Make a list of copies by scanning, then post the act."""
    chosen = _List(request, library)
    if request.method == "GET":
        return chosen.show()
    action = request.POST.get("action", "")
    if action == "discard":
        fund.discard_draft(actor=request.actor, library=library, kind=ActKind.WRITE_OFF)
        messages.info(request, _("The draft was thrown away."))
        return redirect("fund:write_off_new")
    try:
        chosen.header.update(forms.header_in(request.POST, HEADER))
        if "code" in request.POST:
            text = request.POST["code"].strip()[:100]
            if text:
                copy = queries.copy_by_code(library, text)
                if copy is None:
                    raise errors.CopyNotFound(barcode=text[:30])
                chosen.add(copy)
        elif action == "pick":
            ids = [pk for text in request.POST.getlist("copy")[:500] if (pk := chosen_number(text))]
            for copy in (
                Copy.objects.filter(library=library, pk__in=ids).select_related("record").order_by("inventory_number")
            ):
                chosen.add(copy)
        elif "remove" in request.POST:
            removed = chosen_number(request.POST["remove"])
            chosen.copies = [copy for copy in chosen.copies if copy.pk != removed]
        chosen.save()
        if action == "post":
            act = fund.write_off(
                actor=request.actor,
                library=library,
                write_off=fund.WriteOff(
                    on=chosen_date(chosen.header.get("on")) or clock.today(),
                    reason=chosen.header.get("reason", ""),
                    copies=chosen.copies,
                    commission=forms.commission_in(chosen.header.get("commission", "")),
                    grounds=chosen.header.get("grounds", ""),
                    note=chosen.header.get("note", ""),
                ),
                at=clock.now(),
                command_id=chosen.draft.command_id if chosen.draft else new_id(),
            )
            fund.discard_draft(actor=request.actor, library=library, kind=ActKind.WRITE_OFF)
            messages.success(request, _("The act is posted; the books have left the fund."))
            return redirect("fund:act", pk=act.pk)
    except DomainError as refused:
        chosen.refused = refused
    if action == "header" and request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return chosen.show()
