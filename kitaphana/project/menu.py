"""The whole navigation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import NoReverseMatch, ResolverMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kitaphana.core.access import ANONYMOUS, Actor, Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the navigation: shown to those who have the permission somewhere (None: to everyone)."""

    label: str | Promise
    url_name: str
    permission: Permission | None
    icon: str
    key: str = ""
    is_staff: bool = True
    parts: tuple[Entry, ...] = field(default=())
    """Sister pages of a domain that is made of several: tabs over each of them."""


ENTRIES: tuple[Entry, ...] = (
    Entry(_("What waits"), "workplaces:today", Permission.REPORTS_ACCEPT, "bell"),
    Entry(_("Desk"), "circulation:desk", Permission.CIRCULATION_LEND, "scan", "F2"),
    Entry(_("Readers"), "people:readers", Permission.PEOPLE_VIEW, "users", "F4"),
    Entry(
        _("Catalogue"),
        "portal:search",
        None,
        "search",
        "/",
        is_staff=False,
        parts=(
            Entry(_("Editions"), "portal:search", Permission.CATALOG_EDIT, "search"),
            Entry(_("Authority file"), "authorities:authorities", Permission.CATALOG_EDIT, "tag"),
            Entry(pgettext_lazy("catalogue", "Quality"), "quality:overview", Permission.CATALOG_EDIT, "check-circle"),
            Entry(_("Harvested catalogues"), "harvest:sources", Permission.CATALOG_SHARED, "download"),
        ),
    ),
    Entry(_("Textbooks"), "textbooks:classes", Permission.TEXTBOOKS_VIEW, "document"),
    Entry(_("Core lists"), "corelist:overview", Permission.LIST_PROPOSE, "star"),
    Entry(
        _("Purchases"),
        "acquisitions:estimates",
        Permission.ACQUISITIONS_VIEW,
        "money",
        parts=(
            Entry(_("Estimates"), "acquisitions:estimates", Permission.ACQUISITIONS_VIEW, "document"),
            Entry(_("Orders to suppliers"), "acquisitions:orders", Permission.ACQUISITIONS_VIEW, "send"),
            Entry(_("Budgets"), "acquisitions:budgets", Permission.ACQUISITIONS_VIEW, "money"),
            Entry(_("Prices and suppliers"), "acquisitions:prices", Permission.ACQUISITIONS_VIEW, "tag"),
            Entry(_("Give a book"), "campaigns:campaigns", Permission.FUND_VIEW, "heart"),
        ),
    ),
    Entry(_("Fund"), "fund:acts", Permission.FUND_VIEW, "books"),
    Entry(
        _("Numbers"),
        "monitoring:dashboard",
        Permission.NUMBERS_VIEW,
        "chart",
        parts=(
            Entry(pgettext_lazy("numbers", "Overview"), "monitoring:dashboard", Permission.NUMBERS_VIEW, "chart"),
            Entry(_("Indicators"), "indicators:scorecard", Permission.NUMBERS_VIEW, "grid"),
            Entry(_("Own reports"), "reports:reports", Permission.NUMBERS_VIEW, "table"),
            Entry(_("Submissions"), "submissions:submissions", Permission.NUMBERS_VIEW, "send"),
        ),
    ),
    Entry(_("Roadmap"), "roadmap:board", Permission.NUMBERS_VIEW, "map"),
    Entry(pgettext_lazy("mail", "Letters"), "mailings:inbox", Permission.ORGANIZATIONS_VIEW, "inbox"),
    Entry(_("Network"), "organizations:tree", Permission.ORGANIZATIONS_VIEW, "home"),
    Entry(_("Jobs"), "jobs", Permission.CATALOG_IMPORT, "clock"),
    Entry(_("Journal"), "journal", Permission.AUDIT_VIEW, "list"),
    Entry(_("My books"), "portal:my", Permission.OWN_ACCOUNT, "user", is_staff=False),
)

ACCOUNT: tuple[Entry, ...] = (Entry(_("API tokens"), "people:tokens", Permission.OWN_ACCOUNT, "settings"),)
"""What else stands in the menu of one's account."""

PART_OF = {
    "campaigns": "acquisitions",
    "authorities": "portal",
    "catalog": "portal",
    "copycat": "portal",
    "harvest": "portal",
    "sip2": "circulation",
    "quality": "portal",
    "curriculum": "textbooks",
    "indicators": "monitoring",
    "reading": "textbooks",
    "reports": "monitoring",
    "submissions": "monitoring",
    "serials": "fund",
    "stocktaking": "fund",
    "weeding": "fund",
    "renewal": "corelist",
    "regulations": "fund",
}
"""Domains without an entry of their own: describing is the staff's side of the catalogue that readers search."""


def _named_first(here: str, entries: Iterable[Entry]) -> str:
    """The URL name of the entry that a page's name begins with, the longest one; empty: none."""
    return max((entry.url_name for entry in entries if here.startswith(entry.url_name)), key=len, default="")


def _first_of(namespace: str, entries: Iterable[Entry]) -> str:
    """The URL name of the first entry of a domain; empty: none."""
    return next((entry.url_name for entry in entries if namespace and entry.url_name.startswith(f"{namespace}:")), "")


def _entry_here(match: ResolverMatch | None) -> str:
    """URL name of the entry under which a page lies: its own, one it is named after, else the first of its domain."""
    if match is None:
        return ""
    namespace = PART_OF.get(match.namespace, match.namespace)
    return _named_first(match.view_name, ENTRIES) or _first_of(namespace, ENTRIES)


def _singular(here: str, parts: Iterable[Entry]) -> str:
    """The part that lists what a page shows one of: ``orders`` for ``order_new``; empty: none."""
    return next((part.url_name for part in parts if here.startswith(part.url_name.removesuffix("s"))), "")


def _part_here(match: ResolverMatch, parts: tuple[Entry, ...]) -> str:
    """URL name of the part of a domain under which a page lies."""
    named = _named_first(match.view_name, parts)
    return named or _singular(match.view_name, parts) or _first_of(match.namespace, parts)


def _open_to(actor: Actor, entries: Iterable[Entry]) -> Iterator[tuple[Entry, str]]:
    """The entries a person may open, with their addresses."""
    for entry in entries:
        if entry.permission is not None and not actor.may_somewhere(entry.permission):
            continue
        try:
            yield entry, reverse(entry.url_name)
        except NoReverseMatch:
            continue


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context of every page: ``menu`` (the entries this person may open), ``menu_parts`` (the sister pages of the domain
    they are in), ``account_menu`` (the same of their account) and ``library`` (where they work)."""
    actor = getattr(request, "actor", ANONYMOUS)
    match = getattr(request, "resolver_match", None)
    here = _entry_here(match)
    menu = [
        {"label": entry.label, "url": url, "icon": entry.icon, "key": entry.key, "active": entry.url_name == here}
        for entry, url in _open_to(actor, ENTRIES)
    ]
    parts: list[dict[str, object]] = []
    if match is not None and (entry := next((one for one in ENTRIES if one.url_name == here), None)) and entry.parts:
        part = _part_here(match, entry.parts)
        parts = [
            {"label": one.label, "url": url, "icon": one.icon, "active": one.url_name == part}
            for one, url in _open_to(actor, entry.parts)
        ]
    account = [{"label": one.label, "url": url, "icon": one.icon} for one, url in _open_to(actor, ACCOUNT)]
    library = getattr(request, "library", None)
    return {"menu": menu, "menu_parts": parts, "account_menu": account, "library": library or None, "actor": actor}
