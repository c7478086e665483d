"""Forms of people: shape of input only, the rules are in the commands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.utils.translation import gettext_lazy as _

from kitaphana.organizations.models import Organization
from kitaphana.people import queries
from kitaphana.people.enums import Category, LeavingReason, Profile, Role, Sex, TeachingLanguage
from kitaphana.people.models import Membership, Person, SchoolClass
from kitaphana.people.services import PersonDetails


class ClassChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in stubs only
    """A class, called by its grade and letter."""

    def label_from_instance(self, obj: Any) -> str:
        """7 «А»."""
        return str(obj.name)


class TeacherChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in stubs only
    """A person, called by the full name."""

    def label_from_instance(self, obj: Any) -> str:
        """Әуезов Мұхтар Омарханұлы."""
        return str(obj.full_name)


class ReaderForm(forms.Form):
    """What is written about a reader."""

    surname = forms.CharField(label=_("Surname"), max_length=100)
    given_name = forms.CharField(label=_("Given name"), max_length=100, required=False)
    patronymic = forms.CharField(label=_("Patronymic"), max_length=100, required=False)
    category = forms.ChoiceField(label=_("Category"), choices=Category.choices)
    birth_date = forms.DateField(
        label=_("Date of birth"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=[("", "—"), *Sex.choices], required=False)
    iin = forms.CharField(
        label=_("IIN"),
        max_length=12,
        required=False,
        help_text=_("Optional. It is stored encrypted and never shown in full."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    card_number = forms.CharField(
        label=_("Card number"), max_length=40, required=False, help_text=_("Empty: a new number is given.")
    )

    def details(self) -> PersonDetails:
        """The person as the commands take it."""
        return PersonDetails(**{name: self.cleaned_data[name] for name in PersonDetails.__dataclass_fields__})


class NewReaderForm(ReaderForm):
    """A reader to be registered; the class is chosen at once."""

    school_class = ClassChoice(label=_("Class"), queryset=SchoolClass.objects.none(), required=False)
    field_order = ["surname", "given_name", "patronymic", "category", "school_class"]

    def __init__(self, *args: Any, library: Organization, school_year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["school_class"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = queries.classes(library, school_year)


class ClassChoiceForm(forms.Form):
    """Which class a reader goes to."""

    school_class = ClassChoice(label=_("Class"), queryset=SchoolClass.objects.none(), required=False)

    def __init__(self, *args: Any, library: Organization, school_year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["school_class"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = queries.classes(library, school_year)


class LeaveForm(forms.Form):
    """Why a reader leaves."""

    reason = forms.ChoiceField(label=_("Reason"), choices=LeavingReason.choices)


class ClassForm(forms.Form):
    """Language, profile and teacher of a class."""

    language = forms.ChoiceField(label=_("Language of instruction"), choices=TeachingLanguage.choices)
    profile = forms.ChoiceField(
        label=_("Profile of instruction"), choices=[("", _("General programme")), *Profile.choices], required=False
    )
    teacher = TeacherChoice(label=_("Class teacher"), queryset=Person.objects.none(), required=False)

    def __init__(self, *args: Any, library: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["teacher"]
        if isinstance(field, forms.ModelChoiceField):
            teachers = Membership.objects.filter(library=library, category=Category.TEACHER, left_on__isnull=True)
            field.queryset = Person.objects.filter(pk__in=teachers.values("person")).order_by("sort_key")


class NewClassForm(ClassForm):
    """A class to be opened."""

    grade = forms.IntegerField(label=_("Grade"), min_value=0, max_value=12)
    letter = forms.CharField(label=_("Letter"), max_length=10, required=False)
    field_order = ["grade", "letter", "language", "profile", "teacher"]


class ImportForm(forms.Form):
    """The file of a list."""

    file = forms.FileField(label=_("File (CSV or XLSX)"), allow_empty_file=True)


class PromotionForm(forms.Form):
    """Which grade graduates."""

    last_grade = forms.IntegerField(label=_("Graduating grade"), min_value=0, max_value=12)


class RoleForm(forms.Form):
    """A role for an account, which is made where the login is new."""

    login = forms.CharField(label=_("Login"), max_length=80)
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(role.value, role.label) for role in roles if role is not Role.READER]


class NewPasswordForm(PasswordChangeForm):
    """The old password and the new one twice, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("Old password")
        self.fields["new_password1"].label = _("New password")
        self.fields["new_password1"].help_text = _("At least eight signs, not only digits that everybody guesses.")
        self.fields["new_password2"].label = _("New password once more")
        self.fields["new_password2"].help_text = ""
