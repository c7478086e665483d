"""Proposals from a table: file, preview with every bad row, confirmation."""

from __future__ import annotations

import tempfile
from typing import IO
from uuid import UUID

import xlsxwriter
from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.web.page import Request, page
from kitaphana.corelist import services
from kitaphana.corelist.sheet import COLUMN_TITLES, read_sheet
from kitaphana.corelist.views.downloads import XLSX
from kitaphana.corelist.views.places import clean, command_id_of, working_list
from kitaphana.people import uploads
from kitaphana.people.errors import FileTooLarge
from kitaphana.people.roster import MOST_BYTES, MOST_ROWS

SHOWN = 100


class ImportForm(forms.Form):
    """The file, and the reason for rows that give none."""

    file = forms.FileField(label=gettext_lazy("File (XLSX or CSV)"), allow_empty_file=True)
    reason = forms.CharField(
        label=gettext_lazy("Justification for rows without one of their own"), max_length=500, required=False
    )


@page(Permission.LIST_PROPOSE)
def upload(request: Request, pk: int) -> HttpResponse:
    """Choose a file; it is kept and shown as it would be imported."""
    one = working_list(request, pk)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > MOST_BYTES:
                raise FileTooLarge(rows=MOST_ROWS, megabytes=MOST_BYTES // 2**20)
            data = file.read()
            # Read once already: a file that is no table of proposals is refused here, beside the field.
            read_sheet(data, file.name)
        except DomainError as refusal:
            form.add_error("file", f"{refusal} {refusal.advice_text}".strip())
        else:
            kept = uploads.keep(
                library_id=one.organization_id, user_id=request.actor.user_id, file_name=file.name, data=data
            )
            address = reverse("corelist:import_preview", args=[one.pk, kept.id])
            return redirect(f"{address}?{urlencode({'reason': form.cleaned_data['reason']})}")
    context = {"form": form, "one": one, "columns": list(COLUMN_TITLES.values())}
    return render(request, "corelist/import.html", context, status=422 if form.errors else 200)


@page(Permission.LIST_PROPOSE)
def preview(request: Request, pk: int, upload_id: UUID) -> HttpResponse:
    """What importing the file would do, with every bad row and why; nothing is written yet."""
    one = working_list(request, pk)
    kept = uploads.find(upload_id, library_id=one.organization_id, user_id=request.actor.user_id)
    reason = clean(request.GET.get("reason"), 500)
    plan = services.plan_import(
        actor=request.actor, core_list=one, data=kept.data, file_name=kept.file_name, common_reason=reason
    )
    context = {
        "one": one,
        "upload": kept,
        "reason": reason,
        "result": plan.result,
        "errors": plan.result.errors[:SHOWN],
        "rows": plan.rows[:SHOWN],
        "hidden": max(0, len(plan.rows) - SHOWN),
        "good": len(plan.rows),
        "found": sum(1 for row in plan.rows if row.record is not None),
    }
    return render(request, "corelist/import_preview.html", context)


@page(Permission.LIST_PROPOSE)
@require_POST
def confirm(request: Request, pk: int, upload_id: UUID) -> HttpResponse:
    """Propose the rows of exactly the file that was previewed, or forget it."""
    one = working_list(request, pk)
    kept = uploads.find(upload_id, library_id=one.organization_id, user_id=request.actor.user_id)
    if request.POST.get("action") == "discard":
        uploads.forget(kept.id)
        return redirect("corelist:import", one.pk)
    result = services.import_proposals(
        actor=request.actor,
        core_list=one,
        data=kept.data,
        file_name=kept.file_name,
        common_reason=clean(request.POST.get("reason"), 500),
        at=clock.now(),
        command_id=command_id_of(request),
    )
    uploads.forget(kept.id)
    words = ngettext("%(number)d title is proposed.", "%(number)d titles are proposed.", result.proposed)
    messages.success(request, words % {"number": result.proposed})
    for error in [one for one in result.errors if one.code == "refused"][:10]:
        messages.warning(request, _("Row %(row)s: %(why)s") % {"row": error.row, "why": error.message})
    if result.rejected:
        left = ngettext("%(number)d row was not taken.", "%(number)d rows were not taken.", result.rejected)
        messages.warning(request, left % {"number": result.rejected})
    return redirect("corelist:list", one.pk)


@page(Permission.LIST_PROPOSE)
def model(request: Request) -> FileResponse:
    """An empty table with the names of the columns and an example."""
    stream: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - handed over open; it vanishes when closed
    book = xlsxwriter.Workbook(stream, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("Proposals"))
    head = book.add_format({"bold": True, "bg_color": "#F0EEEA", "border": 1, "text_wrap": True})
    for column, title in enumerate(COLUMN_TITLES.values()):
        sheet.set_column(column, column, 22)
        sheet.write_string(0, column, str(title), head)
    example = [
        "",
        "Абай жолы",
        "Әуезов, Мұхтар",
        "Жазушы",
        "2013",
        _("Domestic literature"),
        "9-11",
        "25",
        _("In the curriculum"),
    ]
    for column, text in enumerate(example):
        sheet.write_string(1, column, text)
    book.close()
    stream.seek(0)
    return FileResponse(stream, as_attachment=True, filename="proposals.xlsx", content_type=XLSX)
