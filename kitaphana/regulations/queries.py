"""Which rules hold on a day, and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Length
from django.utils.translation import get_language

from kitaphana.core.access import Actor, Permission
from kitaphana.organizations.models import Organization
from kitaphana.organizations.queries import ancestor_paths
from kitaphana.regulations.errors import PackNotFound
from kitaphana.regulations.models import RulePack


def pack_on(subject: str, day: date, library: Organization | None = None) -> RulePack:
    """The pack of a subject in force on a day: of the nearest node above a library (its own first), else the one
    shipped with the program; of one node the latest. One statement.

    :raises RulePack.DoesNotExist: none is, which means that the packs were not installed.
    """
    where = Q(organization__isnull=True)
    if library is not None:
        where |= Q(organization__path__in=ancestor_paths(library.path))
    pack = (
        in_force(day)
        .filter(where, subject=subject)
        .annotate(depth=Coalesce(Length("organization__path"), 0))
        .order_by("-depth", "-valid_from", "-version")
        .first()
    )
    if pack is None:
        raise RulePack.DoesNotExist(subject)
    return pack


def in_force(day: date) -> QuerySet[RulePack]:
    """The packs that hold somewhere on a day."""
    return RulePack.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=day), is_draft=False, valid_from__lte=day
    )


def pack_within(pk: int, actor: Actor) -> RulePack:
    """A version that somebody may read: one shipped, in force somewhere above or below their nodes, or their own draft.

    :raises PackNotFound: there is none, or it is somebody else's draft.
    """
    found = RulePack.objects.select_related("organization", "made_by").filter(pk=pk).first()
    if found is None or (
        found.organization is not None
        and not actor.may(Permission.RULES_EDIT, found.organization.path)
        and (found.is_draft or not _touches(actor, found.organization.path))
    ):
        raise PackNotFound
    return found


def _touches(actor: Actor, path: str) -> bool:
    return any(
        Permission.FUND_VIEW in grant.permissions and (grant.path.startswith(path) or path.startswith(grant.path))
        for grant in actor.grants
    )


def versions_of(subject: str, node: Organization) -> list[RulePack]:
    """Every version that holds, held or is prepared at a node or above it, the nearest and newest first."""
    rows = RulePack.objects.filter(
        Q(organization__isnull=True) | Q(organization__path__in=ancestor_paths(node.path)), subject=subject
    )
    return list(
        rows.select_related("organization", "made_by")
        .annotate(depth=Coalesce(Length("organization__path"), 0))
        .order_by("-depth", "-version")
    )


@dataclass(frozen=True, slots=True)
class ContentGroup:
    """A column of the summary book: literature of certain classes."""

    code: str
    names: dict[str, str]
    bbk: tuple[str, ...]
    udc: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name in the language in force, else in Kazakh."""
        return self.names.get(get_language() or "kk", self.names["kk"])


def content_groups(pack: RulePack) -> list[ContentGroup]:
    """The groups of a pack in the order of the form; together they take everything, the last one what is left."""
    return [
        ContentGroup(
            code=group["code"],
            names={language: group[f"name_{language}"] for language in ("kk", "ru", "en")},
            bbk=tuple(group["bbk"]),
            udc=tuple(group["udc"]),
        )
        for group in pack.parameters["content_groups"]
    ]


def content_group(pack: RulePack, *, bbk: str, udc: str) -> str:
    """Code of the group an edition falls into: the longest class mark that fits, BBK before UDC; else the last group."""
    groups = content_groups(pack)
    for mark, attribute in ((bbk.strip(), "bbk"), (udc.strip(), "udc")):
        best = max(
            (
                (len(prefix), group.code)
                for group in groups
                for prefix in getattr(group, attribute)
                if mark.startswith(prefix)
            ),
            default=None,
        )
        if mark and best is not None:
            return best[1]
    return groups[-1].code
