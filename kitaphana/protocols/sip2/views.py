"""Pages of the self-check machines of a library."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import NotFound
from kitaphana.core.web.page import Request, page
from kitaphana.people.views import library_of
from kitaphana.protocols.sip2 import services
from kitaphana.protocols.sip2.models import Terminal


class TerminalForm(forms.ModelForm):  # type: ignore[type-arg]  # not a generic while the program runs
    """A self-check machine."""

    class Meta:
        model = Terminal
        fields = ["name", "login", "encoding", "language", "needs_pin", "shows_names", "is_active"]


def _terminal(request: Request, pk: int) -> Terminal:
    library = library_of(request, Permission.CIRCULATION_POLICIES)
    machines = Terminal.objects.select_related("library").filter(library=library)
    found: Terminal | None = machines.filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise NotFound()
    return found


@page(Permission.CIRCULATION_POLICIES)
def terminals(request: Request) -> HttpResponse:
    """The machines of the library and when each was last heard of."""
    library = library_of(request, Permission.CIRCULATION_POLICIES)
    found = Terminal.objects.filter(library=library).order_by("name")
    return render(request, "sip2/terminals.html", {"terminals": found})


@page(Permission.CIRCULATION_POLICIES)
def terminal_new(request: Request) -> HttpResponse:
    """Add a machine; its password is shown once."""
    library = library_of(request, Permission.CIRCULATION_POLICIES)
    form = TerminalForm(request.POST or None, instance=Terminal(library=library))
    return _written(request, form, None)


@page(Permission.CIRCULATION_POLICIES)
def terminal_edit(request: Request, pk: int) -> HttpResponse:
    """Change a machine, or switch it off."""
    one = _terminal(request, pk)
    return _written(request, TerminalForm(request.POST or None, instance=one), one)


def _written(request: Request, form: TerminalForm, one: Terminal | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        terminal: Terminal = form.save(commit=False)
        word = services.save_terminal(actor=request.actor, terminal=terminal, at=clock.now())
        if word:
            return _shown(request, terminal, word)
        messages.success(request, _("The machine is saved: %(name)s") % {"name": terminal.name})
        return redirect("sip2:terminals")
    context: dict[str, Any] = {"form": form, "terminal": one}
    return render(request, "sip2/terminal_form.html", context, status=422 if form.errors else 200)


def _shown(request: Request, terminal: Terminal, word: str) -> HttpResponse:
    response = render(request, "sip2/password.html", {"terminal": terminal, "word": word})
    response["Cache-Control"] = "no-store"
    return response


@page(Permission.CIRCULATION_POLICIES)
@require_POST
def password(request: Request, pk: int) -> HttpResponse:
    """Another password; the old one stops working at once."""
    one = _terminal(request, pk)
    word = services.new_password(actor=request.actor, terminal=one, at=clock.now())
    return _shown(request, one, word)
