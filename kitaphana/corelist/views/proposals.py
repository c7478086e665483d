"""Proposing a title, and the page of a proposal with its discussion."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.catalog import queries as catalog
from kitaphana.catalog.models import Record
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.text.scanner import decode_scan
from kitaphana.core.web.page import Request, page
from kitaphana.corelist import queries, services
from kitaphana.corelist.enums import Change, EntryKind, Move, ProposalState, State
from kitaphana.corelist.forms import CommentForm, NewTitleForm, ProposalForm
from kitaphana.corelist.models import CoreList, Criterion, ListEntry, Proposal
from kitaphana.corelist.transitions import transition
from kitaphana.corelist.views.places import attempt, clean, command_id_of, number, proposal_of, working_list
from kitaphana.formats.isbn import hyphenate, normalize

FOUND = 12


def _record(pk: int | None) -> Record | None:
    return Record.objects.defer("marc").filter(pk=pk).first() if pk else None


def _kind_of(record: Record, core_list: CoreList) -> str:
    """A first guess: subject literature by its class, a book in another language or by its UDC as foreign."""
    if record.udc and not record.udc.startswith("82"):
        return EntryKind.SUBJECT
    domestic = ("821.512.122", "821.512.1") if record.udc else ()
    return EntryKind.DOMESTIC if not record.udc or record.udc.startswith(domestic) else EntryKind.FOREIGN


def _chosen(request: Request) -> tuple[str, Record | None, list[Record], str]:
    """What was typed or scanned, the record it means, others to choose from, and an ISBN nobody has described."""
    given = request.POST if request.method == "POST" else request.GET
    typed = clean(given.get("q"))
    record = _record(number(given.get("record")))
    if record is not None or not typed:
        return typed, record, [], ""
    isbn = normalize(decode_scan(typed))
    if isbn:
        found = list(catalog.record_by_isbn(isbn).defer("marc")[:FOUND])
        return isbn, found[0] if len(found) == 1 else None, found if len(found) > 1 else [], "" if found else isbn
    return typed, None, catalog.search(typed, limit=FOUND).records, ""


def _facts(form: ProposalForm, record: Record | None, change: str) -> services.ProposalFacts:
    values = {name: value for name, value in form.cleaned_data.items() if value is not None}
    return services.ProposalFacts(change=change, record=record, **values)


@page(Permission.LIST_PROPOSE)
def propose(request: Request, pk: int) -> HttpResponse:
    """Choose a title by scanner, by words or by its facts, and say why it belongs into the list."""
    one = working_list(request, pk)
    typed, record, found, unknown = _chosen(request)
    change = Change.REMOVE if (request.POST or request.GET).get("change") == Change.REMOVE else Change.ADD
    is_new = record is None and (bool(unknown) or bool((request.POST or request.GET).get("new")))
    last = queries.published(one)
    listed = ListEntry.objects.filter(version=last, record=record).first() if record and last else None
    form: ProposalForm | None = None
    if record is not None or is_new:
        initial: dict[str, Any] = {"isbn": hyphenate(unknown) if unknown else ""}
        if listed is not None:
            names = ("kind", "grade_from", "grade_to", "norm_per_pupils")
            initial = {name: getattr(listed, name) for name in names}
        elif record is not None:
            initial = {"kind": _kind_of(record, one)}
        elif typed and not unknown:
            initial["title"] = typed
        kind = NewTitleForm if is_new else ProposalForm
        form = kind(request.POST or None, core_list=one, initial=initial)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            made = services.propose(
                actor=request.actor,
                core_list=one,
                facts=_facts(form, record, change),
                at=clock.now(),
                command_id=command_id_of(request),
            )
        except DomainError as refusal:
            form.add_error(None, f"{refusal} {refusal.advice_text}".strip())
        else:
            messages.success(request, _("«%(title)s» is proposed.") % {"title": made.title})
            return redirect("corelist:proposal", made.pk)
    context = {
        "one": one,
        "form": form,
        "record": record,
        "found": found,
        "typed": typed,
        "unknown": hyphenate(unknown) if unknown else "",
        "listed": listed,
        "is_new": is_new,
        "removes": change == Change.REMOVE and listed is not None,
        "version": queries.under_way(one),
    }
    return render(request, "corelist/propose.html", context, status=422 if form is not None and form.errors else 200)


@page(Permission.LIST_PROPOSE)
def proposal_page(request: Request, pk: int) -> HttpResponse:
    """A proposal: what is asked and why, what the commission thinks, the discussion, what can be done."""
    proposal = proposal_of(request, pk)
    return render(request, "corelist/proposal.html", _context(request, proposal))


def _context(request: Request, proposal: Proposal) -> dict[str, Any]:
    one = proposal.core_list
    version = proposal.version
    under_way = version if version is not None and version.state != State.PUBLISHED else None
    is_open = proposal.state in (ProposalState.OPEN, ProposalState.DEFERRED)
    may_manage = request.actor.may(Permission.LIST_MANAGE, one.organization.path)
    can_edit = is_open and (under_way is None or transition(under_way.state, Move.EDIT) is not None)
    (judged,) = queries.judged(one, [proposal])
    expert = queries.expert_of(request.actor, one)
    has_conflict = expert is not None and expert.pk in judged.conflicted
    present = queries.under_way(one)
    others = (
        Proposal.objects.filter(core_list=one, state=ProposalState.OPEN, version=version).exclude(pk=proposal.pk)
        if may_manage and can_edit
        else Proposal.objects.none()
    )
    return {
        "proposal": proposal,
        "one": one,
        "version": version,
        "under_way": under_way,
        "judged": judged,
        "criteria": [
            (criterion, judged.by_criterion.get(criterion.pk))
            for criterion in Criterion.objects.filter(core_list=one).order_by("position")
        ],
        "conflicts": list(proposal.conflicts.select_related("expert__user__person").order_by("at")),
        "comments": list(proposal.comments.select_related("user__person").order_by("at", "pk")),
        "merged": list(proposal.merged.select_related("proposer__person").order_by("pk")),
        "comment_form": CommentForm(),
        "may_manage": may_manage and can_edit,
        "may_withdraw": can_edit and (may_manage or proposal.proposer_id == request.actor.user_id),
        "may_reopen": may_manage
        and is_open
        and under_way is None
        and present is not None
        and present.state == State.DRAFT,
        "may_declare": expert is not None
        and not has_conflict
        and is_open
        and (under_way is None or under_way.state in (State.DRAFT, State.REVIEW, State.VOTE)),
        "has_conflict": has_conflict,
        "is_expert": expert is not None,
        "others": list(others.order_by("title")[:200]),
        "shows_votes": under_way is None or under_way.state not in (State.DRAFT, State.REVIEW),
    }


@page(Permission.LIST_PROPOSE)
@require_POST
def proposal_change(request: Request, pk: int) -> HttpResponse:
    """Discuss, merge, put off, take up, withdraw, give the edition of the catalogue, declare a conflict."""
    proposal = proposal_of(request, pk)
    text = request.POST.get("text", "").replace("\x00", "")
    common: dict[str, Any] = {
        "actor": request.actor,
        "proposal": proposal,
        "at": clock.now(),
        "command_id": command_id_of(request),
    }

    def merge() -> None:
        into = Proposal.objects.select_related("core_list").filter(pk=number(request.POST.get("into")) or 0).first()
        if into is None:
            raise NotFound
        services.merge_proposal(into=into, **common)

    def link() -> None:
        found = catalog.record_by_isbn(decode_scan(clean(request.POST.get("isbn"), 40))).defer("marc").first()
        if found is None:
            raise NotFound
        names = ("kind", "grade_from", "grade_to", "norm_per_pupils", "reason", "change")
        facts = services.ProposalFacts(record=found, **{name: getattr(proposal, name) for name in names})
        services.change_proposal(facts=facts, **common)

    acts = {
        "comment": (lambda: services.comment(text=text, **common), _("Your opinion is in the discussion.")),
        "merge": (merge, _("The proposals are merged.")),
        "link": (link, _("The proposal has its edition in the catalogue now.")),
        "defer": (lambda: services.defer_proposal(reason=text, **common), _("The proposal is put off.")),
        "reopen": (lambda: services.reopen_proposal(**common), _("The proposal is under consideration again.")),
        "withdraw": (lambda: services.withdraw_proposal(reason=text, **common), _("The proposal is withdrawn.")),
        "conflict": (
            lambda: services.declare_conflict(reason=text, **common),
            _("The conflict of interest is noted; you neither score the title nor vote on it."),
        ),
    }
    act, done = acts.get(request.POST.get("action", ""), (None, ""))
    if act is None:
        raise NotFound
    attempt(request, act, done)
    return redirect("corelist:proposal", proposal.pk)
