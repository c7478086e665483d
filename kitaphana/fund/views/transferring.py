"""Transfers: what is on its way, a new one, one with its papers, accepting and refusing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from kitaphana.core import clock
from kitaphana.core.access import EVERYWHERE, Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.ids import new_id
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import paginate
from kitaphana.fund import documents, errors, forms, queries, spreadsheets
from kitaphana.fund import services as fund
from kitaphana.fund.enums import ActKind, TransferState
from kitaphana.fund.models import Transfer
from kitaphana.fund.views.files import pdf_answer, xlsx_answer
from kitaphana.fund.views.library import chosen_command, chosen_date, chosen_language, with_library
from kitaphana.fund.views.volumes import VolumeList
from kitaphana.organizations.models import Organization
from kitaphana.organizations.queries import search

HEADER = ("to", "on", "grounds", "commission", "note")
MOST_ON_THE_WAY = 200
MOST_LIBRARIES = 10


@page(Permission.FUND_VIEW)
@with_library(Permission.FUND_VIEW)
def transfers(request: Request, library: Organization) -> HttpResponse:
    """Transfers of a library: those on their way above, the others below."""
    ended = queries.transfers(library).exclude(state=TransferState.IN_TRANSIT)
    rows, following = paginate(ended, request.GET.get("cursor"), 50, descending=True)
    context = {
        "node": library,
        "on_the_way": queries.on_the_way(library)[:MOST_ON_THE_WAY],
        "ended": rows,
        "next": following,
        "may_send": request.actor.may(Permission.FUND_WRITE_OFF, library.path),
    }
    return render(request, "fund/transfers.html", context)


class _List(VolumeList):
    """What is to be handed over."""

    def __init__(self, request: Request, library: Organization) -> None:
        super().__init__(
            request,
            library,
            kind=ActKind.TRANSFER,
            page="fund:transfer_new",
            names=HEADER,
            header={"on": clock.today().isoformat(), "to": ""},
        )

    @property
    def to_library(self) -> Organization | None:
        """The library that was chosen; None: none was, or it is no library."""
        found: Organization | None = Organization.objects.filter(
            code=self.header.get("to", ""), is_library=True
        ).first()
        return found

    def show(self) -> HttpResponse:
        """The list, or the whole page with it."""
        if self.request.headers.get("HX-Request"):
            return render(self.request, "fund/_volumes.html", self._context())
        wanted = self.request.GET.get("find", "").strip()[:100]
        context = {
            **self._context(),
            "to_library": self.to_library,
            "find": wanted,
            "libraries": _libraries(self.library, wanted),
        }
        return render(self.request, "fund/transfer_new.html", context)

    def _context(self) -> dict[str, object]:
        return {
            **self.context(),
            "address": self.address,
            "post": ngettext("Send %(counter)s copy", "Send %(counter)s copies", self.volumes)
            % {"counter": self.volumes},
        }


def _libraries(library: Organization, wanted: str) -> list[Organization]:
    if not wanted:
        return []
    found = search(EVERYWHERE, wanted).filter(is_library=True, is_closed=False).exclude(pk=library.pk)
    return list(found[:MOST_LIBRARIES])


@page(Permission.FUND_WRITE_OFF)
@with_library(Permission.FUND_WRITE_OFF)
@require_http_methods(["GET", "POST"])
def transfer_new(request: Request, library: Organization) -> HttpResponse:
    """Choose the other library, make a list of volumes by scanning, send it with an act."""
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
        if action == "library":
            return redirect(chosen.address)
        if action == "post":
            transfer = _send(chosen)
            chosen.discard()
            messages.success(request, _("The books are on their way. The other library accepts them on its own page."))
            return redirect("fund:transfer", pk=transfer.pk)
    except DomainError as refused:
        chosen.refused = refused
    if action == "header" and request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return chosen.show()


def _send(chosen: _List) -> Transfer:
    to_library = chosen.to_library
    if to_library is None:
        raise errors.NoLibraryChosen()
    return fund.send(
        actor=chosen.request.actor,
        library=chosen.library,
        sending=fund.Sending(
            on=chosen_date(chosen.header.get("on")) or clock.today(),
            to_library=to_library,
            copies=chosen.copies,
            counted=chosen.lines(),
            commission=forms.commission_in(chosen.header.get("commission", "")),
            grounds=chosen.header.get("grounds", ""),
            note=chosen.header.get("note", ""),
        ),
        at=clock.now(),
        command_id=chosen.draft.command_id if chosen.draft else new_id(),
    )


def _transfer(request: Request, pk: int) -> Transfer:
    return queries.transfer_in_reach(request.actor.reach(Permission.FUND_VIEW), pk)


@page(Permission.FUND_VIEW)
def transfer(request: Request, pk: int) -> HttpResponse:
    """A transfer: what it holds, where it is, what can be done with it."""
    return _show(request, _transfer(request, pk))


def _show(request: Request, found: Transfer, refused: DomainError | None = None) -> HttpResponse:
    actor = request.actor
    content = queries.act_page(found.act_out)
    may_receive = actor.may(Permission.FUND_RECEIVE, found.to_library.path)
    may_call_back = actor.may(Permission.FUND_WRITE_OFF, found.library.path)
    # The tabs above are those of the side on which the person is.
    node = found.library if actor.may(Permission.FUND_VIEW, found.library.path) else found.to_library
    if request.library in (found.library, found.to_library):
        node = request.library
    is_moving = found.state == TransferState.IN_TRANSIT
    context = {
        "node": node,
        "transfer": found,
        "act": found.act_out,
        "page": content,
        "copies_total": sum(line.volumes for line in content.lines),
        "titles_total": len({line.record.pk for line in content.lines}),
        "amount_total": sum(line.sum for line in content.lines),
        "sees_out": actor.may(Permission.FUND_VIEW, found.library.path),
        "sees_in": actor.may(Permission.FUND_VIEW, found.to_library.path),
        "may_accept": is_moving and may_receive,
        "may_refuse": is_moving and (may_receive or may_call_back),
        "is_ours": may_call_back and not may_receive,
        "today": clock.today(),
        "typed": {"on": clock.today().isoformat(), **request.POST.dict()},
        "refused": refused,
    }
    return render(request, "fund/transfer.html", context, status=refused.status if refused else 200)


@page(Permission.FUND_VIEW)
@require_POST
def transfer_accept(request: Request, pk: int) -> HttpResponse:
    """Receive what is on its way."""
    found = _transfer(request, pk)
    try:
        act = fund.accept(
            actor=request.actor,
            transfer=found,
            on=chosen_date(request.POST.get("on")) or clock.today(),
            at=clock.now(),
            command_id=chosen_command(request.POST.get("command_id")),
        )
    except DomainError as refused:
        return _show(request, found, refused)
    messages.success(request, _("The books are in the fund. Print labels for those with inventory numbers."))
    return redirect("fund:act", pk=act.pk)


@page(Permission.FUND_VIEW)
@require_POST
def transfer_refuse(request: Request, pk: int) -> HttpResponse:
    """Send back what is on its way."""
    found = _transfer(request, pk)
    try:
        fund.refuse(
            actor=request.actor,
            transfer=found,
            on=clock.today(),
            at=clock.now(),
            note=request.POST.get("note", "")[:500],
            command_id=chosen_command(request.POST.get("command_id")),
        )
    except DomainError as refused:
        return _show(request, found, refused)
    messages.success(request, _("The transfer was refused; the books are in the first fund again."))
    return redirect("fund:transfer", pk=found.pk)


@page(Permission.FUND_VIEW)
def transfer_pdf(request: Request, pk: int) -> HttpResponse:
    """The act of transfer on paper, for both sides."""
    found = _transfer(request, pk)
    content = documents.act_pdf(queries.act_page(found.act_out), language=chosen_language(request))
    return pdf_answer(content, f"transfer-{found.act_out.number}-{found.act_out.year}")


@page(Permission.FUND_VIEW)
def transfer_xlsx(request: Request, pk: int) -> HttpResponseBase:
    """The lines of the act of transfer as a workbook, for both sides."""
    found = _transfer(request, pk)
    stream = spreadsheets.act_xlsx(queries.act_page(found.act_out), language=chosen_language(request))
    return xlsx_answer(stream, f"transfer-{found.act_out.number}-{found.act_out.year}")
