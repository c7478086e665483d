"""Pages of the import of readers: upload, preview, confirm, report."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from kitaphana.core import clock, jobs
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.models import Job, JobState
from kitaphana.core.web.page import Request, page
from kitaphana.people import queries, roster, services, uploads
from kitaphana.people.errors import FileTooLarge
from kitaphana.people.forms import ImportForm
from kitaphana.people.jobs import IMPORT
from kitaphana.people.views import library_of

SHOWN = 50
SHOWN_ERRORS = 500
COLUMN_TITLES = roster.COLUMN_TITLES


@page(Permission.PEOPLE_IMPORT)
def upload(request: Request) -> HttpResponse:
    """Choose a file; it is kept and shown as it would be imported."""
    library = library_of(request, Permission.PEOPLE_IMPORT)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > roster.MOST_BYTES:
                raise FileTooLarge(rows=roster.MOST_ROWS, megabytes=roster.MOST_BYTES // 2**20)
            data = file.read()
            # Read once already: a file that is no table is refused here, beside the field.
            roster.read_roster(data, file.name, today=clock.today())
        except DomainError as refusal:
            form.add_error("file", f"{refusal} {refusal.advice_text}")
        else:
            kept = uploads.keep(library_id=library.pk, user_id=request.actor.user_id, file_name=file.name, data=data)
            return redirect("people:import_preview", kept.id)
    context = {"form": form, "columns": [title for name, title in COLUMN_TITLES.items() if name != "name"]}
    return render(request, "people/import.html", context, status=422 if form.errors else 200)


def _chosen_year(request: Request, present: int) -> int:
    given = request.POST if request.method == "POST" else request.GET
    text = given.get("year", "")
    return int(text) if text in {str(present - 1), str(present), str(present + 1)} else present


@page(Permission.PEOPLE_IMPORT)
def preview(request: Request, upload_id: UUID) -> HttpResponse:
    """What importing the file would do, with every bad row and why; nothing is written yet."""
    library = library_of(request, Permission.PEOPLE_IMPORT)
    kept = uploads.find(upload_id, library_id=library.pk, user_id=request.actor.user_id)
    today = clock.today()
    present = queries.present_school_year(library, today)
    year = _chosen_year(request, present)
    plan = services.plan_import(
        actor=request.actor,
        library=library,
        data=kept.data,
        file_name=kept.file_name,
        today=today,
        school_year=year,
    )
    context = {
        "upload": kept,
        "result": plan.result,
        "columns": [(COLUMN_TITLES[name], header) for name, header in plan.result.columns.items()],
        "errors": plan.result.errors[:SHOWN_ERRORS],
        "hidden_errors": max(0, len(plan.result.errors) - SHOWN_ERRORS),
        "rows": plan.rows[:SHOWN],
        "hidden_rows": max(0, len(plan.rows) - SHOWN),
        "good": len(plan.rows),
        "year": year,
        "years": [(one, one + 1) for one in (present - 1, present, present + 1)],
    }
    return render(request, "people/import_preview.html", context)


@page(Permission.PEOPLE_IMPORT)
@require_POST
def confirm(request: Request, upload_id: UUID) -> HttpResponse:
    """Import exactly the file that was previewed, in the background."""
    library = library_of(request, Permission.PEOPLE_IMPORT)
    kept = uploads.find(upload_id, library_id=library.pk, user_id=request.actor.user_id)
    year = _chosen_year(request, queries.present_school_year(library, clock.today()))
    with transaction.atomic():
        job = jobs.enqueue(
            IMPORT, actor_id=request.actor.user_id, library_id=library.pk,
            upload=str(kept.id), library=library.pk, user=request.actor.user_id, school_year=year,
        )  # fmt: skip
    return redirect("people:import_run", job.pk)


@page(Permission.PEOPLE_IMPORT)
@require_POST
def discard(request: Request, upload_id: UUID) -> HttpResponse:
    """Forget an uploaded file without importing it."""
    library = library_of(request, Permission.PEOPLE_IMPORT)
    kept = uploads.find(upload_id, library_id=library.pk, user_id=request.actor.user_id)
    uploads.forget(kept.id)
    return redirect("people:import")


def _errors(stored: list[dict[str, Any]]) -> list[roster.RowError]:
    return [roster.RowError(one["row"], one["column"], one["code"], one["params"]) for one in stored]


@page(Permission.PEOPLE_IMPORT)
def run(request: Request, pk: int) -> HttpResponse:
    """How far an import is, then its report."""
    library = library_of(request, Permission.PEOPLE_IMPORT)
    job = get_object_or_404(Job, pk=pk, name=IMPORT, library_id=library.pk)
    result = job.result or {}
    context = {
        "job": job,
        "is_over": job.state in {JobState.DONE, JobState.FAILED, JobState.CANCELLED},
        "percent": min(100, job.done * 100 // job.total) if job.total else 0,
        "result": result,
        "errors": _errors(result.get("errors", []))[:SHOWN_ERRORS],
    }
    template = "people/_import_run.html" if request.htmx and not request.htmx.boosted else "people/import_run.html"
    return render(request, template, context)
