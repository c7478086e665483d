"""A record's page: how it is cited, the files it can be taken as, and what search engines read of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kitaphana.catalog import exports
from kitaphana.catalog import queries as catalog
from kitaphana.catalog.models import Record
from kitaphana.core import clock
from kitaphana.formats import gost, schema_org

MOST_EDITIONS: Final = 12
_UNSAFE: Final = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
"""Signs that could end the script element that the data stand in."""


@dataclass(frozen=True, slots=True)
class CitationText:
    """An edition as a standard has it written."""

    standard: str
    text: str


@dataclass(frozen=True, slots=True)
class File:
    """A form of the record to take away."""

    label: str | Promise
    url: str


def citations(record: Record) -> list[CitationText]:
    """The description for a card, and the reference for a list of literature."""
    marc = catalog.marc_of(record)
    return [
        CitationText(_("GOST R 7.0.100-2018"), gost.reference(marc, seen_on=clock.today())),
        CitationText(_("GOST 7.1-2003"), gost.description(marc)),
    ]


def files(record: Record) -> list[File]:
    """Every form, in the order of ``exports.FORMS``."""
    return [
        File(form.label, reverse("catalog:record_file", args=[record.pk, form.extension]))
        for form in exports.FORMS.values()
    ]


def json_ld(record: Record, root: str, editions: Sequence[Record]) -> SafeString:
    """The record as JSON-LD, ready to stand in a script element; such data are no script for the policy of contents."""
    others = [
        schema_org.Edition(f"{root}{reverse('portal:record', args=[one.pk])}", one.title, one.year, one.language)
        for one in editions[:MOST_EDITIONS]
    ]
    found = schema_org.json_ld(
        catalog.marc_of(record),
        url=f"{root}{reverse('portal:record', args=[record.pk])}",
        image=f"{root}{reverse('catalog:cover', args=[record.cover.removeprefix('covers/')])}" if record.cover else "",
        editions=others,
    )
    data = json.dumps(found, ensure_ascii=False, indent=1).translate(_UNSAFE)
    return mark_safe(data)  # noqa: S308 - JSON without the signs that would end the element
