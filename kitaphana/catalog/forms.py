"""Forms of the catalogue: their shape, no rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from kitaphana.catalog import languages
from kitaphana.catalog.enums import RecordKind
from kitaphana.formats.bibliographic import Description, with_isbns
from kitaphana.formats.isbn import hyphenate

LONG = 20_000


class DescriptionForm(forms.Form):
    """An edition as a librarian describes it; names and subjects stand one a line."""

    title = forms.CharField(label=_("Title"), max_length=1000)
    subtitle = forms.CharField(label=_("Other title information"), max_length=1000, required=False)
    authors = forms.CharField(
        label=_("Authors"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line: surname, given name. The first one heads the description."),
        validators=[MaxLengthValidator(LONG)],
    )
    isbns = forms.CharField(label="ISBN", max_length=300, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=RecordKind.choices, initial=RecordKind.BOOK)
    language = forms.ChoiceField(label=_("Language"), required=False)
    place = forms.CharField(label=_("Place of publication"), max_length=300, required=False)
    publisher = forms.CharField(label=_("Publisher"), max_length=300, required=False)
    year = forms.IntegerField(label=_("Year"), min_value=1400, max_value=2100, required=False)
    extent = forms.CharField(label=_("Extent"), max_length=300, required=False, help_text=_("For example: 240 б."))
    edition = forms.CharField(label=_("Edition statement"), max_length=300, required=False)
    series = forms.CharField(label=_("Series"), max_length=300, required=False)
    udc = forms.CharField(label=_("UDC"), max_length=100, required=False)
    bbk = forms.CharField(label=_("BBK"), max_length=100, required=False)
    age_from = forms.IntegerField(label=_("Age from"), min_value=0, max_value=99, required=False)
    age_to = forms.IntegerField(label=_("Age to"), min_value=0, max_value=99, required=False)
    grade = forms.IntegerField(
        label=_("Grade"), min_value=0, max_value=12, required=False, help_text=_("Only for textbooks.")
    )
    subjects = forms.CharField(
        label=_("Subjects"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line."),
        validators=[MaxLengthValidator(LONG)],
    )
    summary = forms.CharField(
        label=_("Annotation"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[MaxLengthValidator(LONG)],
    )
    cover = forms.FileField(label=_("Cover"), required=False, help_text=_("A JPEG, PNG or WebP picture."))
    expected_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *languages.choices()]

    @staticmethod
    def of(description: Description) -> dict[str, object]:
        """The form's values for a description."""
        names = (
            "title", "subtitle", "kind", "language", "place", "publisher", "year", "extent", "edition", "series", "udc",
            "bbk", "age_from", "age_to", "grade", "summary",
        )  # fmt: skip
        values: dict[str, object] = {name: getattr(description, name) for name in names}
        values["authors"] = "\n".join(description.authors)
        values["subjects"] = "\n".join(description.subjects)
        values["isbns"] = ", ".join(hyphenate(isbn) for isbn in description.isbns)
        return values

    def description(self, *, responsibility: str = "") -> Description:
        """The description that the valid form says."""
        data = self.cleaned_data
        described = Description(
            title=data["title"],
            subtitle=data["subtitle"],
            responsibility=responsibility or ", ".join(_spoken(name) for name in _lines(data["authors"])),
            authors=tuple(_lines(data["authors"])),
            year=data["year"],
            publisher=data["publisher"],
            place=data["place"],
            language=data["language"],
            extent=data["extent"],
            series=data["series"],
            edition=data["edition"],
            summary=data["summary"].strip(),
            subjects=tuple(_lines(data["subjects"])),
            udc=data["udc"],
            bbk=data["bbk"],
            age_from=data["age_from"],
            age_to=data["age_to"],
            grade=data["grade"],
            kind=data["kind"],
        )
        return with_isbns(described, data["isbns"])


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _spoken(name: str) -> str:
    """«Әуезов, Мұхтар» as it stands on the title page: «Мұхтар Әуезов»."""
    surname, _comma, given = name.partition(",")
    return f"{given.strip()} {surname.strip()}".strip()


class MarcForm(forms.Form):
    """The experts' view: a record in line form."""

    text = forms.CharField(
        label="MARC 21", widget=forms.Textarea(attrs={"rows": 24, "class": "marc"}), max_length=200_000
    )
    expected_version = forms.IntegerField(widget=forms.HiddenInput)


class FileForm(forms.Form):
    """A file of bibliographic records."""

    file = forms.FileField(
        label=_("File of records"), help_text=_("ISO 2709 (.mrc, .iso) or MARCXML (.xml), up to 200 MB.")
    )
    format = forms.ChoiceField(
        label=_("Format"),
        choices=[
            ("auto", _("Find out by content")),
            ("marc21", "MARC 21"),
            ("unimarc", "UNIMARC / RUSMARC"),
            ("marcxml", "MARCXML"),
        ],
        initial="auto",
    )
