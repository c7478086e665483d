"""Provision by place and by title; evening out among schools."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, command_id_of, number, page
from kitaphana.fund.views.files import xlsx_answer
from kitaphana.fund.views.library import with_library
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization
from kitaphana.people.enums import TeachingLanguage
from kitaphana.textbooks import jobs, provision, services, spreadsheets
from kitaphana.textbooks.enums import SuggestionState
from kitaphana.textbooks.models import Intake, Provision, ProvisionTotal, Suggestion
from kitaphana.textbooks.views.common import chosen_node, chosen_year


@page(Permission.TEXTBOOKS_VIEW)
def overview(request: Request) -> HttpResponse:
    """Provision of a node: its sums, its children, its titles; a library's own titles with their stock."""
    node, year = chosen_node(request), chosen_year(request)
    grade = number(request.GET.get("grade"))
    language = request.GET.get("language", "")
    only = request.GET.get("only", "")
    children = list(organizations.children_of(node)) if not node.is_library else []
    titles = provision.by_title(node, year, grade=grade, language=language, only=only)
    total = ProvisionTotal.objects.filter(library=node, school_year=year).first() if node.is_library else None
    context = {
        "node": node,
        "lineage": [
            one for one in organizations.lineage(node)[:-1]
            if request.actor.may(Permission.TEXTBOOKS_VIEW, one.path)
        ],
        "year": year,
        "years": range(clock.school_year(clock.today()) - 1, clock.school_year(clock.today()) + 3),
        "sums": provision.sums(node, year),
        "children": provision.by_child(node, children, year),
        "titles": titles,
        "grade": grade,
        "grades": range(12),
        "language": language,
        "languages": TeachingLanguage.choices,
        "only": only,
        "counted_at": total.counted_at if total else None,
        "may_manage": request.actor.may(Permission.TEXTBOOKS_MANAGE, node.path),
        "may_approve": request.actor.may(Permission.TEXTBOOKS_APPROVE, node.path) and not node.is_library,
        "intakes": Intake.objects.filter(library=node, school_year=year).order_by("grade", "language")
        if node.is_library else [],
    }  # fmt: skip
    return render(request, "textbooks/provision.html", context)


@page(Permission.TEXTBOOKS_VIEW)
def title_page(request: Request, pk: int) -> HttpResponse:
    """One title in every library below a node: who lacks it, who has a surplus."""
    node, year = chosen_node(request), chosen_year(request)
    rows = (
        Provision.objects.filter(library__path__startswith=node.path, school_year=year, title=pk)
        .select_related("library", "title__textbook_set")
        .order_by("-deficit", "surplus", "library__path")
    )
    only = request.GET.get("only", "")
    if only in ("deficit", "surplus"):
        rows = rows.filter(**{f"{only}__gt": 0})
    found = list(rows[:1000])
    context = {"node": node, "year": year, "rows": found, "title": found[0].title if found else None, "only": only}
    return render(request, "textbooks/provision_title.html", context)


@page(Permission.TEXTBOOKS_VIEW)
def overview_xlsx(request: Request) -> HttpResponseBase:
    """Provision of a node by title as a workbook, with a sheet by place."""
    node, year = chosen_node(request), chosen_year(request)
    children = list(organizations.children_of(node)) if not node.is_library else []
    stream = spreadsheets.provision_xlsx(
        node, year, provision.by_child(node, children, year), provision.by_title(node, year)
    )
    return xlsx_answer(stream, f"provision-{node.code}-{year}")


@page(Permission.TEXTBOOKS_MANAGE)
@require_POST
def recount(request: Request) -> HttpResponse:
    """Count again: a library at once, a district or more as a job."""
    node, year = chosen_node(request), chosen_year(request)
    request.actor.require(Permission.TEXTBOOKS_MANAGE, node.path)
    if node.is_library:
        provision.count(node, year, at=clock.now())
        messages.success(request, _("Counted anew."))
    else:
        jobs.enqueue_count(node, year, actor=request.actor)
        messages.success(request, _("The count has begun; its progress is on the page of jobs."))
    return redirect(f"{reverse('textbooks:provision')}?node={node.code}&year={year}")


@page(Permission.TEXTBOOKS_MANAGE)
@require_POST
def intake(request: Request) -> HttpResponse:
    """Set how many first-graders a school expects, and count anew."""
    node, year = chosen_node(request), chosen_year(request)
    language = request.POST.get("language", "")
    try:
        services.set_intake(
            actor=request.actor,
            library=node,
            school_year=year,
            grade=number(request.POST.get("grade")) or 0,
            language=TeachingLanguage(language) if language in TeachingLanguage.values else TeachingLanguage.KAZAKH,
            pupils=_pupils(request),
            at=clock.now(),
            command_id=command_id_of(request),
        )
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}")
    else:
        provision.count(node, year, at=clock.now())
        messages.success(request, _("The number is kept, and provision is counted anew."))
    return redirect(f"{reverse('textbooks:provision')}?node={node.code}&year={year}")


def _pupils(request: Request) -> int:
    found = number(request.POST.get("pupils"))
    return -1 if found is None else found


# Evening out


def _parcels(rows: list[Suggestion]) -> list[dict[str, Any]]:
    """Suggestions by sender and receiver."""
    found: dict[tuple[int, int], list[Suggestion]] = defaultdict(list)
    for row in rows:
        found[row.library_id, row.to_library_id].append(row)
    return [
        {
            "library": lines[0].library,
            "to_library": lines[0].to_library,
            "lines": lines,
            "volumes": sum(line.quantity for line in lines),
        }
        for lines in found.values()
    ]


@page(Permission.TEXTBOOKS_VIEW)
def redistribution(request: Request) -> HttpResponse:
    """Transfers that even out the schools of a district or region; or what one school is to send and to get."""
    node, year = chosen_node(request), chosen_year(request)
    rows = Suggestion.objects.filter(school_year=year).select_related(
        "library", "to_library", "title__textbook_set", "transfer__act_out"
    )
    if node.is_library:
        rows = (rows.filter(library=node) | rows.filter(to_library=node)).exclude(state=SuggestionState.SUGGESTED)
    else:
        rows = rows.filter(node=node)
    rows = rows.order_by("library__path", "to_library__path", "title__textbook_set__grade", "title__position", "pk")
    by_state = {
        state: _parcels([row for row in rows if row.state == state])
        for state in (SuggestionState.SUGGESTED, SuggestionState.APPROVED, SuggestionState.SENT)
    }
    context = {
        "node": node,
        "year": year,
        "sums": provision.sums(node, year),
        "suggested": by_state[SuggestionState.SUGGESTED],
        "approved": by_state[SuggestionState.APPROVED],
        "sent": by_state[SuggestionState.SENT],
        "may_approve": not node.is_library and request.actor.may(Permission.TEXTBOOKS_APPROVE, node.path),
        "writable": {
            parcel["library"].pk
            for parcel in by_state[SuggestionState.APPROVED]
            if request.actor.may(Permission.FUND_WRITE_OFF, parcel["library"].path)
        },
    }
    return render(request, "textbooks/redistribution.html", context)


@page(Permission.TEXTBOOKS_APPROVE)
@require_POST
def suggest(request: Request) -> HttpResponse:
    """Have transfers suggested."""
    node, year = chosen_node(request), chosen_year(request)
    lines = services.suggest(
        actor=request.actor, node=node, school_year=year, at=clock.now(), command_id=command_id_of(request)
    )
    if lines:
        text = ngettext("%(count)s line is suggested.", "%(count)s lines are suggested.", lines) % {"count": lines}
        messages.success(request, text)
    else:
        messages.info(request, _("No surplus meets a shortage here: nothing is suggested."))
    return redirect(f"{reverse('textbooks:redistribution')}?node={node.code}&year={year}")


@page(Permission.TEXTBOOKS_APPROVE)
@require_POST
def decide(request: Request) -> HttpResponse:
    """Approve or decline what is marked."""
    node, year = chosen_node(request), chosen_year(request)
    ids = [pk for value in request.POST.getlist("suggestion") if (pk := number(value)) is not None]
    is_approved = request.POST.get("action") == "approve"
    changed = services.decide(
        actor=request.actor,
        node=node,
        suggestion_ids=ids,
        is_approved=is_approved,
        at=clock.now(),
        command_id=command_id_of(request),
    )
    text = (
        ngettext("%(count)s line is approved.", "%(count)s lines are approved.", changed)
        if is_approved
        else ngettext("%(count)s line is declined.", "%(count)s lines are declined.", changed)
    )
    messages.success(request, text % {"count": changed})
    return redirect(f"{reverse('textbooks:redistribution')}?node={node.code}&year={year}")


@page(Permission.FUND_WRITE_OFF)
@require_POST
@with_library(Permission.FUND_WRITE_OFF)
def send(request: Request, library: Organization) -> HttpResponse:
    """Send the approved parcel for one library: an act of transfer, in transit until received."""
    year = chosen_year(request)
    to_library = organizations.library_by_code(request.POST.get("to", ""))
    today: date = clock.today()
    try:
        transfer = services.send(
            actor=request.actor,
            library=library,
            to_library=to_library,
            on=today,
            at=clock.now(),
            command_id=command_id_of(request),
        )
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}")
        return redirect(f"{reverse('textbooks:redistribution')}?node={library.code}&year={year}")
    messages.success(request, _("The parcel is on its way. The other school receives it on its page of transfers."))
    return redirect("fund:act", transfer.act_out_id)
