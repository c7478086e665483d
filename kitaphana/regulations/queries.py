"""Which rules hold on a day, and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import get_language

from kitaphana.regulations.models import RulePack


def pack_on(subject: str, day: date) -> RulePack:
    """The pack of a subject in force on a day.

    :raises RulePack.DoesNotExist: none is, which means that the packs were not installed.
    """
    pack = (
        RulePack.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day), subject=subject, valid_from__lte=day
        )
        .order_by("-valid_from", "-version")
        .first()
    )
    if pack is None:
        raise RulePack.DoesNotExist(subject)
    return pack


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
