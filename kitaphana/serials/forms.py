"""Forms of periodicals: shape of input only, the rules are in the commands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kitaphana.acquisitions.models import Supplier
from kitaphana.serials.enums import Frequency


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **more)


class SubscriptionForm(forms.Form):
    """A new subscription to a periodical that was chosen already."""

    frequency = forms.ChoiceField(
        label=_("How often it comes out"), choices=Frequency.choices, initial=Frequency.MONTHLY
    )
    quantity = forms.IntegerField(label=_("Copies of each issue"), min_value=1, max_value=500, initial=1)
    starts_on = _day(_("First issue expected on"))
    ends_on = _day(_("Subscribed until"))
    first_number = forms.IntegerField(label=_("Number of the first issue"), min_value=1, max_value=10_000, initial=1)
    patience = forms.IntegerField(label=_("Days after which an issue is late"), min_value=0, max_value=366, initial=14)
    cost = forms.DecimalField(label=_("Sum, ₸"), min_value=0, max_digits=14, decimal_places=2, required=False)
    supplier = forms.ModelChoiceField(
        label=_("Supplier"), queryset=Supplier.objects.none(), required=False, empty_label="—"
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, suppliers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["supplier"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = suppliers


class ChangeForm(forms.Form):
    """What may change of a subscription."""

    ends_on = _day(_("Subscribed until"))
    quantity = forms.IntegerField(label=_("Copies of each issue"), min_value=1, max_value=500)
    patience = forms.IntegerField(label=_("Days after which an issue is late"), min_value=0, max_value=366)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class IssueForm(forms.Form):
    """An issue that the rhythm did not foresee."""

    year = forms.IntegerField(label=_("Year"), min_value=1800, max_value=2200)
    number = forms.CharField(label=pgettext_lazy("of a periodical", "Number"), max_length=20)
    expected_on = _day(_("Expected on"))
