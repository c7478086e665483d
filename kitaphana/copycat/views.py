"""Pages of copy cataloguing: scan an ISBN, see who has described the book, take one description."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.catalog import queries
from kitaphana.catalog.views import address_after, way_back
from kitaphana.copycat import asking, services
from kitaphana.copycat.asking import Answer
from kitaphana.copycat.models import Target
from kitaphana.copycat.reports import PROBLEMS
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.ids import new_id
from kitaphana.core.text.scanner import decode_scan
from kitaphana.core.web.page import Request, command_id_of, page
from kitaphana.formats.bibliographic import describe
from kitaphana.formats.isbn import normalize
from kitaphana.formats.marc import MarcRecord
from kitaphana.people.views import library_of

_SALT = "copycat.record"
OWN = 10


def _typed(request: Request) -> str:
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:200]
    return normalize(decode_scan(text)) or text


@page(Permission.CATALOG_EDIT)
def search(request: Request) -> HttpResponse:
    """First our own catalogue; then, without waiting, the other libraries."""
    library_of(request, Permission.CATALOG_EDIT)
    text = _typed(request)
    own = []
    if text:
        own = list(queries.record_by_isbn(text)[:OWN]) if normalize(text) else queries.search(text, limit=OWN).records
    back = way_back(request)
    context = {
        "text": text,
        "own": [(record, address_after(record, back)) for record in own],
        "targets": list(Target.objects.filter(is_active=True).order_by("position", "name")),
        "next": back,
    }
    return render(request, "copycat/search.html", context)


@page(Permission.CATALOG_EDIT)
def answers(request: Request) -> HttpResponse:
    """What the other libraries say, side by side; all are asked at once."""
    text = _typed(request)
    targets = list(Target.objects.filter(is_active=True).order_by("position", "name"))
    found = asking.ask_all(targets, text) if text else []
    context = {"shown": [_shown(answer) for answer in found], "next": way_back(request), "text": text}
    return render(request, "copycat/_answers.html", context)


def _shown(answer: Answer) -> dict[str, Any]:
    problem = PROBLEMS.get(answer.problem)
    rows = []
    for one in answer.found:
        facts = {"marc": one.marc.to_json(), "source": answer.target.name, "id": str(new_id())}
        rows.append(
            {"one": one, "lines": one.marc.to_text(), "sealed": signing.dumps(facts, salt=_SALT, compress=True)}
        )
    return {
        "target": answer.target,
        "rows": rows,
        "total": answer.total,
        "problem": str(problem) % {"details": answer.details} if problem else "",
        "seconds": answer.seconds,
    }


@page(Permission.CATALOG_EDIT)
@require_POST
def take(request: Request) -> HttpResponse:
    """Make the chosen description ours; if the edition is here already, say so first."""
    library = library_of(request, Permission.CATALOG_EDIT)
    try:
        facts = signing.loads(request.POST.get("sealed", ""), salt=_SALT)
        marc = MarcRecord.from_json(facts["marc"])
    except (signing.BadSignature, ValueError, KeyError, json.JSONDecodeError) as error:
        raise NotFound() from error
    back = way_back(request)
    if "anyway" not in request.POST and (same := queries.duplicates_of(describe(marc))):
        offers = [{"record": one, "url": address_after(one, back), "is_way_back": bool(back)} for one in same]
        context = {"offers": offers, "sealed": request.POST["sealed"], "next": back, "title": describe(marc).title}
        return render(request, "copycat/here_already.html", context, status=409)
    try:
        record = services.take(
            actor=request.actor, library=library, marc=marc, source=facts["source"], at=clock.now(),
            command_id=command_id_of(request) or UUID(facts["id"]),
        )  # fmt: skip
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}".strip())
        return redirect("copycat:search")
    messages.success(request, _("The description is taken over from %(source)s.") % {"source": facts["source"]})
    address = reverse("catalog:record_edit", args=[record.pk])
    return redirect(f"{address}?{urlencode({'next': back})}" if back else address)


class TargetForm(forms.ModelForm):  # type: ignore[type-arg]  # not a generic while the program runs
    """A catalogue to ask."""

    class Meta:
        model = Target
        fields = [
            "name",
            "kind",
            "address",
            "version",
            "schema",
            "isbn_index",
            "any_index",
            "dialect",
            "seconds",
            "position",
            "is_active",
        ]

    def clean(self) -> dict[str, Any]:
        """An address of the protocol's kind, a time within reason."""
        typed: dict[str, Any] = super().clean() or {}
        is_web = str(typed.get("address", "")).startswith(("http://", "https://"))
        if typed.get("kind") == Target.Kind.SRU and "address" in typed and not is_web:
            self.add_error("address", _("The address must begin with http:// or https://."))
        if not 1 <= (typed.get("seconds") or 0) <= 30:
            self.add_error("seconds", _("Between 1 and 30 seconds."))
        return typed


def _target(pk: int) -> Target:
    found = Target.objects.filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise NotFound()
    return found


@page(Permission.CATALOG_EDIT)
def targets(request: Request) -> HttpResponse:
    """The catalogues that are asked."""
    found = Target.objects.order_by("position", "name")
    return render(request, "copycat/targets.html", {"targets": found, "has_z3950": asking.has_z3950()})


@page(Permission.INSTALLATION)
def target_new(request: Request) -> HttpResponse:
    """Add a catalogue to ask."""
    return _written(request, TargetForm(request.POST or None), None)


@page(Permission.INSTALLATION)
def target_edit(request: Request, pk: int) -> HttpResponse:
    """Change how a catalogue is asked."""
    one = _target(pk)
    return _written(request, TargetForm(request.POST or None, instance=one), one)


def _written(request: Request, form: TargetForm, one: Target | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        services.save_target(actor=request.actor, target=form.save(commit=False), at=clock.now())
        messages.success(request, _("The catalogue is saved."))
        return redirect("copycat:targets")
    context = {"form": form, "target": one}
    return render(request, "copycat/target_form.html", context, status=422 if form.errors else 200)


@page(Permission.CATALOG_EDIT)
def target_try(request: Request, pk: int) -> HttpResponse:
    """Ask one catalogue and see what comes back."""
    one = _target(pk)
    text = _typed(request)
    shown = _shown(asking.ask(one, text)) if text else None
    return render(request, "copycat/try.html", {"target": one, "text": text, "answer": shown})
