"""The describing form, for somebody with the book in hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kitaphana.catalog import errors, kinds, queries
from kitaphana.catalog import services as catalog
from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.extraction import suggested_mark
from kitaphana.catalog.forms import DescriptionForm, initial_of
from kitaphana.catalog.models import Record
from kitaphana.catalog.views import address_after, record_or_refuse, way_back
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.ids import new_id
from kitaphana.core.text.scanner import decode_scan
from kitaphana.core.web.page import Request, page
from kitaphana.formats.bibliographic import Description, build, with_isbns
from kitaphana.formats.isbn import hyphenate, normalize
from kitaphana.people.views import library_of

FIELD_OF: dict[type[DomainError], str] = {
    errors.NoTitle: "title",
    errors.BadIsbn: "isbn",
    errors.BadYear: "year",
    errors.BadPicture: "cover",
    errors.NoCoverInside: "cover",
}
"""Beside which field a refusal is shown."""
COMMON = {"kind", "language"}
"""Fields that always say something: they do not unfold what is folded away."""


def _templates(request: Request, form: DescriptionForm) -> list[dict[str, Any]]:
    """The forms for other kinds of editions, with what was typed into the address."""
    asked = request.GET.copy()
    rows = []
    for one in kinds.TEMPLATES.values():
        asked["template"] = one.name
        rows.append({"label": one.label, "url": f"?{asked.urlencode()}", "active": one is form.template})
    return rows


def _offer(record: Record, back: str) -> dict[str, Any]:
    return {"record": record, "url": address_after(record, back), "is_way_back": bool(back)}


@page(Permission.CATALOG_EDIT)
def record_new(request: Request) -> HttpResponse:
    """Describe an edition: first the ISBN, by which it may be in the union catalogue already; then the form."""
    library_of(request, Permission.CATALOG_EDIT)
    back = way_back(request)
    if request.method == "POST":
        return _posted(request, None, back)
    typed = decode_scan(request.GET.get("isbn", "")[:100])
    isbn = normalize(typed)
    found = list(queries.record_by_isbn(typed)[:10]) if isbn else []
    if found and not request.GET.get("anyway"):
        context = {"offers": [_offer(one, back) for one in found], "isbn": hyphenate(isbn or ""), "next": back}
        return render(request, "catalog/record_found.html", context)
    initial = {"isbn": hyphenate(isbn) if isbn else typed, "title": request.GET.get("title", "")[:1000]}
    template = kinds.TEMPLATES.get(request.GET.get("template", ""), kinds.TEMPLATES["book"])
    form = DescriptionForm(initial=initial, template=template)
    return _show(
        request, form, None, back, is_first_step=not any(initial.values()), is_not_found=bool(isbn and not found)
    )


@page(Permission.CATALOG_EDIT)
def article_new(request: Request, pk: int) -> HttpResponse:
    """Describe an article or another part of a journal or a book."""
    library_of(request, Permission.CATALOG_EDIT)
    host = record_or_refuse(pk)
    if host.kind == RecordKind.ARTICLE:
        raise NotFound()
    back = way_back(request)
    if request.method == "POST":
        return _posted(request, None, back, host=host)
    form = DescriptionForm(
        initial={"language": host.language, "host_part": request.GET.get("part", "")[:200]}, language=host.language,
        template=kinds.ARTICLE,
    )  # fmt: skip
    return _show(request, form, None, back, host=host)


@page(Permission.CATALOG_EDIT)
def record_edit(request: Request, pk: int) -> HttpResponse:
    """Change a description; of the MARC only what the form changed is written anew."""
    library_of(request, Permission.CATALOG_EDIT)
    record = record_or_refuse(pk)
    back = way_back(request)
    if request.method == "POST":
        return _posted(request, record, back)
    one = queries.description_of(record)
    own_mark = record.author_mark if record.author_mark != suggested_mark(one) else ""
    initial = initial_of(one) | {"author_mark": own_mark}
    form = DescriptionForm(
        initial=initial, language=one.language, has_cover=bool(record.cover), template=kinds.template_of(record.kind)
    )
    return _show(request, form, record, back)


def _part_of(host: Record) -> Description:
    """What an article has from what it stands in."""
    is_periodical = host.kind == RecordKind.PERIODICAL
    return Description(
        title="", host_title=host.title, host_number=host.control_number, host_level="s" if is_periodical else "m",
        year=None if is_periodical else host.year,
    )  # fmt: skip


def _posted(request: Request, record: Record | None, back: str, host: Record | None = None) -> HttpResponse:
    present = queries.description_of(record) if record else _part_of(host) if host else None
    if record:
        template = kinds.template_of(record.kind)
    elif host:
        template = kinds.ARTICLE
    else:
        template = kinds.TEMPLATES.get(request.POST.get("template", ""), kinds.TEMPLATES["book"])
    options: dict[str, Any] = {
        "template": template,
        "language": present.language if present else "",
        "has_cover": bool(record and record.cover),
    }
    if "more" in request.POST:
        # One more empty name: the page again with what was typed, nothing is checked yet.
        typed: dict[str, Any] = {name: request.POST.get(name, "") for name in DescriptionForm.base_fields}
        form = DescriptionForm(initial=typed | {"authors": [*request.POST.getlist("authors"), ""]}, **options)
        return _show(request, form, record, back, host=host)
    form = DescriptionForm(request.POST, request.FILES, **options)
    duplicates: list[Record] = []
    if form.is_valid():
        description = form.description(present)
        if record is None and "anyway" not in request.POST:
            duplicates = queries.duplicates_of(description)
        if not duplicates:
            try:
                saved = _save(request, form, record, description)
            except errors.SharedRecord:
                return _proposed(request, form, record, description)
            except DomainError as refusal:
                form.add_error(FIELD_OF.get(type(refusal)), f"{refusal} {refusal.advice_text}".strip())
            else:
                messages.success(request, _("The description is saved: %(title)s") % {"title": saved.title})
                return redirect(address_after(saved, back))
    status = 422 if form.errors else 409
    return _show(request, form, record, back, duplicates=duplicates, status=status, host=host)


def _save(request: Request, form: DescriptionForm, record: Record | None, description: Description) -> Record:
    library = library_of(request, Permission.CATALOG_EDIT)
    at = clock.now()
    version = request.POST.get("expected_version", "")
    picture = form.cleaned_data["cover"]
    with transaction.atomic():
        saved = catalog.describe_record(
            actor=request.actor,
            library=library,
            description=description,
            at=at,
            base=record,
            expected_version=int(version) if version.isdecimal() and version.isascii() else None,
            author_mark=form.cleaned_data["author_mark"],
            command_id=_command_id(request),
        )
        if picture is not None:
            if picture.size > catalog.LARGEST_BOOK:
                raise errors.BadPicture()
            catalog.set_cover(actor=request.actor, library=library, record=saved, picture=picture.read(), at=at)
        elif form.cleaned_data.get("is_cover_removed"):
            catalog.set_cover(actor=request.actor, library=library, record=saved, picture=b"", at=at)
    return saved


def _proposed(request: Request, form: DescriptionForm, record: Record | None, description: Description) -> HttpResponse:
    """Other libraries use the record: the change goes to the methodical centre."""
    assert record is not None  # only a record that is here can be shared
    try:
        catalog.propose_change(
            actor=request.actor,
            library=library_of(request, Permission.CATALOG_EDIT),
            record=record,
            marc=build(description, queries.marc_of(record)),
            at=clock.now(),
            note=request.POST.get("note", ""),
            command_id=_command_id(request),
        )
    except DomainError as refusal:
        form.add_error(FIELD_OF.get(type(refusal)), f"{refusal} {refusal.advice_text}".strip())
        return _show(request, form, record, way_back(request), status=422)
    messages.success(request, _("Your change is sent to the methodical centre: other libraries use this record too."))
    return redirect(address_after(record, way_back(request)))


def _command_id(request: Request) -> UUID:
    try:
        return UUID(request.POST.get("command_id", ""))
    except ValueError:
        return new_id()


def _show(
    request: Request,
    form: DescriptionForm,
    record: Record | None,
    back: str,
    *,
    duplicates: list[Record] | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "form": form,
        "record": record,
        "next": back,
        "expected_version": request.POST.get("expected_version") or (record.version if record else ""),
        "offers": [_offer(one, back) for one in duplicates or ()],
        "mark": record.author_mark if record else "",
        "is_proposal": record is not None
        and request.library
        and not catalog.may_change(request.actor, request.library, record),
        "has_more": any(
            field.errors or (field.value() and field.name not in COMMON) for field, _is_wide in form.more()
        ),
        "templates": _templates(request, form) if record is None and not more.get("host") else [],
        **more,
    }
    return render(request, "catalog/record_form.html", context, status=status)


@page(Permission.CATALOG_EDIT)
def duplicates(request: Request) -> HttpResponse:
    """While a description is typed: the author mark, ISBNs with a wrong digit, and editions that look the same."""
    given = request.POST if request.method == "POST" else request.GET
    authors = tuple(" ".join(one.split())[:300] for one in given.getlist("authors")[:10] if one.strip())
    year = given.get("year", "").strip()
    description = with_isbns(
        Description(
            title=given.get("title", "").strip()[:1000],
            subtitle=given.get("subtitle", "").strip()[:1000],
            authors=authors,
            year=int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else None,
        ),
        given.get("isbn", "")[:400],
    )
    pk = given.get("record", "")
    present = Record.objects.filter(pk=int(pk)).first() if pk.isascii() and pk.isdecimal() and len(pk) < 19 else None
    back = way_back(request)
    context = {
        "offers": [_offer(one, back) for one in queries.duplicates_of(description, but=present)],
        "wrong": ", ".join(description.invalid_isbns),
        "mark": suggested_mark(description),
    }
    return render(request, "catalog/_duplicates.html", context)
