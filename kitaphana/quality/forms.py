"""The form of a batch change."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kitaphana.quality.enums import Operation, Rule
from kitaphana.quality.services import Change


class BatchForm(forms.Form):
    """Which records, and what is done to each."""

    query = forms.CharField(
        label=_("Records found by"), max_length=400, required=False,
        help_text=_("Words as in the search of the catalogue; every record found is changed."),
    )  # fmt: skip
    rule = forms.ChoiceField(label=_("or all records with"), choices=[("", "—"), *Rule.choices], required=False)
    operation = forms.ChoiceField(label=_("What is done"), choices=Operation.choices)
    tag = forms.CharField(label=_("Field"), max_length=3, help_text=_("Three digits, for example 260."))
    code = forms.CharField(label=_("Subfield"), max_length=1, required=False)
    find = forms.CharField(label=_("Text to look for"), max_length=300, required=False, strip=False)
    text = forms.CharField(label=_("New text"), max_length=1000, required=False, strip=False)

    def change(self) -> Change:
        """What was typed."""
        typed = self.cleaned_data
        return Change(Operation(typed["operation"]), typed["tag"], typed["code"], typed["find"], typed["text"])
