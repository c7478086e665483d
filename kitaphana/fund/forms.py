"""Shape of what the fund's pages send: lenient reading, no rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from django import forms
from django.utils.translation import gettext_lazy as _

from kitaphana.fund.enums import FundType
from kitaphana.fund.models import Member

_TIMES = re.compile(r"^(\d{0,5})\s*[*×xхXХ]\s*(\d{0,9}(?:[.,]\d{1,2})?)$")


def price_in(text: str | None) -> Decimal | None:
    """A price as people type it: «1 250,50», «1250.5»; None for anything else."""
    plain = re.sub(r"[\s\u00a0\u202f₸]", "", text or "").replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def times_in(text: str) -> tuple[int | None, Decimal | None] | None:
    """«5*1200» sets quantity and price of the last line, «5*» only the quantity, «*1200» only the price."""
    found = _TIMES.match(text.strip())
    if found is None or not any(found.groups()):
        return None
    quantity, price = found.groups()
    return (int(quantity) if quantity else None, price_in(price) if price else None)


def commission_in(text: str) -> list[Member]:
    """A commission written one person a line, «name, position»; the chair first."""
    members = []
    for line in text.splitlines()[:20]:
        name, _comma, position = line.partition(",")
        if name.strip():
            members.append(Member(name=name.strip()[:200], position=position.strip()[:200]))
    return members


def commission_text(members: list[Member]) -> str:
    """The other way round, for the text box."""
    return "\n".join(", ".join(part for part in (member["name"], member["position"]) if part) for member in members)


def header_in(posted: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    """The header fields of a draft that a form has sent."""
    return {name: posted.get(name, "")[:2000] for name in names if name in posted}


class OpeningForm(forms.Form):
    """A former inventory book and the day of its balance."""

    file = forms.FileField(label=_("Inventory book (XLSX or CSV)"), allow_empty_file=True)
    start = forms.DateField(
        label=_("Day of the balance"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("From this day on the books are kept here."),
    )
    fund = forms.ChoiceField(
        label=_("Fund of rows that name none"),
        choices=FundType.choices,
        initial=FundType.CORE,
    )
