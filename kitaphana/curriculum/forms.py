"""Forms of the curriculum: shape of input only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

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
