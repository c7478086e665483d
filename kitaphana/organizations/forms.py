"""Forms of the network: shape of input only, the rules are in the commands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kitaphana.organizations.enums import ALLOWED_PARENTS, OrganizationKind
from kitaphana.organizations.models import Organization
from kitaphana.organizations.services import Details

WEEKDAYS = [
    ("1", _("Monday")),
    ("2", _("Tuesday")),
    ("3", _("Wednesday")),
    ("4", _("Thursday")),
    ("5", _("Friday")),
    ("6", _("Saturday")),
    ("7", _("Sunday")),
]


class NodeForm(forms.Form):
    """What is written about a node."""

    name_kk = forms.CharField(label=_("Name in Kazakh"), max_length=300)
    name_ru = forms.CharField(label=_("Name in Russian"), max_length=300, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Short, for commands and lists: AST-025. Latin letters and digits."),
    )
    bin = forms.CharField(label=_("BIN"), max_length=12, required=False, help_text=_("Twelve digits."))
    kato = forms.CharField(label=_("KATO"), max_length=9, required=False, help_text=_("Nine digits of the place."))
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    is_closed = forms.BooleanField(
        label=_("The organisation no longer works"), required=False, help_text=_("It stays for its history.")
    )

    def details(self) -> Details:
        """The input as the commands take it."""
        return Details(**{name: self.cleaned_data[name] for name in Details.__dataclass_fields__})


class NewNodeForm(NodeForm):
    """A node to be added below another one."""

    kind = forms.ChoiceField(label=_("Kind"))
    is_library = forms.BooleanField(
        label=_("Has a library"), required=False, initial=True,
        help_text=_("It owns books and has readers; a room or a district has none."),
    )  # fmt: skip
    field_order = ["kind", "name_kk", "name_ru", "name_en", "code", "is_library"]

    def __init__(self, *args: Any, parent: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        above = OrganizationKind(parent.kind)
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(kind.value, kind.label) for kind in OrganizationKind if above in ALLOWED_PARENTS[kind]]
        del self.fields["is_closed"]

    def details(self) -> Details:
        """The input as the commands take it; a new node works."""
        return Details(**{**{name: self.cleaned_data.get(name, "") for name in Details.__dataclass_fields__},
                          "is_closed": False})  # fmt: skip


class MoveForm(forms.Form):
    """Where a node shall hang."""

    parent = forms.CharField(label=_("Code of the organisation above"), max_length=20)


class WeekForm(forms.Form):
    """Closed weekdays, own or those of the node above."""

    inherited = forms.BooleanField(label=_("As the organisation above"), required=False)
    weekdays = forms.MultipleChoiceField(
        label=_("Closed weekdays"), choices=WEEKDAYS, required=False, widget=forms.CheckboxSelectMultiple
    )

    def chosen(self) -> frozenset[int] | None:
        """The closed weekdays, or None for those of the node above."""
        if self.cleaned_data["inherited"]:
            return None
        return frozenset(int(day) for day in self.cleaned_data["weekdays"])


class ClosedDayForm(forms.Form):
    """A day on which the node is closed."""

    on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    name_kk = forms.CharField(label=_("Name in Kazakh"), max_length=200)
    name_ru = forms.CharField(label=_("Name in Russian"), max_length=200, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
