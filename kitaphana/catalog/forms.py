"""Forms of the catalogue: shape of input only, the rules are in the commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kitaphana.catalog.enums import RecordKind
from kitaphana.catalog.kinds import ARTICLE, WIDE, Template
from kitaphana.catalog.languages import choices as languages
from kitaphana.catalog.typed_text import one_line
from kitaphana.formats.bibliographic import Description, with_isbns
from kitaphana.formats.isbn import hyphenate

MOST_NAMES = 60
LARGEST_IMPORT = 200 * 2**20
"""Bytes of a file of records."""


class NamesInput(forms.Widget):
    """One text field for each name and some empty ones; the same name is sent many times."""

    template_name = "catalog/widgets/names.html"
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The filled fields, then the empty ones."""
        context = super().get_context(name, None, attrs)
        rows = list(value or ("", ""))[:MOST_NAMES]
        context["names"] = rows if "" in rows else [*rows, ""]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Every value sent under the name."""
        return list(data.getlist(name)) if hasattr(data, "getlist") else list(data.get(name, ()))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether the form had no such field."""
        return name not in data


class NamesField(forms.Field):
    """Names in their order, without the empty ones."""

    widget = NamesInput

    def clean(self, value: Sequence[str]) -> tuple[str, ...]:
        """Trimmed, once each."""
        names = (one_line(one)[:300] for one in (value or ())[:MOST_NAMES])
        return tuple(dict.fromkeys(one for one in names if one))


def _line(label: Any, length: int = 500, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=False, **more)


def _number(label: Any, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=most, required=False)


_KINDS: Final = [one for one in RecordKind.choices if one[0] != RecordKind.ARTICLE]
"""An article is begun from what it stands in."""
COVER_TYPES: Final = "image/jpeg,image/png,image/webp,application/pdf,.pdf,application/epub+zip,.epub"


class DescriptionForm(forms.Form):
    """An edition as a librarian describes it with the book in hand."""

    isbn = _line("ISBN", 400, help_text=_("As printed, with or without hyphens; several with a comma."))
    issn = _line("ISSN", 20, help_text=_("Eight digits on the cover of a periodical: 2310-1234."))
    kind = forms.ChoiceField(label=_("Kind"), choices=_KINDS, initial=RecordKind.BOOK)
    title = forms.CharField(label=_("Title"), max_length=1000)
    subtitle = _line(_("Subtitle"), 1000)
    authors = NamesField(
        label=_("Authors"), required=False, help_text=_("Surname first: Auezov, Mukhtar. The first author leads.")
    )
    responsibility = _line(_("As on the title page"), 1000)
    place = _line(_("Place of publication"))
    publisher = _line(_("Publisher"))
    year = forms.IntegerField(label=_("Year of publication"), min_value=0, max_value=9999, required=False)
    language = forms.ChoiceField(label=_("Language of the text"), required=False)
    extent = _line(_("Extent"), 200, help_text=_("For example: 240 p."))
    edition = _line(_("Edition"), 300)
    frequency = _line(_("How often it comes out"), 200, help_text=_("For example: monthly."))
    numbering = _line(_("First and last issue"), 200, help_text=_("For example: 1958, no. 1–"))
    scale = _line(_("Scale"), 200, help_text=_("For example: 1:5 000 000."))
    url = forms.URLField(
        label=_("Address on the internet"), max_length=1000, required=False, assume_scheme="https",
        help_text=_("Where an electronic edition is read."),
    )  # fmt: skip
    host_part = _line(_("Where it stands"), 200, help_text=_("Year, number, pages: 2026, no. 5, p. 12–15."))
    series = _line(_("Series"))
    udc = _line(_("UDC"), 100)
    bbk = _line(_("BBK"), 100)
    author_mark = _line(_("Author mark"), 20, help_text=_("Empty: the mark of our table."))
    age_from = _number(_("Age from"), 99)
    age_to = _number(_("Age to"), 99)
    grade = _number(_("Grade of the textbook"), 12)
    subjects = forms.CharField(
        label=_("Subjects"), required=False, max_length=5000, widget=forms.Textarea({"rows": 3}),
        help_text=_("One a line."),
    )  # fmt: skip
    summary = forms.CharField(
        label=_("Annotation"), required=False, max_length=9000, widget=forms.Textarea({"rows": 5})
    )
    contents = forms.CharField(
        label=_("Table of contents"), required=False, max_length=50_000, widget=forms.Textarea({"rows": 5}),
        help_text=_("One entry a line."),
    )  # fmt: skip
    cover = forms.FileField(
        label=_("Cover picture"), required=False, widget=forms.FileInput({"accept": COVER_TYPES}),
        help_text=_("A picture (JPEG, PNG, WebP) of up to 10 MB, or the book itself as PDF or EPUB: its cover is taken."),
    )  # fmt: skip
    is_cover_removed = forms.BooleanField(label=_("Remove the cover"), required=False)

    def __init__(
        self, *args: Any, template: Template, language: str = "", has_cover: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.template = template
        if template is ARTICLE:
            del self.fields["kind"]
        else:
            del self.fields["host_part"]
            self.fields["kind"].initial = template.kind
        known = [("", "—"), *languages()]
        if language and language not in dict(known):
            known.append((language, language))
        field = self.fields["language"]
        if isinstance(field, forms.ChoiceField):
            field.choices = known
        if not has_cover:
            del self.fields["is_cover_removed"]

    def front(self) -> list[tuple[forms.BoundField, bool]]:
        """The fields that stand open, in the order of the template, and whether each takes a whole row."""
        return [(self[name], name in WIDE) for name in self.template.fields if name in self.fields]

    def more(self) -> list[tuple[forms.BoundField, bool]]:
        """The other fields, folded away."""
        hidden = {*self.template.fields, "is_cover_removed"}
        return [(self[name], name in WIDE) for name in self.fields if name not in hidden]

    def _is_sent(self, name: str) -> bool:
        """What was not on the page is not emptied."""
        return not self.fields[name].widget.value_omitted_from_data(self.data, self.files, self.add_prefix(name))

    def description(self, base: Description | None = None) -> Description:
        """What was typed, over what the record says already."""
        given = self.cleaned_data
        facts = {
            name: given[name]
            for name in self.fields
            if name in Description.__dataclass_fields__ and self._is_sent(name)
        }
        facts |= {name: one_line(value) for name, value in facts.items() if isinstance(value, str)}
        facts |= {name: lines(given[name]) for name in ("subjects", "contents") if name in facts}
        if self.template is ARTICLE:
            facts["kind"] = RecordKind.ARTICLE.value
        made = replace(base or Description(title=""), **facts)
        return with_isbns(made, given["isbn"]) if self._is_sent("isbn") else made


def lines(text: str) -> tuple[str, ...]:
    """The lines of a text box, trimmed, once each, without empty ones."""
    return tuple(dict.fromkeys(one for line in text.splitlines() if (one := one_line(line))))


def initial_of(one: Description) -> dict[str, Any]:
    """A description as the form shows it."""
    names = set(DescriptionForm.base_fields) & set(Description.__dataclass_fields__)
    return {name: getattr(one, name) for name in names} | {
        "isbn": ", ".join(hyphenate(isbn) for isbn in one.isbns),
        "subjects": "\n".join(one.subjects),
        "contents": "\n".join(one.contents),
        "authors": list(one.authors),
    }


class MarcForm(forms.Form):
    """A record in the line form."""

    text = forms.CharField(
        label=_("MARC 21, one field a line"), strip=False, max_length=400_000,
        widget=forms.Textarea({"rows": 24, "class": "marc-text", "spellcheck": "false", "wrap": "soft"}),
    )  # fmt: skip


class ImportForm(forms.Form):
    """A file of records."""

    file = forms.FileField(label=_("File (.mrc, .iso, .xml, also .gz)"), allow_empty_file=True)
    format = forms.ChoiceField(
        label=_("Format"),
        choices=[("auto", _("Find out")), ("marc21", "MARC 21"), ("unimarc", "UNIMARC / RUSMARC"), ("marcxml", "MARCXML")],
    )  # fmt: skip
