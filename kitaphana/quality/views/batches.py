"""Batch changes: what is to be done, the preview, the result, taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kitaphana.catalog import queries
from kitaphana.catalog.models import Record
from kitaphana.core import clock, jobs
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.models import Job
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import paginate
from kitaphana.formats.marc import line_of
from kitaphana.quality import jobs as quality_jobs
from kitaphana.quality import services as quality
from kitaphana.quality.enums import BatchState
from kitaphana.quality.forms import BatchForm
from kitaphana.quality.models import Batch
from kitaphana.quality.views import centre, command_id

PAGE = 25
SAMPLE = 20
LOOKED = 400
"""Records that the preview looks through for its examples."""


@page(Permission.CATALOG_SHARED)
def batches(request: Request) -> HttpResponse:
    """Batch changes, newest first."""
    rows, following = paginate(Batch.objects.all(), request.GET.get("cursor"), PAGE, descending=True)
    return render(request, "quality/batches.html", {"rows": rows, "next": following})


@page(Permission.CATALOG_SHARED)
def batch_new(request: Request) -> HttpResponse:
    """Say which records are changed and how; the preview comes next."""
    initial = {"query": request.GET.get("q", "")[:400], "rule": request.GET.get("rule", "")}
    form = BatchForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            batch = quality.plan_batch(
                actor=request.actor, library=centre(request), query=form.cleaned_data["query"],
                rule=form.cleaned_data["rule"], change=form.change(), at=clock.now(), command_id=command_id(request),
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, f"{refusal} {refusal.advice_text}".strip())
        else:
            return redirect("quality:batch", batch.pk)
    return render(request, "quality/batch_form.html", {"form": form}, status=422 if form.errors else 200)


@page(Permission.CATALOG_SHARED)
def batch(request: Request, pk: int) -> HttpResponse:
    """A batch: before it runs its preview, afterwards what it did."""
    one = Batch.objects.select_related("library").filter(pk=pk).first() if pk < 2**63 else None
    if one is None:
        raise NotFound()
    if request.method == "POST":
        return _go(request, one)
    context: dict[str, object] = {"batch": one, "operation": one.get_operation_display()}
    if one.state == BatchState.PREVIEW:
        ids = quality.chosen_ids(one.query, one.rule)
        change = quality.change_of(one)
        examples = []
        for record in Record.objects.filter(pk__in=ids[:LOOKED], removed_at=None).order_by("pk"):
            before, after = queries.marc_of(record), queries.marc_of(record)
            if change.apply(after):
                gone = [line_of(field) for field in before.fields if field not in after.fields]
                come = [line_of(field) for field in after.fields if field not in before.fields]
                examples.append((record, gone, come))
                if len(examples) == SAMPLE:
                    break
        context |= {"found": len(ids), "examples": examples}
    else:
        lines = one.lines.select_related("record").defer("record__marc")
        rows, following = paginate(lines, request.GET.get("cursor"), PAGE)
        context |= {"lines": rows, "next": following, "may_undo": one.state == BatchState.DONE}
    return render(request, "quality/batch.html", context)


def _go(request: Request, one: Batch) -> HttpResponse:
    is_undo = request.POST.get("what") == "undo"
    try:
        with transaction.atomic():
            if not is_undo:
                quality.begin_batch(actor=request.actor, batch=one)
            job = jobs.enqueue(
                quality_jobs.BATCH, actor_id=request.actor.user_id, library_id=one.library_id, batch=one.pk,
                user=request.actor.user_id, undo=is_undo,
            )  # fmt: skip
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}".strip())
        return redirect("quality:batch", one.pk)
    messages.success(request, _("The work goes on in the background."))
    return redirect("job", job.pk)


@page(Permission.CATALOG_SHARED)
def batch_job(request: Request, pk: int) -> HttpResponse:
    """From a finished piece of background work to its batch."""
    job = get_object_or_404(Job, pk=pk, name=quality_jobs.BATCH)
    return redirect("quality:batch", job.arguments["batch"])
