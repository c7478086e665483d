"""Import of a reading list: file, preview, confirmation."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, page
from kitaphana.curriculum import reading_papers, services, spreadsheets
from kitaphana.curriculum.forms import ImportForm
from kitaphana.curriculum.reading_sheet import COLUMN_TITLES, read_sheet
from kitaphana.curriculum.views.places import chosen_year, command_id_of, editing_node, years
from kitaphana.people import uploads
from kitaphana.people.errors import FileTooLarge
from kitaphana.people.roster import MOST_BYTES, MOST_ROWS

SHOWN = 100


@page(Permission.CURRICULUM_EDIT)
def upload(request: Request) -> HttpResponse:
    """Choose a file; it is kept and shown as it would be imported."""
    node = editing_node(request)
    form = ImportForm(
        request.POST or None, request.FILES or None, years=years(), initial={"school_year": chosen_year(request)}
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > MOST_BYTES:
                raise FileTooLarge(rows=MOST_ROWS, megabytes=MOST_BYTES // 2**20)
            data = file.read()
            # Read once already: a file that is no reading list is refused here, beside the field.
            read_sheet(data, file.name)
        except DomainError as refusal:
            form.add_error("file", f"{refusal} {refusal.advice_text}".strip())
        else:
            kept = uploads.keep(library_id=node.pk, user_id=request.actor.user_id, file_name=file.name, data=data)
            address = reverse("reading:import_preview", args=[kept.id])
            return redirect(f"{address}?node={node.code}&year={form.cleaned_data['school_year']}")
    context = {"form": form, "node": node, "columns": list(COLUMN_TITLES.values())}
    return render(request, "curriculum/works_import.html", context, status=422 if form.errors else 200)


@page(Permission.CURRICULUM_EDIT)
def preview(request: Request, upload_id: UUID) -> HttpResponse:
    """What importing the file would do, with every bad row and why; nothing is written yet."""
    node, year = editing_node(request), chosen_year(request)
    kept = uploads.find(upload_id, library_id=node.pk, user_id=request.actor.user_id)
    plan = services.plan_works(
        actor=request.actor, organization=node, school_year=year, data=kept.data, file_name=kept.file_name
    )
    context = {
        "upload": kept,
        "node": node,
        "year": year,
        "year_end": year + 1,
        "result": plan.result,
        "errors": plan.result.errors[:SHOWN],
        "warnings": plan.result.warnings[:SHOWN],
        "rows": plan.rows[:SHOWN],
        "hidden_rows": max(0, len(plan.rows) - SHOWN),
        "good": len(plan.rows),
    }
    return render(request, "curriculum/works_import_preview.html", context)


@page(Permission.CURRICULUM_EDIT)
@require_POST
def confirm(request: Request, upload_id: UUID) -> HttpResponse:
    """Import exactly the file that was previewed, or forget it."""
    node, year = editing_node(request), chosen_year(request)
    kept = uploads.find(upload_id, library_id=node.pk, user_id=request.actor.user_id)
    if request.POST.get("action") == "discard":
        uploads.forget(kept.id)
        return redirect("reading:import")
    result = services.import_works(
        actor=request.actor,
        organization=node,
        school_year=year,
        data=kept.data,
        file_name=kept.file_name,
        at=clock.now(),
        command_id=command_id_of(request),
    )
    uploads.forget(kept.id)
    done = result.added + result.updated
    words = ngettext("%(number)d row is written.", "%(number)d rows are written.", done) % {"number": done}
    found = ngettext("%(number)d edition is found.", "%(number)d editions are found.", result.editions)
    messages.success(request, f"{words} {found % {'number': result.editions}}")
    if result.rejected:
        left = ngettext("%(number)d row was not taken.", "%(number)d rows were not taken.", result.rejected)
        messages.warning(request, left % {"number": result.rejected})
    return redirect(f"{reverse('reading:works')}?year={year}")


@page(Permission.CURRICULUM_EDIT)
def model(request: Request) -> FileResponse:
    """An empty reading list with the names of the columns and an example."""
    return spreadsheets.answer(reading_papers.model_xlsx(), _("reading-list"))
