"""Shape of what the forms of circulation send; rules live in ``services``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kitaphana.circulation.policies import Terms
from kitaphana.fund.enums import FundType
from kitaphana.fund.models import Member
from kitaphana.people.enums import Category


class NoteForm(forms.Form):
    """A note about a reader."""

    text = forms.CharField(label=pgettext_lazy("about a reader", "Note"), max_length=500)
    is_blocking = forms.BooleanField(label=_("Stop lending while the note stands"), required=False)


class LostForm(forms.Form):
    """How a lost copy is settled: another book instead, or a write-off."""

    REPLACE, WRITE_OFF = "replace", "write_off"

    way = forms.ChoiceField(
        label=_("How it is settled"),
        choices=[(REPLACE, _("The reader brought another book")), (WRITE_OFF, _("The copy is written off"))],
        widget=forms.RadioSelect,
        initial=REPLACE,
    )
    replacement = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    price = forms.DecimalField(
        label=_("Price of the book accepted instead, tenge"),
        required=False,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
    )
    grounds = forms.CharField(label=_("Grounds of the write-off"), required=False, max_length=500)
    commission = forms.CharField(
        label=_("Commission"),
        help_text=_("A line for each member: name, position. The chair stands first."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
    )

    def members(self) -> list[Member]:
        """The commission as the fund's acts keep it."""
        members = []
        for line in self.cleaned_data["commission"].splitlines():
            name, _comma, position = (part.strip() for part in line.partition(","))
            if name:
                members.append(Member(name=name, position=position))
        return members

    def clean(self) -> dict[str, Any]:
        """The way decides what else must be given."""
        data = super().clean() or {}
        if data.get("way") == self.REPLACE:
            if not data.get("replacement"):
                self.add_error("replacement", _("Choose the book that is accepted instead."))
            if data.get("price") is None and "price" not in self.errors:
                self.add_error("price", _("Give its price."))
        return data


class PolicyForm(forms.Form):
    """Days and limits of a node."""

    category = forms.ChoiceField(
        label=_("Readers"), choices=[("", _("All readers")), *Category.choices], required=False
    )
    fund = forms.ChoiceField(label=_("Fund"), choices=[("", _("Both funds")), *FundType.choices], required=False)
    loan_days = forms.IntegerField(label=_("Days of a loan"), min_value=1, max_value=400)
    due_day = forms.RegexField(
        label=_("Everything is due on (month-day)"),
        regex=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
        required=False,
        help_text=_("For textbooks: 05-25. The days above are then the least length of a loan."),
    )
    max_loans = forms.IntegerField(label=_("Books at a time"), min_value=0, max_value=500)
    max_renewals = forms.IntegerField(label=_("Renewals"), min_value=0, max_value=50)
    max_holds = forms.IntegerField(label=_("Holds at a time"), min_value=0, max_value=500)
    hold_shelf_days = forms.IntegerField(label=_("Days on the hold shelf"), min_value=1, max_value=60)
    blocks_when_overdue = forms.BooleanField(label=_("An overdue book stops lending"), required=False)
    keeps_last_copy = forms.BooleanField(label=_("The last copy stays in the library"), required=False)

    def terms(self) -> Terms:
        """The figures as a policy's terms."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in ("category", "fund")}
        return Terms(**data)
