"""What the fund's templates can't say themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kitaphana.core.access import Permission, Reach
from kitaphana.fund.enums import APPROVED_KINDS
from kitaphana.fund.models import Act
from kitaphana.fund.queries import Figures, SummaryBook, count_waiting
from kitaphana.organizations.models import Organization

register = template.Library()

TABS: tuple[tuple[Promise, tuple[tuple[str, str, Promise], ...]], ...] = (
    (
        pgettext_lazy("part of the fund", "Movement"),
        (
            ("acts", "fund:acts", _("Acts")),
            ("transfers", "fund:transfers", _("Transfers")),
            ("approvals", "fund:approvals", _("Approvals")),
        ),
    ),
    (
        pgettext_lazy("part of the fund", "Books"),
        (
            ("inventory", "fund:inventory_book", _("Inventory book")),
            ("summary", "fund:summary_book", _("Summary book")),
            ("periods", "fund:periods", _("Closed periods")),
            ("accounting", "fund:accounting", _("Accountant")),
            ("opening", "fund:opening", _("Opening balance")),
        ),
    ),
    (
        pgettext_lazy("part of the fund", "Copies"),
        (
            ("copies", "fund:copies", _("Copies of the fund")),
            ("cards", "fund:cards", _("Registration cards")),
            ("labels", "fund:labels", _("Labels")),
            ("serials", "serials:arrivals", _("Periodicals")),
        ),
    ),
    (
        pgettext_lazy("part of the fund", "Checks"),
        (
            ("stocktaking", "stocktaking:list", _("Stocktaking")),
            ("weeding", "weeding:proposals", _("What may leave")),
            ("rules", "regulations:overview", _("Rules")),
        ),
    ),
)
"""Parts of the fund's pages in their groups: key, address, words. Addresses that are not installed are left out."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab, or a page of its group."""

    label: str | Promise
    url: str
    active: bool


def _tab(key: str, name: str, label: Promise, here: str) -> Tab | None:
    try:
        return Tab(label, reverse(name), key == here)
    except NoReverseMatch:
        return None


@register.inclusion_tag("fund/_tab_rows.html")
def fund_tabs(node: Organization, here: str) -> dict[str, object]:
    """The groups of pages, and the pages of the group in which we are."""
    groups: list[Tab] = []
    pages: list[Tab] = []
    for label, members in TABS:
        found = [tab for key, name, words in members if (tab := _tab(key, name, words, here)) is not None]
        is_here = any(tab.active for tab in found)
        if found:
            groups.append(Tab(label, found[0].url, is_here))
        if is_here:
            pages = found
    return {"code": node.code, "groups": groups, "pages": pages}


@register.filter
def breakdown(figures: Figures, book: SummaryBook) -> list[list[tuple[str, int]]]:
    """Columns of a line that are not empty: by kind, content, language and reason."""
    parts = []
    for values, columns in (
        (figures.kinds, book.kinds),
        (figures.contents, book.contents),
        (figures.languages, book.languages),
        (figures.reasons, book.reasons),
    ):
        part = [(str(column.name), values[column.code].copies) for column in columns if values[column.code].copies]
        if part:
            parts.append(part)
    return parts


@register.filter
def waits(act: Act) -> bool:
    """Whether an act of a list waits for the director; its ``approval`` and ``reversed_by`` were read with it."""
    return act.kind in APPROVED_KINDS and not hasattr(act, "approval") and not hasattr(act, "reversed_by")


@register.filter
def year_query(query: str, year: int) -> str:
    """The query of an address with the year added."""
    return f"{query}&year={year}"


@register.inclusion_tag("fund/_waiting.html", takes_context=True)
def waiting_acts(context: dict[str, Any], node: Organization) -> dict[str, object]:
    """How many acts of a library wait for the person who looks at the page, if they are the one who decides. One
    statement for these, none for others."""
    decides = node.is_library and context["request"].actor.may(Permission.FUND_APPROVE, node.path)
    return {"node": node, "count": count_waiting(Reach((node.path,))) if decides else 0}
