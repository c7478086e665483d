"""The whole navigation."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import NoReverseMatch, ResolverMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kitaphana.core.access import ANONYMOUS, Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the navigation: shown to those who have the permission somewhere (None: to everyone)."""

    label: str | Promise
    url_name: str
    permission: Permission | None
    icon: str
    key: str = ""
    is_staff: bool = True
    children: tuple[Entry, ...] = field(default=())


ENTRIES: tuple[Entry, ...] = (
    Entry(_("Desk"), "circulation:desk", Permission.CIRCULATION_LEND, "scan", "F2"),
    Entry(_("Readers"), "people:readers", Permission.PEOPLE_VIEW, "users", "F4"),
    Entry(_("Catalogue"), "portal:search", None, "search", "/", is_staff=False),
    Entry(_("Textbooks"), "textbooks:classes", Permission.TEXTBOOKS_VIEW, "document"),
    Entry(_("Core lists"), "corelist:overview", Permission.LIST_PROPOSE, "star"),
    Entry(_("Fund"), "fund:acts", Permission.FUND_VIEW, "books"),
    Entry(_("Numbers"), "monitoring:dashboard", Permission.NUMBERS_VIEW, "chart"),
    Entry(_("Network"), "organizations:tree", Permission.ORGANIZATIONS_VIEW, "home"),
    Entry(_("Jobs"), "jobs", Permission.CATALOG_IMPORT, "clock"),
    Entry(_("Journal"), "journal", Permission.AUDIT_VIEW, "list"),
    Entry(_("My books"), "portal:my", Permission.OWN_ACCOUNT, "user", is_staff=False),
)

ACCOUNT: tuple[Entry, ...] = (Entry(_("API tokens"), "people:tokens", Permission.OWN_ACCOUNT, "settings"),)
"""What else stands in the menu of one's account."""

PART_OF = {
    "catalog": "portal",
    "curriculum": "textbooks",
    "reading": "textbooks",
    "stocktaking": "fund",
    "weeding": "fund",
    "renewal": "corelist",
    "regulations": "fund",
}
"""Domains without an entry of their own: describing is the staff's side of the catalogue that readers search."""


def _entry_here(match: ResolverMatch | None) -> str:
    """URL name of the entry under which a page lies: its own, one it is named after, else the first of its domain."""
    if match is None:
        return ""
    here = match.view_name
    names = [entry.url_name for entry in ENTRIES]
    longest = max((name for name in names if here.startswith(name)), key=len, default="")
    namespace = PART_OF.get(match.namespace, match.namespace)
    domain = [name for name in names if namespace and name.startswith(f"{namespace}:")]
    return longest or (domain[0] if domain else "")


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context of every page: ``menu`` (the entries this person may open), ``account_menu`` (the same of their account)
    and ``library`` (where they work)."""
    actor = getattr(request, "actor", ANONYMOUS)
    here = _entry_here(getattr(request, "resolver_match", None))
    menu = []
    for entry in ENTRIES:
        if entry.permission is not None and not actor.may_somewhere(entry.permission):
            continue
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        active = entry.url_name == here
        menu.append({"label": entry.label, "url": url, "icon": entry.icon, "key": entry.key, "active": active})
    account = [
        {"label": entry.label, "url": reverse(entry.url_name), "icon": entry.icon}
        for entry in ACCOUNT
        if entry.permission is not None and actor.may_somewhere(entry.permission)
    ]
    library = getattr(request, "library", None)
    return {"menu": menu, "account_menu": account, "library": library or None, "actor": actor}
