"""A record for experts: its MARC, its files, its history."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.catalog import errors, exports, kinds, queries, reports
from kitaphana.catalog import services as catalog
from kitaphana.catalog.extraction import from_text
from kitaphana.catalog.forms import MarcForm
from kitaphana.catalog.models import Record, RecordVersion
from kitaphana.catalog.typed_text import printable
from kitaphana.catalog.views import record_or_refuse
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.web.page import Request, command_id_of, page
from kitaphana.core.web.paging import paginate
from kitaphana.formats import iso2709, marc21, unimarc
from kitaphana.formats.bibliographic import DEFAULT_LEADER, describe
from kitaphana.formats.marc import LineError, MarcRecord
from kitaphana.people.models import User
from kitaphana.people.views import library_of

VERSIONS = 20


def _read(text: str) -> MarcRecord:
    try:
        return MarcRecord.from_text(printable(text.replace("\r\n", "\n")))
    except LineError as error:
        raise errors.BadLine(line=error.number, reason=reports.MESSAGES.get(error.code, error.message)) from error


@page(Permission.CATALOG_EDIT)
def record_marc(request: Request, pk: int) -> HttpResponse:
    """The MARC of a record line by line, to be read, taken away and changed."""
    library = library_of(request, Permission.CATALOG_EDIT)
    record = record_or_refuse(pk)
    present = queries.marc_of(record)
    form = MarcForm(request.POST or None, initial={"text": present.to_text()})
    version = request.POST.get("expected_version", "")
    if request.method == "POST" and form.is_valid():
        try:
            marc = _checked(form.cleaned_data["text"], present)
            if not catalog.may_change(request.actor, library, record):
                catalog.propose_change(
                    actor=request.actor, library=library, record=record, marc=marc, at=clock.now(),
                    note=request.POST.get("note", ""),
                )  # fmt: skip
                messages.success(
                    request, _("Your change is sent to the methodical centre: other libraries use this record too.")
                )
                return redirect("catalog:record_marc", pk)
            catalog.save_marc(
                actor=request.actor,
                library=library,
                record=record,
                marc=marc,
                at=clock.now(),
                expected_version=int(version) if version.isascii() and version.isdecimal() else None,
            )
        except DomainError as refusal:
            form.add_error("text", f"{refusal} {refusal.advice_text}".strip())
        else:
            messages.success(request, _("The record is saved."))
            return redirect("catalog:record_marc", pk)
    context = {
        "expected_version": version or record.version,
        "is_proposal": not catalog.may_change(request.actor, library, record),
        "files": list(exports.FORMS.values()),
        "lost": unimarc.to_unimarc(present).lost,
    }
    return _editor(request, form, record, context)


@page(Permission.CATALOG_EDIT)
def record_marc_new(request: Request) -> HttpResponse:
    """A new record in MARC; an empty one of its kind to begin with."""
    library = library_of(request, Permission.CATALOG_EDIT)
    template = kinds.TEMPLATES.get(request.GET.get("template", ""), kinds.TEMPLATES["book"])
    form = MarcForm(request.POST or None, initial={"text": kinds.empty_record(template)})
    found: list[Record] = []
    if request.method == "POST" and form.is_valid():
        try:
            marc = _checked(form.cleaned_data["text"])
            found = [] if "anyway" in request.POST else queries.duplicates_of(describe(marc))
            if not found:
                made = catalog.save_marc(
                    actor=request.actor, library=library, record=None, marc=marc, at=clock.now(),
                    command_id=command_id_of(request),
                )  # fmt: skip
                messages.success(request, _("The record is saved."))
                return redirect("catalog:record_marc", made.pk)
        except DomainError as refusal:
            form.add_error("text", f"{refusal} {refusal.advice_text}".strip())
    context = {
        "templates": [
            {"label": one.label, "url": f"?template={one.name}", "active": one is template}
            for one in kinds.TEMPLATES.values()
        ],
        "offers": [{"record": one, "url": reverse("portal:record", args=[one.pk])} for one in found],
    }
    return _editor(request, form, None, context, status=409 if found else 200)


def _editor(
    request: Request, form: MarcForm, record: Record | None, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    language = get_language() or "kk"
    table = {
        tag: {
            "name": rule.names.of(language),
            "start": "" if tag.startswith("00") else marc21.usual_indicators(tag).replace(" ", "#") + "$a",
            "parts": {code: names.of(language) for code, names in rule.subfield_names.items()},
        }
        for tag, rule in marc21.fields().items()
    }
    context |= {"form": form, "record": record, "fields": table}
    return render(request, "catalog/record_marc.html", context, status=422 if form.errors else status)


def _checked(text: str, present: MarcRecord | None = None) -> MarcRecord:
    """The record of a text without what is empty.

    :raises BadLine: a line can't be read.
    :raises WrongRecord: something is wrong that was not so before.
    """
    marc = _read(text)
    language = get_language() or "kk"
    known = Counter(_kind_of(one) for one in marc21.check(present.to_text(), language)) if present else Counter()
    wrong = []
    for one in marc21.check(printable(text.replace("\r\n", "\n")), language):
        known[_kind_of(one)] -= 1
        # What a record brought with it from elsewhere keeps nobody from mending the rest.
        if one.is_error and known[_kind_of(one)] < 0:
            wrong.append(one)
    if wrong:
        raise errors.WrongRecord(what=" ".join(reports.finding(one) for one in wrong[:5]))
    return marc21.without_empty(marc)


def _kind_of(one: marc21.Finding) -> tuple[str, str]:
    return one.code, one.params.get("tag", "") + one.params.get("place", "")


@page(Permission.CATALOG_EDIT)
@require_POST
def marc_check(request: Request) -> HttpResponse:
    """While a record is typed: what is wrong with it, line by line."""
    text = request.POST.get("text", "")[:400_000].replace("\r\n", "\n")
    found = marc21.check(text, get_language() or "kk")
    rows = [(one, reports.finding(one, with_line=False)) for one in found[:200]]
    return render(request, "catalog/_marc_findings.html", {"rows": rows})


@page(Permission.CATALOG_EDIT)
@require_POST
def marc_fixed(request: Request) -> HttpResponse:
    """The leader or field 008 of what is typed, place by place in words."""
    tag = "LDR" if request.POST.get("tag") == "LDR" else "008"
    lines = request.POST.get("text", "")[:400_000].replace("\r\n", "\n").split("\n")
    texts = {name: next((line[5:] for line in lines if line.startswith(f"={name} ")), "") for name in ("LDR", "008")}
    leader = (texts["LDR"] or DEFAULT_LEADER).ljust(24)[:24]
    data = leader if tag == "LDR" else texts["008"].replace("#", " ").ljust(marc21.FIXED_LENGTH)[: marc21.FIXED_LENGTH]
    language = get_language() or "kk"
    rows = []
    for one in marc21.places(tag, leader):
        value = data[one.start : one.start + one.length]
        choices = [(code, names.of(language)) for code, names in one.values.items()]
        if choices and value not in one.values:
            choices.insert(0, (value, value.replace(" ", "#")))
        rows.append({"place": one, "name": one.names.of(language), "value": value, "choices": choices})
    return render(request, "catalog/_marc_fixed.html", {"tag": tag, "rows": rows, "data": data})


@page(None)
def record_file(request: Request, pk: int, format: str) -> HttpResponse:
    """The record as a file; ``format`` is the ending of one of ``exports.FORMS``."""
    form = exports.BY_EXTENSION.get(format)
    if form is None:
        raise NotFound()
    record = record_or_refuse(pk)
    item = exports.Item(queries.marc_of(record), request.build_absolute_uri(reverse("portal:record", args=[pk])))
    try:
        response = HttpResponse(exports.written(form, item), content_type=form.media_type)
    except iso2709.RecordTooLong as error:
        raise errors.TooLongForIso() from error
    response["Content-Disposition"] = f'attachment; filename="record-{record.pk}.{format}"'
    return response


def changed_lines(before: str, after: str) -> Iterator[tuple[str, str]]:
    """What a change did, line by line: («-» or «+», the line)."""
    old, new = before.split("\n"), after.split("\n")
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from (("-", line) for line in old[a:b])
            yield from (("+", line) for line in new[c:d])


@page(Permission.CATALOG_EDIT)
def record_history(request: Request, pk: int) -> HttpResponse:
    """Every change of a record: when, who, which lines."""
    record = record_or_refuse(pk)
    rows, following = paginate(
        RecordVersion.objects.filter(record=record), request.GET.get("cursor"), VERSIONS, key="version", descending=True
    )
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=[row.actor_id for row in rows if row.actor_id])}
    newer = _after(record, rows[0]) if rows else record.marc
    changes = []
    for row in rows:
        before, after = from_text(row.marc).to_text(), from_text(newer).to_text()
        changes.append(
            {
                "version": row,
                "number": row.version + 1,
                "who": names.get(row.actor_id or 0, ""),
                "lines": list(changed_lines(before, after)),
            }
        )
        newer = row.marc
    context = {"record": record, "changes": changes, "next": following}
    return render(request, "catalog/record_history.html", context)


def _after(record: Record, version: RecordVersion) -> str:
    """The MARC that a kept version was changed into."""
    later = RecordVersion.objects.filter(record=record, version__gt=version.version).order_by("version").first()
    return later.marc if later else record.marc


@page(Permission.CATALOG_EDIT)
@require_POST
def record_restore(request: Request, pk: int, version: int) -> HttpResponse:
    """Make a record again what it was; the present one is kept as a version too."""
    library = library_of(request, Permission.CATALOG_EDIT)
    record = record_or_refuse(pk)
    kept = RecordVersion.objects.filter(record=record, version=version).first() if version < 2**31 else None
    if kept is None:
        raise NotFound()
    catalog.save_marc(actor=request.actor, library=library, record=record, marc=from_text(kept.marc), at=clock.now())
    messages.success(request, _("The record is as it was in version %(number)s.") % {"number": version})
    return redirect("catalog:record_history", pk)
