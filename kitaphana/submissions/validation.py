"""What is wrong with a report: errors stop it, warnings want a word. Each finding leads to where it is mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from kitaphana.core.text.identifiers import bin_is_valid
from kitaphana.fund.enums import APPROVED_KINDS, FundType, LanguageGroup
from kitaphana.fund.models import Act
from kitaphana.fund.queries import KIND_COLUMNS
from kitaphana.monitoring.enums import Group
from kitaphana.organizations.models import Organization
from kitaphana.submissions.enums import Kind, Severity
from kitaphana.submissions.figures import FIELDS, MONEY, TEXT, label_of, value_of

FAR = 20
"""Per cent by which a figure may differ from the last one without being marked."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, and where it is mended."""

    severity: Severity
    code: str
    text: str
    url: str = ""


def findings(library: Organization, kind: str, content: Mapping[str, Any]) -> list[Finding]:
    """Everything that is wrong, errors first. One statement."""
    found = [*_fields(kind, content), *_sums(library, kind, content), *_records(library, content)]
    return sorted(found, key=lambda one: one.severity != Severity.ERROR)


def _fields(kind: str, content: Mapping[str, Any]) -> list[Finding]:
    found = []
    for field in FIELDS[kind]:
        value, name = value_of(field, content), label_of(field)
        if value is None:
            if field.required:
                found.append(Finding(Severity.ERROR, field.code, _("«%(name)s» is missing.") % {"name": name}))
        elif field.sort == TEXT:
            if not isinstance(value, str):
                found.append(Finding(Severity.ERROR, field.code, _("«%(name)s» must be a text.") % {"name": name}))
        elif not isinstance(value, Decimal if field.sort == MONEY else int) or value < 0:
            found.append(Finding(Severity.ERROR, field.code, _("«%(name)s» can't be negative.") % {"name": name}))
        elif field.sort != MONEY and value > field.most:
            found.append(Finding(Severity.ERROR, field.code, _("«%(name)s» is too large.") % {"name": name}))
    return found


def _number(content: Mapping[str, Any], code: str) -> Decimal:
    return Decimal(str(content.get(code) or 0))


def _sums(library: Organization, kind: str, content: Mapping[str, Any]) -> list[Finding]:
    found = []
    place = f"?{urlencode({'library': library.code})}"
    for fund in FundType:
        name = fund.value.lower()
        for tail in ("", "_sum"):
            parts = {
                part: _number(content, f"{name}_{part}{tail}")
                for part in ("opening", "received", "withdrawn", "closing")
            }
            if parts["opening"] + parts["received"] - parts["withdrawn"] != parts["closing"]:
                text = _("%(fund)s: opening + received − withdrawn is not closing.") % {"fund": fund.label}
                found.append(
                    Finding(Severity.ERROR, f"{name}_closing{tail}", text, reverse("fund:summary_book") + place)
                )
    readers = sum(_number(content, f"readers_{group.value}") for group in Group)
    if readers != _number(content, "readers"):
        found.append(
            Finding(Severity.ERROR, "readers", _("The groups of readers don't add up."), reverse("people:readers"))
        )
    if _number(content, "active") > _number(content, "readers") + _number(content, "left"):
        found.append(
            Finding(Severity.WARNING, "active", _("More readers came than are registered."), reverse("people:readers"))
        )
    if kind == Kind.NEDB:
        whole = _number(content, "core_closing") + _number(content, "textbook_closing")
        for codes, text in (
            ([column.code for column in KIND_COLUMNS], _("The fund by kind doesn't add up.")),
            ([f"in_{group.value}" for group in LanguageGroup], _("The fund by language doesn't add up.")),
        ):
            if sum(_number(content, f"fund_{code.lower()}") for code in codes) != whole:
                found.append(Finding(Severity.ERROR, "fund", text, reverse("fund:summary_book") + place))
        if not bin_is_valid(str(content.get("bin") or "")):
            text = _("The BIN of the organisation is missing or wrong.")
            found.append(Finding(Severity.ERROR, "bin", text, reverse("organizations:node", args=[library.code])))
        if not content.get("kato"):
            text = _("The KATO code of the place is not known.")
            found.append(Finding(Severity.WARNING, "kato", text, reverse("organizations:node", args=[library.code])))
    return found


def _records(library: Organization, content: Mapping[str, Any]) -> list[Finding]:
    found = []
    if not _number(content, "readers"):
        found.append(Finding(Severity.ERROR, "readers", _("Nobody is registered."), reverse("people:import")))
    if not _number(content, "core_closing") + _number(content, "textbook_closing"):
        found.append(Finding(Severity.ERROR, "core_closing", _("The fund is empty."), reverse("fund:opening")))
    if not _number(content, "visits"):
        found.append(
            Finding(Severity.WARNING, "visits", _("Nobody came in the whole year."), reverse("circulation:desk"))
        )
    waiting = Act.objects.filter(
        library=library, kind__in=APPROVED_KINDS, approval__isnull=True, reversed_by__isnull=True
    ).count()
    if waiting:
        text = _("Acts of withdrawal wait for approval: %(count)s.") % {"count": waiting}
        found.append(Finding(Severity.WARNING, "acts", text, reverse("fund:approvals")))
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """A figure beside the last one: ``percent`` is None where the last one was nought or is not known."""

    code: str
    section: str
    name: str
    sort: str
    now: int | Decimal | str | None
    before: int | Decimal | str | None
    percent: int | None
    """Rounded; ``is_far`` is decided by the figures themselves."""

    @property
    def is_changed(self) -> bool:
        """Whether it is another one."""
        return self.now != self.before

    @property
    def is_far(self) -> bool:
        """Whether it moved by more than is usual; from nought every figure did."""
        if self.sort == TEXT or self.now is None or self.before is None:
            return False
        now, before = Decimal(str(self.now)), Decimal(str(self.before))
        return abs(now - before) * 100 > before * FAR


def compare(kind: str, content: Mapping[str, Any], last: Mapping[str, Any] | None) -> list[Change]:
    """Each figure beside that of the last submission."""
    changes = []
    for field in FIELDS[kind]:
        now, before = value_of(field, content), value_of(field, last or {})
        if now is None and before is None and not field.required:
            continue
        percent = None
        if field.sort != TEXT and now is not None and before:
            percent = round((Decimal(str(now)) - Decimal(str(before))) * 100 / Decimal(str(before)))
        changes.append(Change(field.code, str(field.section), label_of(field), field.sort, now, before, percent))
    return changes
