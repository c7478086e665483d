"""The profile of a class: set in the form, kept by the promotion, read from a list."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from kitaphana.people import services
from kitaphana.people.enums import Category, Profile, TeachingLanguage
from kitaphana.people.models import SchoolClass, User
from kitaphana.people.roster import profile_in

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)


def test_a_class_gets_its_profile_in_the_form_and_keeps_it_when_promoted(world) -> None:
    client = Client()
    client.force_login(User.objects.get(login="librarian"), backend="django.contrib.auth.backends.ModelBackend")
    values = {"grade": 10, "letter": "А", "language": "kaz", "profile": "NATURAL"}
    client.post(reverse("people:class_new") + "?year=2026", values)
    made = SchoolClass.objects.get()
    assert made.profile == Profile.NATURAL
    services.register_reader(
        actor=world.librarian,
        library=world.school,
        person=services.PersonDetails("Серіков", "Али"),
        category=Category.PUPIL,
        school_class=made,
        at=AT,
    )
    services.promote_classes(actor=world.librarian, library=world.school, school_year=2027, at=AT)
    assert SchoolClass.objects.get(school_year=2027).profile == Profile.NATURAL
    client.post(reverse("people:class_edit", args=[made.pk]), {"language": "kaz", "profile": ""})
    made.refresh_from_db()
    assert made.profile == ""
    services.update_class(
        actor=world.librarian, school_class=made, language=TeachingLanguage.RUSSIAN, teacher=None, at=AT
    )
    made.refresh_from_db()
    assert (made.language, made.profile) == ("rus", "")


def test_a_list_says_the_profile_of_a_class(world) -> None:
    def load(profile: str) -> services.ImportResult:
        text = f"Аты-жөні;Сынып;Оқыту бағыты\nСеріков Али;11А;{profile}\n"
        return services.import_readers(
            actor=world.librarian, library=world.school, data=text.encode(), file_name="a.csv", at=AT
        )

    load("ЖМБ")
    assert SchoolClass.objects.get().profile == Profile.NATURAL
    load("")
    assert SchoolClass.objects.get().profile == Profile.NATURAL
    load("общественно-гуманитарное")
    assert SchoolClass.objects.get().profile == Profile.HUMANITIES
    assert [error.code for error in load("спорт").errors] == ["unknown_profile"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("", ""), ("Жалпы", ""), ("Жаратылыстану-математика бағыты", "NATURAL"), ("ОГН", "HUMANITIES"), ("спорт", None)],
)
def test_profiles_are_known_by_their_first_letters(text: str, code: str | None) -> None:
    assert profile_in(text) == code
