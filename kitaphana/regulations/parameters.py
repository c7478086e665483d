"""What the parameters of a rule pack are: in words, with their bounds, and how a person changes them.

A pack's JSON is looked at as a flat list of fields, so that the page of a version, the form, the comparison of two
versions and the check of a pack are one and the same description. Choices that belong to domains above (reasons of
withdrawal, kinds of editions) are named by those domains (``choices``).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kitaphana.regulations.errors import BadParameter

choices: dict[str, Callable[[], list[tuple[str, str]]]] = {}
"""Choices by name, filled by the apps that own them: ``withdrawal_reasons``, ``record_kinds``."""

GRADES: Final = range(12)
LANGUAGES: Final = (("kk", _("in Kazakh")), ("ru", _("in Russian")))
FORMS: Final[dict[str, Promise]] = {
    "receipt": _("Act of receipt"),
    "write_off": _("Act of write-off"),
    "replacement": _("Act of replacement"),
    "transfer": _("Act of transfer"),
    "inventory_book": _("Inventory book"),
    "summary_book": _("Summary book"),
    "registration_card": _("Registration card"),
    "register": _("Register of acts"),
    "stocktaking": _("Act of the stocktaking's result"),
    "reader_form": _("Reader's form"),
    "diary": _("Library diary"),
    "annual_report": _("Annual report"),
}
"""Prescribed forms whose heading and reference a pack may word."""


class Kind(Enum):
    """How a parameter is typed."""

    NUMBER = "number"
    TEXT = "text"
    MARKS = "marks"
    """Class marks or words, separated by commas."""
    CHOICES = "choices"


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter: where it stands in the pack's JSON, what it is called, what it may be."""

    path: tuple[str | int, ...]
    section: str
    label: str
    kind: Kind
    value: Any
    lowest: int = 0
    highest: int = 1000
    default: Any = None
    """What holds where the pack says nothing."""
    options: tuple[tuple[str, str], ...] = ()
    is_required: bool = False

    @property
    def name(self) -> str:
        """The name in a form."""
        return ".".join(str(part) for part in self.path)

    @property
    def typed(self) -> str:
        """The value as a person types it; what holds by itself stands in the form too, so that saving it says it."""
        value = self.default if self.value is None else self.value
        if value is None:
            return ""
        return ", ".join(value) if self.kind is Kind.MARKS else str(value)

    @property
    def shown(self) -> str:
        """The value as a person reads it."""
        value = self.default if self.value is None else self.value
        if self.kind is Kind.CHOICES:
            known = dict(self.options)
            return ", ".join(known.get(one, one) for one in value or ())
        if value is None or value == "":
            return "—"
        return ", ".join(value) if self.kind is Kind.MARKS else str(value)


def _at(parameters: Mapping[str, Any], path: tuple[str | int, ...]) -> Any:
    found: Any = parameters
    for part in path:
        if isinstance(found, list):
            found = found[part] if isinstance(part, int) and part < len(found) else None
        else:
            found = found.get(part) if isinstance(found, Mapping) else None
        if found is None:
            return None
    return found


def fields(subject: str, parameters: Mapping[str, Any]) -> list[Field]:
    """Every parameter of a pack in the order of the page; of an unknown subject there are none."""
    return list(_fund(parameters)) if subject == "fund" else []


def _fund(parameters: Mapping[str, Any]) -> Iterator[Field]:
    def number(
        section: str, path: tuple[str, ...], label: str, highest: int, default: int | None, lowest: int = 1
    ) -> Field:
        return Field(path, section, label, Kind.NUMBER, _at(parameters, path), lowest, highest, default)

    section = gettext("Acts")
    path = ("commission_minimum",)
    label = gettext("Members of a commission, at least")
    yield Field(path, section, label, Kind.NUMBER, _at(parameters, path), 1, 15, is_required=True)
    path = ("withdrawal_reasons",)
    options = tuple(choices.get("withdrawal_reasons", list)())
    yield Field(path, section, gettext("Reasons of withdrawal"), Kind.CHOICES, _at(parameters, path), options=options)
    section = gettext("Brochures")
    for end, label in (("from", gettext("Pages, from")), ("to", gettext("Pages, to"))):
        pages = ("brochure_pages", end)
        yield Field(pages, section, label, Kind.NUMBER, _at(parameters, pages), 1, 500, is_required=True)
    section = gettext("Textbooks: school years that an edition serves")
    yield number(section, ("textbook_life_years", "default"), gettext("All grades"), 20, 4)
    for grade in GRADES:
        label = gettext("Grade %(grade)s, if otherwise") % {"grade": grade}
        yield number(section, ("textbook_life_years", str(grade)), label, 20, None)
    yield from _weeding(parameters, number)
    section = gettext("Groups of contents in the summary book")
    for place, group in enumerate(parameters.get("content_groups", ())):
        for part, label in (
            ("name_kk", gettext("name in Kazakh")),
            ("name_ru", gettext("name in Russian")),
            ("name_en", gettext("name in English")),
        ):
            yield Field(
                ("content_groups", place, part), section, f"{group['code']}: {label}", Kind.TEXT, group.get(part),
                is_required=True,
            )  # fmt: skip
        for part, label in (("bbk", gettext("BBK classes")), ("udc", gettext("UDC classes"))):
            yield Field(
                ("content_groups", place, part), section, f"{group['code']}: {label}", Kind.MARKS, group.get(part)
            )
    for form, name in FORMS.items():
        for language, words in LANGUAGES:
            for part, label in (("title", gettext("heading")), ("reference", gettext("reference to the order"))):
                form_path = ("forms", form, f"{part}_{language}")
                section = gettext("Forms: words on paper")
                yield Field(form_path, section, f"{name}: {label} {words}", Kind.TEXT, _at(parameters, form_path))


def _weeding(parameters: Mapping[str, Any], number: Callable[..., Field]) -> Iterator[Field]:
    section = gettext("What may leave the fund")
    for key, label, highest, default in (
        ("worn_loans", gettext("Loans after which a copy is looked at"), 1000, 30),
        ("worn_years", gettext("Years in the fund after which it is looked at sooner"), 100, 15),
        ("unused_years", gettext("Years without a loan: unused"), 50, 5),
        ("duplicate_years", gettext("Years not needed beside other copies: double"), 50, 3),
    ):
        yield number(section, ("weeding", key), label, highest, default)
    usual = {"TECHNICAL": 7, "NATURAL": 10, "PEDAGOGY": 10, "SOCIAL": 10, "GENERAL": 10, "OTHER": 20}
    for group in parameters.get("content_groups", ()):
        label = gettext("Obsolete after years: %(group)s") % {"group": group.get("name_kk", group["code"])}
        years = None if _at(parameters, ("weeding", "obsolete_years")) else usual.get(group["code"])
        yield number(section, ("weeding", "obsolete_years", group["code"]), label, 200, years)
    for code, name in choices.get("record_kinds", list)():
        label = gettext("Obsolete after years: %(group)s") % {"group": name}
        years = None if _at(parameters, ("weeding", "obsolete_kinds")) else {"TEXTBOOK": 5, "PERIODICAL": 3}.get(code)
        yield number(section, ("weeding", "obsolete_kinds", code), label, 200, years)


def changed(subject: str, parameters: Mapping[str, Any], typed: Mapping[str, list[str]]) -> dict[str, Any]:
    """The parameters with what a person typed (field name → values); fields that are absent stay.

    :raises BadParameter: a value is none; it names the field.
    """
    made = copy.deepcopy(dict(parameters))
    for field in fields(subject, parameters):
        if field.name in typed:
            _set(made, field.path, _read(field, typed[field.name]))
    # An edition's life by content group is one table: an empty one means the usual figures.
    whole: dict[str, Any] = _without_empty(made)
    return whole


def _read(field: Field, given: list[str]) -> Any:
    if field.kind is Kind.CHOICES:
        chosen = [code for code, _label in field.options if code in given]
        if not chosen:
            raise BadParameter(name=field.label)
        return chosen
    text = " ".join(given[-1].split()) if given else ""
    if field.kind is Kind.MARKS:
        return [mark for mark in (part.strip() for part in text.split(",")) if mark][:100]
    if field.kind is Kind.TEXT:
        if len(text) > 300 or (not text and field.is_required):
            raise BadParameter(name=field.label)
        return text or None
    if not text:
        if field.is_required:
            raise BadParameter(name=field.label)
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6 and field.lowest <= int(text) <= field.highest):
        raise BadParameter(name=field.label)
    return int(text)


def _set(parameters: dict[str, Any], path: tuple[str | int, ...], value: Any) -> None:
    place: Any = parameters
    for part in path[:-1]:
        step: Any = part
        place = place[step] if isinstance(place, list) else place.setdefault(step, {})
    last: Any = path[-1]
    if value is None and isinstance(place, dict):
        place.pop(last, None)
    else:
        place[last] = value


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: kept for key, one in value.items() if (kept := _without_empty(one)) != {}}
    return value


def problems(subject: str, parameters: Mapping[str, Any]) -> list[str]:
    """Labels of the fields whose values are not what they may be: for the check of stored packs."""
    wrong = []
    for field in fields(subject, parameters):
        given = list(field.value or ()) if field.kind is Kind.CHOICES else [field.typed]
        try:
            same = _read(field, given)
        except BadParameter:
            wrong.append(field.label)
            continue
        if field.kind is Kind.NUMBER and field.value is not None and same != field.value:
            wrong.append(field.label)
    return wrong


@dataclass(frozen=True, slots=True)
class Change:
    """A parameter that two versions say differently."""

    section: str
    label: str
    before: str
    after: str


def differences(subject: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What a version says otherwise than another."""
    old = {field.path: field for field in fields(subject, before)}
    return [
        Change(field.section, field.label, old[field.path].shown if field.path in old else "—", field.shown)
        for field in fields(subject, after)
        if field.path not in old or old[field.path].shown != field.shown
    ]


def words(parameters: Mapping[str, Any], form: str, language: str) -> tuple[str, str]:
    """The heading of a form and its reference to the order as a pack words them; empty where it says nothing."""
    said = _at(parameters, ("forms", form)) or {}
    return said.get(f"title_{language}") or "", said.get(f"reference_{language}") or ""


def dressed(data: dict[str, Any], parameters: Mapping[str, Any], form: str, language: str) -> dict[str, Any]:
    """The data of a paper with the heading and the reference to the order as the pack words them."""
    title, reference = words(parameters, form, language)
    return {**data, **({"title": title} if title else {}), "reference": reference}
