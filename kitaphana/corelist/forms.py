"""Forms of the core lists: shape of input only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kitaphana.corelist.enums import GRADES, EducationLevel, EntryKind
from kitaphana.corelist.models import MOST_PUPILS, OLDEST, CoreList, WorkingGroup
from kitaphana.people.enums import TeachingLanguage

CRITERIA = 8
"""Lines of criteria on a page."""


class GroupField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the type checker only
    """Working groups by their names."""

    def label_from_instance(self, obj: Any) -> str:
        """The name in the language in force."""
        return str(obj.name)


class ListForm(forms.Form):
    """What a list is for and the rules of its commission."""

    level = forms.ChoiceField(label=_("Level of education"), choices=EducationLevel.choices)
    language = forms.ChoiceField(label=_("Language of instruction"), choices=TeachingLanguage.choices)
    age_from = forms.IntegerField(label=_("Age from"), min_value=0, max_value=OLDEST)
    age_to = forms.IntegerField(label=_("Age to"), min_value=0, max_value=OLDEST)
    name_kk = forms.CharField(label=_("Name in Kazakh"), max_length=300)
    name_ru = forms.CharField(label=_("Name in Russian"), max_length=300, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    quorum_percent = forms.IntegerField(
        label=_("Quorum, %"),
        min_value=1,
        max_value=100,
        initial=50,
        help_text=_("At least so many of the experts without a conflict of interest vote on a title."),
    )
    majority_percent = forms.IntegerField(
        label=_("Majority, %"),
        min_value=1,
        max_value=99,
        initial=50,
        help_text=_(
            "More than this share of the votes for and against must be for: 50 is a simple majority, 66 two thirds."
        ),
    )
    group = GroupField(label=_("Working group"), queryset=WorkingGroup.objects.none(), required=False, empty_label="—")

    def __init__(self, *args: Any, groups: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["group"]
        if isinstance(field, GroupField):
            field.queryset = groups


class ProposalForm(forms.Form):
    """The list's own rules of a title, and the reason."""

    kind = forms.ChoiceField(label=_("Part of the list"), choices=EntryKind.choices)
    grade_from = forms.IntegerField(label=_("Grade from"), required=False, min_value=0, max_value=12)
    grade_to = forms.IntegerField(label=_("Grade to"), required=False, min_value=0, max_value=12)
    norm_per_pupils = forms.IntegerField(
        label=_("One copy for so many pupils"), min_value=1, max_value=MOST_PUPILS, initial=25
    )
    reason = forms.CharField(label=_("Justification"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, core_list: CoreList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grades = GRADES.get(core_list.level)
        for name in ("grade_from", "grade_to"):
            if grades is None:
                del self.fields[name]
            else:
                self.fields[name].widget.attrs.update({"min": grades[0], "max": grades[1]})


class NewTitleForm(ProposalForm):
    """The same for a title that the catalogue lacks."""

    title = forms.CharField(label=_("Title"), max_length=500)
    author = forms.CharField(label=_("Author"), max_length=300, required=False)
    publisher = forms.CharField(label=_("Publisher"), max_length=200, required=False)
    year = forms.IntegerField(label=_("Year"), required=False, min_value=1, max_value=9999)
    isbn = forms.CharField(label=_("ISBN"), max_length=30, required=False)
    field_order = ("title", "author", "publisher", "year", "isbn")


class CommentForm(forms.Form):
    """A word in a discussion."""

    text = forms.CharField(label=_("Your opinion"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
