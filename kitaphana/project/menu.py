"""The whole navigation."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
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
    Entry(_("Fund"), "fund:acts", Permission.FUND_VIEW, "books"),
    Entry(_("Numbers"), "monitoring:dashboard", Permission.NUMBERS_VIEW, "chart"),
    Entry(_("Network"), "organizations:tree", Permission.ORGANIZATIONS_VIEW, "home"),
    Entry(_("Jobs"), "jobs", Permission.CATALOG_IMPORT, "clock"),
    Entry(_("Journal"), "journal", Permission.AUDIT_VIEW, "list"),
    Entry(_("My books"), "portal:my", Permission.OWN_ACCOUNT, "user", is_staff=False),
)


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context of every page: ``menu`` (the entries this person may open) and ``library`` (where they work)."""
    actor = getattr(request, "actor", ANONYMOUS)
    match = getattr(request, "resolver_match", None)
    here = f"{match.namespace}:" if match and match.namespace else (match.url_name if match else "")
    menu = []
    for entry in ENTRIES:
        if entry.permission is not None and not actor.may_somewhere(entry.permission):
            continue
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        active = bool(here) and (entry.url_name == here or (here.endswith(":") and entry.url_name.startswith(here)))
        menu.append({"label": entry.label, "url": url, "icon": entry.icon, "key": entry.key, "active": active})
    library = getattr(request, "library", None)
    return {"menu": menu, "library": library or None, "actor": actor}
