"""Pages of those who describe and import."""

from __future__ import annotations

import difflib
from itertools import pairwise
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from kitaphana.catalog import queries, reports
from kitaphana.catalog import services as catalog
from kitaphana.catalog.enums import Outcome
from kitaphana.catalog.errors import BadLine
from kitaphana.catalog.extraction import from_text
from kitaphana.catalog.forms import DescriptionForm, FileForm, MarcForm
from kitaphana.catalog.jobs import IMPORT
from kitaphana.catalog.models import ImportLine, Record
from kitaphana.core import clock, ids, jobs
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.models import Job
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import paginate
from kitaphana.formats import iso2709, marcxml
from kitaphana.formats.bibliographic import describe
from kitaphana.formats.isbn import normalize
from kitaphana.formats.marc import MESSAGES, LineError, MarcRecord
from kitaphana.organizations.models import Organization

LARGEST_FILE = 200 * 1024 * 1024


def _library(request: Request) -> Organization:
    if not request.library:
        raise NotFound()
    library: Organization = request.library
    return library


def _command(request: Request) -> UUID:
    try:
        return UUID(request.POST.get("command_id", ""))
    except ValueError:
        return ids.new_id()


def _after(request: Request, record: Record) -> HttpResponse:
    """Back to where the describing was asked for (``next``, with the record), else to the record."""
    back = request.POST.get("next") or request.GET.get("next") or ""
    if back and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return redirect(f"{back}{'&' if '?' in back else '?'}{urlencode({'record': record.pk})}")
    return redirect("portal:record", record.pk)


@page(Permission.CATALOG_EDIT)
def record_new(request: Request) -> HttpResponse:
    """Describe an edition; one that is in the union catalogue already is offered first."""
    library = _library(request)
    isbn = request.GET.get("isbn", "")
    initial: dict[str, object] = {"isbns": isbn, "title": request.GET.get("title", ""), "language": "kaz"}
    form = DescriptionForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = _saved(request, library, form, None)
        if answer is not None:
            return answer
    known = list(queries.record_by_isbn(isbn).defer("marc")[:10]) if isbn else []
    context = {
        "form": form,
        "known": known,
        "isbn": isbn,
        "is_isbn_wrong": bool(isbn) and normalize(isbn) is None,
        "next": request.GET.get("next") or request.POST.get("next", ""),
        "record": None,
    }
    return render(request, "catalog/record_edit.html", context, status=422 if form.errors else 200)


@page(Permission.CATALOG_EDIT)
def record_edit(request: Request, pk: int) -> HttpResponse:
    """Change the description of a shared record; fields the form does not show stay as they are."""
    library = _library(request)
    record = get_object_or_404(Record, pk=pk)
    described = describe(queries.marc_of(record))
    initial = {**DescriptionForm.of(described), "expected_version": record.version}
    form = DescriptionForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = _saved(request, library, form, record, responsibility=described.responsibility)
        if answer is not None:
            return answer
    return render(
        request, "catalog/record_edit.html", {"form": form, "record": record}, status=422 if form.errors else 200
    )


def _saved(
    request: Request, library: Organization, form: DescriptionForm, record: Record | None, *, responsibility: str = ""
) -> HttpResponse | None:
    now = clock.now()
    try:
        with transaction.atomic():
            saved = catalog.describe_record(
                actor=request.actor,
                library=library,
                description=form.description(responsibility=responsibility),
                at=now,
                base=record,
                expected_version=form.cleaned_data["expected_version"] if record else None,
                command_id=_command(request),
            )
            if form.cleaned_data["cover"]:
                catalog.set_cover(
                    actor=request.actor,
                    library=library,
                    record=saved,
                    picture=form.cleaned_data["cover"].read(),
                    at=now,
                )
    except DomainError as refusal:
        field = {"catalog.bad_isbn": "isbns", "catalog.bad_picture": "cover", "catalog.no_title": "title"}
        form.add_error(field.get(refusal.code), f"{refusal} {refusal.advice_text}")
        return None
    messages.success(request, _("Saved: %(title)s") % {"title": saved.title})
    return _after(request, saved)


@page(Permission.CATALOG_EDIT)
def duplicates(request: Request) -> HttpResponse:
    """A fragment: records that may be the same edition as the one being described."""
    form = DescriptionForm(request.POST or request.GET)
    found: list[Record] = []
    if form.is_valid():
        but = Record.objects.filter(pk=request.GET["but"]).first() if request.GET.get("but", "").isdecimal() else None
        found = queries.duplicates_of(form.description(), but=but)
    return render(request, "catalog/_duplicates.html", {"known": found, "next": request.POST.get("next", "")})


@page(Permission.CATALOG_EDIT)
def record_marc(request: Request, pk: int) -> HttpResponse:
    """The record's MARC 21 in line form, to be read and edited by experts."""
    library = _library(request)
    record = get_object_or_404(Record, pk=pk)
    initial = {"text": queries.marc_of(record).to_text(), "expected_version": record.version}
    form = MarcForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            try:
                marc = MarcRecord.from_text(form.cleaned_data["text"])
            except LineError as error:
                reason = reports.MESSAGES.get(error.code, MESSAGES.get(error.code, error.code))
                raise BadLine(line=error.number, reason=str(reason)) from error
            catalog.save_marc(
                actor=request.actor,
                library=library,
                record=record,
                marc=marc,
                at=clock.now(),
                expected_version=form.cleaned_data["expected_version"],
                command_id=_command(request),
            )
        except DomainError as refusal:
            form.add_error("text", f"{refusal} {refusal.advice_text}")
        else:
            messages.success(request, _("Saved: %(title)s") % {"title": record.title})
            return redirect("catalog:record_marc", pk)
    return render(
        request, "catalog/record_marc.html", {"form": form, "record": record}, status=422 if form.errors else 200
    )


@page(None)
def record_file(request: Request, pk: int, kind: str) -> HttpResponse:
    """The record as a file: ``mrc`` (ISO 2709) or ``xml`` (MARCXML)."""
    marc = queries.marc_of(get_object_or_404(Record, pk=pk))
    if kind == "mrc":
        response = HttpResponse(iso2709.write(marc), content_type="application/marc")
    elif kind == "xml":
        response = HttpResponse(content_type="application/marcxml+xml")
        marcxml.write([marc], cast(BinaryIO, response))
    else:
        raise NotFound()
    response["Content-Disposition"] = f'attachment; filename="record-{pk}.{kind}"'
    return response


@page(Permission.CATALOG_EDIT)
def record_history(request: Request, pk: int) -> HttpResponse:
    """What the record was before, version by version, with the lines that changed."""
    record = get_object_or_404(Record, pk=pk)
    older = list(record.versions.order_by("-version")[:20])
    states = [(record.version, record.changed_at, from_text(record.marc).to_text())]
    states += [(one.version, one.at, from_text(one.marc).to_text()) for one in older]
    changes = []
    for (version, at, text), (_older, _at, before) in pairwise(states):
        lines = difflib.unified_diff(before.splitlines(), text.splitlines(), lineterm="", n=1)
        changes.append(
            {"version": version, "at": at, "lines": [line for line in lines if not line.startswith(("---", "+++"))]}
        )
    return render(request, "catalog/record_history.html", {"record": record, "changes": changes})


@page(None)
def cover(request: Request, name: str) -> HttpResponseBase:
    """A cover picture; its name is the digest of its content, so browsers may keep it for good."""
    path = f"covers/{name}"
    if not default_storage.exists(path):
        raise NotFound()
    response = FileResponse(default_storage.open(path), content_type="image/webp")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@page(Permission.CATALOG_IMPORT)
def import_file(request: Request) -> HttpResponse:
    """Choose a file of records; it is imported in the background. Below: former imports."""
    library = _library(request)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            form.add_error("file", _("The file is larger than 200 MB. Split it and import the parts."))
        else:
            stored = default_storage.save(f"imports/{ids.new_id()}", file)
            with transaction.atomic():
                job = jobs.enqueue(
                    IMPORT,
                    actor_id=request.actor.user_id,
                    library_id=library.pk,
                    user=request.actor.user_id,
                    library=library.pk,
                    stored=stored,
                    file_name=file.name,
                    format=form.cleaned_data["format"],
                )
            return redirect("job", job.pk)
    runs, following = paginate(
        queries.import_runs(request.actor.reach(Permission.CATALOG_IMPORT)).order_by(),
        request.GET.get("cursor"),
        20,
        descending=True,
    )
    context = {"form": form, "runs": runs, "next": following}
    return render(request, "catalog/import.html", context, status=422 if form.errors else 200)


@page(Permission.CATALOG_IMPORT)
def import_job(request: Request, pk: int) -> HttpResponse:
    """From a finished job to the report of its import."""
    job = get_object_or_404(Job, pk=pk, name=IMPORT)
    result: Any = job.result
    return redirect("catalog:import_run", result["run"]) if result else redirect("job", pk)


@page(Permission.CATALOG_IMPORT)
def import_run(request: Request, pk: int) -> HttpResponse:
    """The report of an import: counts, and a line for every record that needs an eye."""
    run = get_object_or_404(queries.import_runs(request.actor.reach(Permission.CATALOG_IMPORT)), pk=pk)
    outcome = request.GET.get("outcome", "")
    lines = run.lines.select_related("record")
    if outcome in Outcome.values:
        lines = lines.filter(outcome=outcome)
    rows, following = paginate(lines, request.GET.get("cursor"), 50)
    address = reverse("catalog:import_run", args=[pk])
    tiles = [
        {"label": Outcome.IMPORTED.label, "value": run.imported, "url": f"{address}?outcome=IMPORTED", "tone": "good"},
        {"label": Outcome.UPDATED.label, "value": run.updated, "url": f"{address}?outcome=UPDATED", "tone": ""},
        {"label": Outcome.MERGED.label, "value": run.merged, "url": f"{address}?outcome=MERGED", "tone": ""},
        {"label": Outcome.REJECTED.label, "value": run.rejected, "url": f"{address}?outcome=REJECTED", "tone": "wrong"},
    ]
    context = {
        "run": run,
        "tiles": tiles,
        "lines": [{"line": line, "sentence": reports.sentence(line)} for line in rows],
        "next": following,
        "outcome": outcome,
    }
    return render(request, "catalog/import_run.html", context)


@page(Permission.CATALOG_IMPORT)
def import_rejected(request: Request, pk: int) -> HttpResponse:
    """The bytes of the rejected records as a file, to be mended and sent again."""
    run = get_object_or_404(queries.import_runs(request.actor.reach(Permission.CATALOG_IMPORT)), pk=pk)
    rejected = ImportLine.objects.filter(run=run, outcome=Outcome.REJECTED).order_by("number")
    data = b"".join(bytes(raw) for raw in rejected.values_list("raw", flat=True))
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="rejected-{pk}.mrc"'
    return response
