"""Forms of the curriculum: shape of input only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kitaphana.curriculum.enums import Term
from kitaphana.people.enums import Profile, TeachingLanguage


def year_choices(years: list[int]) -> list[tuple[int, str]]:
    """School years as people write them: 2026/2027."""
    return [(year, f"{year}/{year + 1}") for year in years]


class SetForm(forms.Form):
    """Which set is to be made."""

    grade = forms.IntegerField(label=_("Grade"), min_value=0, max_value=12)
    language = forms.ChoiceField(label=_("Language of instruction"), choices=TeachingLanguage.choices)
    profile = forms.ChoiceField(
        label=_("Profile of instruction"), choices=[("", _("General programme")), *Profile.choices], required=False
    )
    school_year = forms.TypedChoiceField(label=_("School year"), coerce=int)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["school_year"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = year_choices(years)
        self.fields["grade"].widget.attrs["autofocus"] = True


class ImportForm(forms.Form):
    """The file of a programme and the year it is for."""

    school_year = forms.TypedChoiceField(label=_("School year"), coerce=int)
    file = forms.FileField(label=_("File (XLSX or CSV)"), allow_empty_file=True)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["school_year"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = year_choices(years)


class WorkForm(forms.Form):
    """A work of the reading list."""

    author = forms.CharField(
        label=_("Author"),
        max_length=200,
        required=False,
        help_text=_("As people say it: «Мұхтар Әуезов». Empty for folklore."),
    )
    title = forms.CharField(label=_("Work"), max_length=300)
    grade = forms.IntegerField(label=_("Grade"), min_value=0, max_value=12)
    language = forms.ChoiceField(label=_("Language of instruction"), choices=TeachingLanguage.choices)
    subject = forms.CharField(label=_("Subject"), max_length=120)
    term = forms.TypedChoiceField(label=_("Term"), choices=Term.choices, coerce=int)
    is_compulsory = forms.BooleanField(label=_("Compulsory"), required=False)
    pupils_per_copy = forms.IntegerField(
        label=_("Pupils per copy"),
        min_value=1,
        max_value=50,
        help_text=_("How many pupils share one copy. From it follows how many copies the library needs."),
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
