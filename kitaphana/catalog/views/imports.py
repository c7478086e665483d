"""Import of files of records: upload, then the report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from kitaphana.catalog import jobs, queries, reports
from kitaphana.catalog.enums import Outcome
from kitaphana.catalog.errors import FileTooLarge, NotMarcFile
from kitaphana.catalog.forms import LARGEST_IMPORT, ImportForm
from kitaphana.catalog.models import ImportLine
from kitaphana.core import jobs as background
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.models import Job
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import paginate
from kitaphana.formats import detect
from kitaphana.people.views import library_of

RUNS = 20
LINES = 50


@page(Permission.CATALOG_IMPORT)
def upload(request: Request) -> HttpResponse:
    """Choose a file of records; it is imported in the background. Below: former imports."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        library = library_of(request, Permission.CATALOG_IMPORT)
        file = form.cleaned_data["file"]
        form_of_file = form.cleaned_data["format"] or "auto"
        try:
            if file.size > LARGEST_IMPORT:
                raise FileTooLarge(megabytes=LARGEST_IMPORT // 2**20)
            try:
                detect.open_records(file, format=form_of_file)
            except detect.NotMarc as error:
                raise NotMarcFile() from error
        except DomainError as refusal:
            form.add_error("file", f"{refusal} {refusal.advice_text}")
        else:
            file.seek(0)
            kept = jobs.keep(file)
            with transaction.atomic():
                job = background.enqueue(
                    jobs.IMPORT, actor_id=request.actor.user_id, library_id=library.pk,
                    upload=str(kept), name=file.name[:250], format=form_of_file, library=library.pk, user=request.actor.user_id,
                )  # fmt: skip
            return redirect("job", job.pk)
    rows, following = paginate(_runs(request), request.GET.get("cursor"), RUNS, descending=True)
    context = {"form": form, "runs": rows, "next": following}
    return render(request, "catalog/import.html", context, status=422 if form.errors else 200)


def _runs(request: Request) -> Any:
    return queries.import_runs(request.actor.reach(Permission.CATALOG_IMPORT))


@page(Permission.CATALOG_IMPORT)
def import_job(request: Request, pk: int) -> HttpResponse:
    """From a finished piece of background work to its report."""
    job = get_object_or_404(Job, pk=pk, name=jobs.IMPORT)
    runs = _runs(request)
    if job.result:
        return redirect("catalog:import_run", get_object_or_404(runs, pk=job.result["run"]).pk)
    # Stopped half-way: the report tells how far it came.
    run = runs.filter(
        library_id=job.library_id, file_name=job.arguments["name"], started_at__gte=job.created_at
    ).first()
    return redirect("catalog:import_run", run.pk) if run else redirect("catalog:import")


@page(Permission.CATALOG_IMPORT)
def import_run(request: Request, pk: int) -> HttpResponse:
    """The report of an import: how many records became what, and each that needs an eye."""
    run = get_object_or_404(_runs(request), pk=pk)
    chosen = request.GET.get("outcome", "")
    lines = ImportLine.objects.filter(run=run).defer("raw").select_related("record")
    if chosen in Outcome.values:
        lines = lines.filter(outcome=chosen)
    rows, following = paginate(lines, request.GET.get("cursor"), LINES)
    context = {
        "run": run,
        "problem": reports.MESSAGES.get(run.problem, run.problem),
        "tiles": [
            (outcome, label, getattr(run, str(outcome).lower()), _TONES.get(outcome, "")) for outcome, label in _TILES
        ],
        "chosen": chosen if chosen in Outcome.values else "",
        "lines": [(row, reports.sentence(row)) for row in rows],
        "next": following,
    }
    return render(request, "catalog/import_run.html", context)


_TILES = [(outcome.value, outcome.label) for outcome in Outcome]
_TONES = {Outcome.IMPORTED.value: "good", Outcome.REJECTED.value: "wrong"}


@page(Permission.CATALOG_IMPORT)
def import_rejected(request: Request, pk: int) -> HttpResponseBase:
    """The rejected records as they came, in one file, to be mended and sent again."""
    run = get_object_or_404(_runs(request), pk=pk)
    kept = ImportLine.objects.filter(run=run, outcome=Outcome.REJECTED).order_by("number")
    first = kept.first()
    is_xml = first is not None and bytes(first.raw).lstrip().startswith(b"<")

    def parts() -> Iterator[bytes]:
        if is_xml:
            yield b'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="http://www.loc.gov/MARC21/slim">\n'
        for raw in kept.values_list("raw", flat=True).iterator(chunk_size=50):
            yield bytes(raw)
        if is_xml:
            yield b"\n</collection>\n"

    response = StreamingHttpResponse(parts(), content_type="application/octet-stream")
    name = f"rejected-{run.pk}.{'xml' if is_xml else 'mrc'}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
