"""Duplicates: the pairs that were found, the merge field by field, what was merged and can be taken back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.catalog import errors, hooks, queries
from kitaphana.catalog import services as catalog
from kitaphana.catalog.models import Merge, Record
from kitaphana.core import clock, jobs
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import paginate
from kitaphana.formats.isbn import normalize
from kitaphana.formats.marc import Field, MarcRecord, line_of
from kitaphana.people.models import User
from kitaphana.quality import jobs as quality_jobs
from kitaphana.quality import services as quality
from kitaphana.quality.enums import PairState
from kitaphana.quality.models import Pair
from kitaphana.quality.views import centre, command_id

PAGE = 25
_ONE = frozenset({"LDR", "005", "006", "007", "008", "100", "110", "111", "130", "240", "245", "250", "260", "300"})
"""Fields of which a record has one: the choice is either … or."""


@page(Permission.CATALOG_EDIT)
def duplicates(request: Request) -> HttpResponse:
    """Pairs of records that may be one edition."""
    open_pairs = Pair.objects.filter(state=PairState.OPEN).select_related("first", "second").defer(
        "first__marc", "second__marc"
    )  # fmt: skip
    rows, following = paginate(open_pairs, request.GET.get("cursor"), PAGE)
    holders = hooks.library_ids_of([pk for row in rows for pk in (row.first_id, row.second_id)])
    shown = [(row, len(holders.get(row.first_id, ())), len(holders.get(row.second_id, ()))) for row in rows]
    return render(request, "quality/duplicates.html", {"shown": shown, "next": following})


@page(Permission.CATALOG_SHARED)
@require_POST
def look(request: Request) -> HttpResponse:
    """Look for duplicates now, in the background."""
    job = jobs.enqueue(quality_jobs.PAIRS, actor_id=request.actor.user_id)
    return redirect("job", job.pk)


@page(Permission.CATALOG_SHARED)
@require_POST
def different(request: Request, pk: int) -> HttpResponse:
    """Two records are different editions; the pair is not shown again."""
    pair = Pair.objects.filter(pk=pk).first() if pk < 2**63 else None
    if pair is None:
        raise NotFound()
    quality.call_different(
        actor=request.actor, library=centre(request), pair=pair, at=clock.now(), command_id=command_id(request)
    )
    messages.success(request, _("The two records stay apart."))
    return redirect("quality:duplicates")


def _record_of(text: str) -> Record | None:
    """A record by its number in the address, its control number or ISBN."""
    typed = text.strip()[:200]
    tail = typed.rstrip("/").rpartition("/")[2]
    if tail.isascii() and tail.isdecimal() and len(tail) < 10 and (one := Record.objects.filter(pk=int(tail)).first()):
        return one
    if normalize(typed) and (one := queries.record_by_isbn(typed).first()):
        return one
    return Record.objects.filter(control_number=typed).first() if typed else None


@page(Permission.CATALOG_SHARED)
def choose(request: Request) -> HttpResponse:
    """Name two records that are one edition: by address, control number or ISBN."""
    typed = [request.GET.get(name, "") for name in ("first", "second")]
    found = [_record_of(text) for text in typed]
    first, second = found
    if first is not None and second is not None and first.pk != second.pk:
        return redirect("quality:merge", first.pk, second.pk)
    missing = [text for text, one in zip(typed, found, strict=True) if text and one is None]
    is_same = first is not None and second is not None
    return render(request, "quality/choose.html", {"typed": typed, "missing": missing, "is_same": is_same})


@dataclass(slots=True)
class Side:
    """A field of one of the records, as a choice."""

    name: str
    value: str
    line: str
    is_chosen: bool


@dataclass(slots=True)
class Row:
    """The fields of one tag that the records do not share."""

    tag: str
    is_one: bool
    left: list[Side] = field(default_factory=list)
    right: list[Side] = field(default_factory=list)


def _rows(kept: MarcRecord, other: MarcRecord, posted: Any) -> tuple[list[str], list[Row]]:
    """The lines that both have, and the fields to choose from by tag."""
    shared = [one for one in kept.fields if one in other.fields]
    rows: dict[str, Row] = {}
    present = {one.tag for one in kept.fields}
    for side, marc, against in (("left", kept, other), ("right", other, kept)):
        for number, one in enumerate(marc.fields):
            if one in against.fields or one.tag in {"001", "003", "005"}:
                continue
            row = rows.setdefault(one.tag, Row(one.tag, one.tag in _ONE))
            name = f"one-{one.tag}" if row.is_one else f"{side}-{number}"
            value = f"{side}-{number}"
            is_chosen = value in posted.getlist(name) if posted else side == "left" or one.tag not in present
            getattr(row, side).append(Side(name, value, line_of(one), is_chosen))
    return [line_of(one) for one in shared], [rows[tag] for tag in sorted(rows)]


def _merged(kept: MarcRecord, other: MarcRecord, posted: Any) -> MarcRecord:
    """The record of the fields that were chosen, those that both have among them."""

    def is_chosen(side: str, number: int, one: Field) -> bool:
        name = f"one-{one.tag}" if one.tag in _ONE else f"{side}-{number}"
        return f"{side}-{number}" in posted.getlist(name)

    fields = [one for number, one in enumerate(kept.fields) if one in other.fields or is_chosen("left", number, one)]
    result = MarcRecord(kept.leader, fields)
    for number, one in enumerate(other.fields):
        if one not in kept.fields and is_chosen("right", number, one):
            result.add(one)
    return result


@page(Permission.CATALOG_SHARED)
def merge(request: Request, first: int, second: int) -> HttpResponse:
    """Two records side by side: choose field by field what the one record will say."""
    found = Record.objects.in_bulk([pk for pk in (first, second) if pk < 2**63])
    if len(found) != 2 or any(one.removed_at for one in found.values()):
        raise NotFound()
    winner, loser = found[first], found[second]
    kept, other = queries.marc_of(winner), queries.marc_of(loser)
    problem = ""
    if request.method == "POST":
        try:
            versions = tuple(int(text) for text in request.POST.get("versions", "").split(","))
            catalog.merge_records(
                actor=request.actor, library=centre(request), winner=winner, loser=loser,
                marc=_merged(kept, other, request.POST), at=clock.now(),
                expected_versions=versions if len(versions) == 2 else None, command_id=command_id(request),
            )  # fmt: skip
        except DomainError as refusal:
            problem = f"{refusal} {refusal.advice_text}".strip()
        except ValueError:
            problem = str(errors.Changed())
        else:
            Pair.objects.filter(first_id__in=(first, second), second_id__in=(first, second)).delete()
            messages.success(request, _("Two records are one now: %(title)s") % {"title": winner.title})
            return redirect("portal:record", winner.pk)
    shared, rows = _rows(kept, other, request.POST or None)
    holders = hooks.library_ids_of([first, second])
    context = {
        "winner": winner,
        "loser": loser,
        "shared": shared,
        "rows": rows,
        "holders": [len(holders.get(pk, ())) for pk in (first, second)],
        "versions": request.POST.get("versions") or f"{winner.version},{loser.version}",
        "problem": problem,
        "swap": reverse("quality:merge", args=[second, first]),
        "pair": Pair.objects.filter(first_id=min(first, second), second_id=max(first, second)).first(),
    }
    return render(request, "quality/merge.html", context, status=422 if problem else 200)


@page(Permission.CATALOG_EDIT)
def merges(request: Request) -> HttpResponse:
    """What was merged, newest first; each can be taken back."""
    found = Merge.objects.select_related("winner", "loser").defer("winner__marc", "loser__marc", "moves")
    rows, following = paginate(found, request.GET.get("cursor"), PAGE, descending=True)
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=[row.actor_id for row in rows if row.actor_id])}
    shown = [(row, names.get(row.actor_id or 0, "")) for row in rows]
    return render(request, "quality/merges.html", {"shown": shown, "next": following})


@page(Permission.CATALOG_SHARED)
@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Take a merge back."""
    one = Merge.objects.filter(pk=pk).first() if pk < 2**63 else None
    if one is None:
        raise NotFound()
    try:
        catalog.undo_merge(
            actor=request.actor, library=centre(request), merge=one, at=clock.now(), command_id=command_id(request)
        )
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}".strip())
    else:
        messages.success(request, _("The merge is taken back: both records are in the catalogue again."))
    return redirect("quality:merges")
