"""Shape of what the pages of stocktaking send; rules live in ``services``."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kitaphana.fund.enums import FundType
from kitaphana.fund.forms import commission_in
from kitaphana.fund.models import Member
from kitaphana.organizations.models import Organization
from kitaphana.stocktaking.enums import Occasion
from kitaphana.stocktaking.services import Plan


def rooms(library: Organization) -> Any:
    """Branches and rooms of a library, where books stand apart."""
    inside = Organization.objects.filter(path__startswith=library.path, is_library=False, is_closed=False)
    return inside.exclude(pk=library.pk).order_by("path")


class StartForm(forms.Form):
    """What is to be checked, why and by whom."""

    fund = forms.ChoiceField(label=_("Fund"), choices=FundType.choices)
    location = forms.ModelChoiceField(
        label=_("Place"), queryset=Organization.objects.none(), required=False, empty_label=_("The whole library")
    )
    occasion = forms.ChoiceField(label=_("Occasion"), choices=Occasion.choices)
    grounds = forms.CharField(
        label=_("Grounds"), required=False, max_length=500, help_text=_("Number and date of the order.")
    )
    commission = forms.CharField(
        label=_("Commission"),
        help_text=_("One person a line: name, position. The chair first."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=4000,
    )

    def __init__(self, *args: Any, library: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].queryset = rooms(library)  # type: ignore[attr-defined]  # a ModelChoiceField

    def members(self) -> list[Member]:
        """The commission as acts keep it."""
        return commission_in(self.cleaned_data["commission"])

    def plan(self) -> Plan:
        """What the command takes."""
        return Plan(
            fund=self.cleaned_data["fund"],
            location=self.cleaned_data["location"],
            occasion=self.cleaned_data["occasion"],
            grounds=self.cleaned_data["grounds"],
            commission=self.members(),
        )
