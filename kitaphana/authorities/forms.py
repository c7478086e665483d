"""The form of an authority."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kitaphana.authorities.enums import Kind
from kitaphana.formats.authority import Authority, Variant


def _lines(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for raw in text.splitlines() if (line := " ".join(raw.split())[:300])))


class AuthorityForm(forms.Form):
    """A heading and everything that leads to it, one form a line."""

    kind = forms.ChoiceField(label=_("What it names"), choices=Kind.choices)
    heading = forms.CharField(
        label=_("Heading"), max_length=300, help_text=_("The agreed form: «Әуезов, Мұхтар» for a person.")
    )
    dates = forms.CharField(
        label=_("Dates of life"),
        max_length=60,
        required=False,
        help_text=_("For a person, to tell namesakes apart: 1897–1961."),
    )
    variants = forms.CharField(
        label=_("Other forms of the name"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Spellings in Russian, in Latin letters, pen names; one a line."),
    )  # fmt: skip
    former = forms.CharField(
        label=_("Former names"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What it was called before; one a line."),
    )  # fmt: skip
    see_also = forms.CharField(
        label=_("See also"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Related headings; one a line."),
    )  # fmt: skip
    notes = forms.CharField(
        label=_("Notes"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Where the form was found, who the person is; one a line."),
    )  # fmt: skip

    def __init__(self, *arguments: Any, is_new: bool = True, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if not is_new:
            # A person does not become a subject: the kind is part of what it is.
            del self.fields["kind"]

    def description(self, kind: str = "") -> Authority:
        """What was typed."""
        typed = self.cleaned_data
        variants = [Variant(text) for text in _lines(typed["variants"])]
        variants += [Variant(text, is_former=True) for text in _lines(typed["former"])]
        return Authority(
            kind=kind or typed["kind"],
            heading=" ".join(typed["heading"].split()),
            dates=" ".join(typed["dates"].split()),
            variants=tuple({one.text: one for one in reversed(variants)}.values())[::-1],
            see_also=_lines(typed["see_also"]),
            notes=_lines(typed["notes"]),
        )


def initial_of(one: Authority) -> dict[str, str]:
    """What the form shows of an authority."""
    return {
        "heading": one.heading,
        "dates": one.dates,
        "variants": "\n".join(variant.text for variant in one.variants if not variant.is_former),
        "former": "\n".join(variant.text for variant in one.variants if variant.is_former),
        "see_also": "\n".join(one.see_also),
        "notes": "\n".join(one.notes),
    }


class ImportForm(forms.Form):
    """A file of authority records."""

    file = forms.FileField(label=_("File"))
