"""Pages of readers: list, card, registration, what happens to a membership."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.text.scanner import decode_scan
from kitaphana.core.web.page import Request, page
from kitaphana.people import documents, hooks, queries, services
from kitaphana.people.enums import Category, LeavingReason
from kitaphana.people.errors import NobodyChosen
from kitaphana.people.forms import ClassChoiceForm, LeaveForm, NewReaderForm, ReaderForm
from kitaphana.people.models import Membership, SchoolClass, User
from kitaphana.people.views import library_of

PAGE = 50
MOST_CARDS = 500


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _filtered(request: Request, permission: Permission = Permission.PEOPLE_VIEW) -> tuple[Any, dict[str, Any]]:
    library = library_of(request, permission)
    chosen = {name: request.GET.get(name, "").strip() for name in ("q", "class", "category", "former")}
    year = queries.present_school_year(library, clock.today())
    classes = list(queries.classes(library, year))
    school_class = next((one for one in classes if str(one.pk) == chosen["class"]), None)
    if school_class is None and (pk := _number(chosen["class"])) is not None:
        school_class = SchoolClass.objects.filter(library=library, pk=pk).first()
    found = queries.readers(
        library,
        text=chosen["q"],
        school_class=school_class,
        category=chosen["category"] if chosen["category"] in Category.values else "",
        with_former=chosen["former"] == "1",
    ).order_by("person__sort_key", "pk")
    return found, {"chosen": chosen, "classes": classes, "school_class": school_class, "library": library}


@page(Permission.PEOPLE_VIEW)
def readers(request: Request) -> HttpResponse:
    """Readers of the library, by name in any spelling, class, category. A scanned card opens the reader at
    once.
    """
    found, context = _filtered(request)
    text = decode_scan(context["chosen"]["q"])
    if text.isdigit() and len(text) >= 6:
        exact = queries.reader_by_card(context["library"], text)
        if exact is not None:
            target = redirect("people:reader", exact.pk)
            if request.htmx:
                answer = HttpResponse(status=204)
                answer["HX-Redirect"] = target["Location"]
                return answer
            return target
    pages = Paginator(found, PAGE)
    shown = pages.get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    context |= {
        "page": shown,
        "total": pages.count,
        "kept": kept.urlencode(),
        "categories": Category.choices,
        "today": clock.today(),
        "may_edit": request.actor.may(Permission.PEOPLE_EDIT, context["library"].path),
        "may_import": request.actor.may(Permission.PEOPLE_IMPORT, context["library"].path),
    }
    template = "people/_readers.html" if request.htmx and not request.htmx.boosted else "people/readers.html"
    return render(request, template, context)


@page(Permission.PEOPLE_IMPORT)
@require_POST
def export(request: Request) -> HttpResponse:
    """The list as CSV for spreadsheets, without IINs. The journal notes who took it and how many rows."""
    library = library_of(request, Permission.PEOPLE_IMPORT)
    rows = queries.readers(library).order_by("person__sort_key", "pk")
    services.note_export(actor=request.actor, library=library, number=rows.count(), at=clock.now())
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="readers-{library.code}.csv"'
    # With the mark, so that spreadsheets see Kazakh letters.
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    titles = (_("Surname"), _("Given name"), _("Patronymic"), _("Date of birth"), _("Class"), _("Category"))
    writer.writerow([*titles, _("Phone"), _("E-mail"), _("Card number")])
    for one in rows.iterator():
        person = one.person
        born = person.birth_date.isoformat() if person.birth_date else ""
        class_name = one.school_class.name if one.school_class else ""
        cells = [
            person.surname,
            person.given_name,
            person.patronymic,
            born,
            class_name,
            one.get_category_display(),
        ]
        writer.writerow([_inert(cell) for cell in (*cells, person.phone, person.email, one.card_number)])
    return response


def _inert(cell: str) -> str:
    """A spreadsheet must not take a name for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def _visible(request: Request, pk: int) -> Membership:
    found: Membership = get_object_or_404(
        Membership.objects.within(request.actor.reach(Permission.PEOPLE_VIEW)).select_related(
            "person", "school_class", "library"
        ),
        pk=pk,
    )
    return found


@page(Permission.PEOPLE_VIEW)
def reader(request: Request, pk: int) -> HttpResponse:
    """A reader's card: data, class history, what can be done."""
    shown = _visible(request, pk)
    may_edit = request.actor.may(Permission.PEOPLE_EDIT, shown.library.path)
    today = clock.today()
    year = queries.present_school_year(shown.library, today)
    class_form = ClassChoiceForm(
        library=shown.library, school_year=year, initial={"school_class": shown.school_class_id}
    )
    context = {
        "membership": shown,
        "person": shown.person,
        "iin": services.iin_of(shown.person),
        "enrollments": shown.enrollments.select_related("school_class").order_by("-from_on", "-pk"),
        "debts": hooks.debts(shown.library_id, [shown.person_id]).get(shown.person_id, 0),
        "account": User.objects.filter(person=shown.person).first(),
        "is_due": shown.valid_until < today,
        "may_edit": may_edit,
        "may_lend": request.actor.may(Permission.CIRCULATION_LEND, shown.library.path),
        "class_form": class_form,
        "leave_form": LeaveForm(),
    }
    return render(request, "people/reader.html", context)


@page(Permission.PEOPLE_EDIT)
@sensitive_post_parameters("iin")
def reader_new(request: Request) -> HttpResponse:
    """Register a reader."""
    library = library_of(request, Permission.PEOPLE_EDIT)
    year = queries.present_school_year(library, clock.today())
    initial = {"school_class": request.GET.get("class")}
    form = NewReaderForm(request.POST or None, library=library, school_year=year, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.register_reader(
                actor=request.actor,
                library=library,
                person=form.details(),
                category=Category(form.cleaned_data["category"]),
                school_class=form.cleaned_data["school_class"],
                card_number=decode_scan(form.cleaned_data["card_number"]),
                at=clock.now(),
            )
        except DomainError as refusal:
            _explain(form, refusal)
        else:
            message = _("%(name)s is registered, card %(card)s.")
            messages.success(request, message % {"name": made.person.full_name, "card": made.card_number})
            if "another" in request.POST:
                response = redirect("people:reader_new")
                if made.school_class_id:
                    response["Location"] += f"?class={made.school_class_id}"
                return response
            return redirect("people:reader", made.pk)
    status = 422 if form.errors else 200
    return render(request, "people/reader_form.html", {"form": form}, status=status)


def _explain(form: Any, refusal: DomainError) -> None:
    field = {
        "people.bad_iin": "iin",
        "people.iin_of_another": "iin",
        "people.bad_birth_date": "birth_date",
        "people.card_taken": "card_number",
        "people.bad_card": "card_number",
        "people.name_missing": "surname",
    }.get(refusal.code)
    form.add_error(field, f"{refusal} {refusal.advice_text}")


@page(Permission.PEOPLE_EDIT)
@sensitive_post_parameters("iin")
def reader_edit(request: Request, pk: int) -> HttpResponse:
    """Change a reader's data."""
    shown = _visible(request, pk)
    request.actor.require(Permission.PEOPLE_EDIT, shown.library.path)
    person = shown.person
    initial = {
        name: getattr(person, name)
        for name in ("surname", "given_name", "patronymic", "birth_date", "sex", "phone", "email")
    }
    initial |= {"category": shown.category, "card_number": shown.card_number}
    form = ReaderForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        number = decode_scan(form.cleaned_data["card_number"]) or shown.card_number
        try:
            services.update_reader(
                actor=request.actor,
                membership=shown,
                person=form.details(),
                category=Category(form.cleaned_data["category"]),
                card_number=number,
                at=clock.now(),
            )
        except DomainError as refusal:
            _explain(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("people:reader", shown.pk)
    context = {"form": form, "membership": shown, "iin": services.iin_of(person)}
    return render(request, "people/reader_form.html", context, status=422 if form.errors else 200)


@page(Permission.PEOPLE_EDIT)
@require_POST
def reader_class(request: Request, pk: int) -> HttpResponse:
    """Move a reader to another class."""
    shown = _visible(request, pk)
    year = queries.present_school_year(shown.library, clock.today())
    form = ClassChoiceForm(request.POST, library=shown.library, school_year=year)
    if form.is_valid():
        services.change_class(
            actor=request.actor,
            membership=shown,
            school_class=form.cleaned_data["school_class"],
            at=clock.now(),
        )
        messages.success(request, _("Saved."))
    return redirect("people:reader", shown.pk)


@page(Permission.PEOPLE_EDIT)
@require_POST
def reader_renew(request: Request, pk: int) -> HttpResponse:
    """Re-register a reader for the coming year."""
    shown = _visible(request, pk)
    number = services.re_register(actor=request.actor, library=shown.library, memberships=[pk], at=clock.now())
    if number:
        messages.success(request, _("Re-registered."))
    else:
        messages.info(request, _("The card serves to the end of the year already."))
    return redirect("people:reader", shown.pk)


@page(Permission.PEOPLE_EDIT)
@require_POST
def reader_leave(request: Request, pk: int) -> HttpResponse:
    """Let a reader go."""
    shown = _visible(request, pk)
    form = LeaveForm(request.POST)
    if form.is_valid():
        reason = LeavingReason(form.cleaned_data["reason"])
        services.leave(actor=request.actor, membership=shown, reason=reason, at=clock.now())
        messages.success(request, _("The reader has left; loans and history stay."))
        debt = hooks.debts(shown.library_id, [shown.person_id]).get(shown.person_id, 0)
        if debt:
            message = ngettext(
                "%(number)d book is still to be returned.", "%(number)d books are still to be returned.", debt
            )
            messages.warning(request, message % {"number": debt})
    return redirect("people:reader", shown.pk)


@page(Permission.PEOPLE_EDIT)
@require_POST
def reader_return(request: Request, pk: int) -> HttpResponse:
    """Take a reader back."""
    shown = _visible(request, pk)
    year = queries.present_school_year(shown.library, clock.today())
    form = ClassChoiceForm(request.POST, library=shown.library, school_year=year)
    school_class = form.cleaned_data["school_class"] if form.is_valid() else None
    services.return_reader(actor=request.actor, membership=shown, school_class=school_class, at=clock.now())
    messages.success(request, _("The reader is back."))
    return redirect("people:reader", shown.pk)


def _chosen(request: Request, permission: Permission, most: int) -> list[Membership]:
    """The readers of a request: ``id`` (several), else a whole ``class``, else those of the list's filters."""
    library = library_of(request, permission)
    given = request.POST if request.method == "POST" else request.GET
    ids = [pk for text in given.getlist("id") if (pk := _number(text)) is not None]
    found = queries.readers(library)
    if ids:
        found = found.filter(pk__in=ids)
    elif (pk := _number(given.get("class", ""))) is not None:
        found = found.filter(school_class=pk)
    else:
        raise NobodyChosen()
    chosen = list(found.order_by("school_class__grade", "school_class__letter", "person__sort_key", "pk")[:most])
    if not chosen:
        raise NobodyChosen()
    return chosen


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@page(Permission.PEOPLE_VIEW)
def cards(request: Request) -> HttpResponse:
    """Reader's cards with barcodes as PDF: for ``id`` (several) or a whole ``class``."""
    chosen = _chosen(request, Permission.PEOPLE_VIEW, MOST_CARDS)
    library = chosen[0].library
    return _pdf(documents.cards_pdf(library, chosen, language=get_language() or "kk"), f"cards-{library.code}")


@page(Permission.PEOPLE_EDIT)
@require_POST
def accounts(request: Request) -> HttpResponse:
    """Accounts for readers, as strips of paper with login and one-time password."""
    chosen = _chosen(request, Permission.PEOPLE_EDIT, services.MOST_AT_ONCE)
    library = chosen[0].library
    made = services.create_reader_accounts(actor=request.actor, library=library, memberships=chosen, at=clock.now())
    address = request.build_absolute_uri("/sign-in/")
    content = documents.accounts_pdf(library, made, address=address, language=get_language() or "kk")
    return _pdf(content, f"accounts-{library.code}")


@page(Permission.PEOPLE_EDIT)
@require_POST
def renew_chosen(request: Request) -> HttpResponse:
    """Re-register the marked readers."""
    chosen = _chosen(request, Permission.PEOPLE_EDIT, MOST_CARDS)
    number = services.re_register(
        actor=request.actor, library=chosen[0].library, memberships=[one.pk for one in chosen], at=clock.now()
    )
    message = ngettext("%(number)d reader is re-registered.", "%(number)d readers are re-registered.", number)
    messages.success(request, message % {"number": number})
    pk = _number(request.POST.get("class", ""))
    return redirect("people:readers") if pk is None else redirect("people:school_class", pk)
