"""The page that documents every component of the design system, each with a live example."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kitaphana.core.web.page import Request, page

ICONS = Path(__file__).resolve().parent.parent / "static" / "core" / "icons.svg"


COLOURS = (
    *("accent", "accent-soft", "gold", "gold-soft", "good", "wrong"),
    *("ground", "surface", "sunken", "text", "text-soft", "line"),
)


class ExampleForm(forms.Form):
    """Every kind of field; never saved."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    isbn = forms.CharField(label="ISBN", required=False, help_text=gettext_lazy("13 digits, with or without hyphens."))
    received_on = forms.DateField(
        label=gettext_lazy("Received on"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=[("kk", "Қазақша"), ("ru", "Русский"), ("en", "English")]
    )
    note = forms.CharField(label=gettext_lazy("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    sending = forms.ChoiceField(
        label=gettext_lazy("How to remind"),
        choices=[("paper", gettext_lazy("On paper")), ("mail", gettext_lazy("By e-mail"))],
        widget=forms.RadioSelect,
        initial="paper",
    )
    is_textbook = forms.BooleanField(label=gettext_lazy("It is a textbook"), required=False)


@page(None)
def design(request: Request) -> HttpResponse:
    """Every component with a live example."""
    form = ExampleForm({"title": "", "language": "kk", "isbn": "978-601-7002-01-6", "sending": "paper"})
    form.add_error("isbn", _("The check digit does not fit: one digit is mistyped."))
    return render(request, "core/design.html", {"form": form, **_examples()})


@page(None)
def design_paper(request: Request) -> HttpResponse:
    """The frame of printed sheets with an example."""
    return render(request, "core/design_paper.html", {"records": _records()})


@page(None)
def design_suggestions(request: Request) -> HttpResponse:
    """Suggestions of the example search field: the example records whose title contains the question."""
    question = request.GET.get("q", "").casefold()
    items = [
        {"label": record["title"], "value": record["title"], "hint": record["authors"]}
        for record in _records()
        if question in record["title"].casefold()
    ]
    return JsonResponse({"items": items})


def _records() -> list[dict[str, str]]:
    rows = [
        ("Абай жолы", "Мұхтар Әуезов", "BOOK"),
        ("Алгебра. 8-сынып. Жалпы білім беретін мектептің оқулығы", "А. Әбілқасымова", "TEXTBOOK"),
        ("Көшпенділер", "Ілияс Есенберлин", "BOOK"),
        ("Война и мир", "Л. Н. Толстой", "BOOK"),
        ("Қазақстан тарихы (ежелгі дәуір)", "", "TEXTBOOK"),
        ("Балдырған", "Балаларға арналған журнал", "PERIODICAL"),
        ("Электрондық оқулықтардың метадеректері", "Ұлттық кітапхана", "ELECTRONIC"),
        ("Қара сөздер", "Абай Құнанбайұлы", "AUDIO"),
    ]
    return [{"title": title, "authors": authors, "kind": kind} for title, authors, kind in rows]


def _examples() -> dict[str, Any]:
    records = _records()
    return {
        "records": records,
        "icons": re.findall(r'symbol id="([^"]+)"', ICONS.read_text(encoding="utf-8")),
        "crumbs": [{"label": _("Fund"), "url": "#"}, {"label": _("Acts"), "url": "#"}],
        "tabs": [
            {"label": _("Loans"), "url": "#", "active": True, "count": 3},
            {"label": _("Holds"), "url": "#", "count": 1},
            {"label": _("History"), "url": "#"},
        ],
        "facts": [
            {"label": _("Inventory number"), "value": "10 483"},
            {"label": _("Price"), "value": "2 450,00 ₸"},
            {"label": _("Act"), "value": "№ 17", "url": "#"},
        ],
        "steps": [
            {"label": _("File"), "text": _("Any table with a heading row."), "done": True},
            {"label": _("Columns"), "text": _("What stands in which column."), "active": True},
            {"label": _("Preview")},
        ],
        "keys": [
            {"key": "F2", "label": _("Desk")},
            {"key": "F3", "label": _("Return")},
            {"key": "F4", "label": _("Reader")},
        ],
        "facet": [
            {"label": "Қазақша", "count": 412, "url": "#", "active": True},
            {"label": "Русский", "count": 268, "url": "#"},
            {"label": "English", "count": 31, "url": "#"},
        ],
        "columns": [
            {"label": _("Title"), "key": "title"},
            {"label": _("State")},
            {"label": _("Copies"), "number": True, "key": "copies"},
        ],
        "rows": [
            [{"text": records[0]["title"], "url": "#"}, {"text": _("On the shelf"), "tone": "good"}, "12"],
            [{"text": records[1]["title"], "url": "#"}, {"text": _("New"), "tone": "new"}, "1 240"],
            [{"text": records[3]["title"], "url": "#"}, {"text": _("Overdue"), "tone": "wrong"}, "3"],
        ],
        "colours": COLOURS,
    }
