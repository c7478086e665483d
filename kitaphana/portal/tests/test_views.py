"""The readers' side, as anybody and as a signed-in pupil."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kitaphana.catalog import indexing
from kitaphana.circulation.enums import HoldState
from kitaphana.circulation.models import Hold, Loan
from kitaphana.circulation.tests.factories import copies, give_back, lend, reader
from kitaphana.core import clock
from kitaphana.core.access import SYSTEM
from kitaphana.core.ids import new_id
from kitaphana.curriculum import services as curriculum
from kitaphana.curriculum.models import CurriculumWork
from kitaphana.fund.models import Copy
from kitaphana.people.enums import Role
from kitaphana.people.models import Membership, RoleAssignment, User

pytestmark = pytest.mark.django_db


def _signed_in(membership: Membership, login: str) -> Client:
    user = User.objects.create_user(login, "Kitap-2026!", person=membership.person)
    RoleAssignment.objects.create(user=user, organization=membership.library, role=Role.READER)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def anybody() -> Client:
    client = Client()
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def membership(world: Any) -> Membership:
    return reader(world.school, valid_until=clock.today() + timedelta(days=200))


@pytest.fixture
def pupil(membership: Membership) -> Client:
    return _signed_in(membership, "pupil")


@pytest.fixture
def books(world: Any) -> dict[str, Copy]:
    """Four editions: two in the school, one in both, one of the neighbour; indexed."""
    found = {
        "abai": copies(world.school, 2)[0],
        "tale": copies(world.school, title="Ер Төстік", authors=[], age_from=6, age_to=9)[0],
        "algebra": copies(
            world.school, title="Алгебра", kind="TEXTBOOK", language="rus", grade=7, year=2023, authors=["Кучер, Т."]
        )[0],
        "other": copies(world.neighbour, title="Қан мен тер", authors=["Нұрпейісов, Әбдіжәміл"])[0],
    }
    indexing.bring_up_to_date()
    return found


def _titles(answer: Any) -> list[str]:
    return [one.record.title for one in answer.context["results"]]


# Search


def test_home_shows_new_books_and_counts_that_are_doors(anybody, books) -> None:
    answer = anybody.get(reverse("portal:home"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert {one.record.title for one in answer.context["new"]} == {"Абай жолы", "Ер Төстік", "Алгебра", "Қан мен тер"}
    assert [one.record.title for one in answer.context["young"]] == ["Ер Төстік"]
    assert answer.context["copy_count"] == 5
    assert (
        page.count('class="tile"')
        == 3
        == page.count('<a href="/catalog/" class="tile"') + page.count('<a href="/libraries/" class="tile"')
    )


def test_home_of_a_reader_begins_with_the_own_library(pupil, books) -> None:
    answer = pupil.get(reverse("portal:home"))
    assert "Қан мен тер" not in {one.record.title for one in answer.context["new"]}
    assert answer.context["copy_count"] == 4


def test_first_page_is_light(anybody, books) -> None:
    assert len(anybody.get(reverse("portal:home")).content) < 60_000


@pytest.mark.parametrize("text", ["абай жолы", "abai zholy", "Абай жолын", "АБАИ ЖОЛЫ"])
def test_search_finds_in_any_spelling(anybody, books, text) -> None:
    assert _titles(anybody.get(reverse("portal:search"), {"q": text}))[0] == "Абай жолы"


def test_facets_add_up_and_keep_the_other_filters(anybody, books) -> None:
    answer = anybody.get(reverse("portal:search"), {"kind": "BOOK", "sort": "title"})
    assert sorted(_titles(answer)) == ["Абай жолы", "Ер Төстік", "Қан мен тер"]
    facets = dict(answer.context["facets"])
    place = next(choice for choice in facets["Library"] if choice.label == "№ 2 мектеп" or "2" in choice.label)
    assert place.count == 1
    assert "kind=BOOK" in place.url
    assert "sort=title" in place.url
    narrowed = anybody.get(place.url)
    assert _titles(narrowed) == ["Қан мен тер"]
    assert [chip.label for chip in narrowed.context["chips"]] == ["Book", place.label]


def test_every_facet_count_equals_its_list(anybody, books) -> None:
    for _title, choices in anybody.get(reverse("portal:search")).context["facets"]:
        for choice in choices:
            assert anybody.get(choice.url).context["total"] == choice.count, choice.label


def test_a_filter_that_lets_nothing_through_can_be_removed(anybody, books) -> None:
    answer = anybody.get(reverse("portal:search"), {"q": "алгебра", "language": "kaz", "year": "1950"})
    assert answer.context["total"] == 0
    assert [chip.label for chip in answer.context["chips"]] == ["Kazakh", "1950"]
    assert _titles(anybody.get(reverse("portal:search"), {"q": "алгебра"})) == ["Алгебра"]
    assert "Show the whole catalogue" in answer.content.decode()


def test_sorting_keeps_every_value_of_a_filter(anybody, books) -> None:
    page = anybody.get(reverse("portal:search") + "?language=kaz&language=rus&kind=BOOK").content.decode()
    assert re.findall(r'type="hidden" name="(language|kind)" value="(\w+)"', page) == [
        ("language", "kaz"),
        ("language", "rus"),
        ("kind", "BOOK"),
    ]


def test_a_misspelt_word_is_offered_right(anybody, books) -> None:
    answer = anybody.get(reverse("portal:search"), {"q": "алгбера"})
    assert _titles(answer) == ["Алгебра"]


@pytest.mark.parametrize(
    "query", ["?q=" + "я" * 5000, "?cursor=%00", "?library=x&year=abc&age=zz&kind=--&language=", "?q=%22%3A%28%5B*"]
)
def test_odd_questions_get_an_answer_in_words(anybody, books, query) -> None:
    assert anybody.get(reverse("portal:search") + query).status_code in {200, 400, 422}


def test_own_library_is_said_first(pupil, books) -> None:
    answer = pupil.get(reverse("portal:search"))
    notes = {one.record.title: one.note for one in answer.context["results"]}
    assert notes["Абай жолы"] == "On the shelf"
    assert not notes["Қан мен тер"]


def test_suggestions_are_what_the_combobox_reads(anybody, books) -> None:
    answer = anybody.get(reverse("portal:suggest"), {"q": "абай"}).json()
    assert answer["items"][0]["label"] == "Абай жолы"
    assert answer["items"][0]["url"] == reverse("portal:record", args=[books["abai"].record_id])
    assert anybody.get(reverse("portal:suggest"), {"q": ""}).json() == {"items": []}


# Statements


@pytest.mark.parametrize("number", [1, 3])
def test_search_takes_two_statements(world, anybody, number) -> None:
    for place in range(number):
        copies(world.school, title=f"Кітап {place}")
    indexing.bring_up_to_date()
    anybody.get(reverse("portal:search"))
    with CaptureQueriesContext(connection) as captured:
        assert len(_titles(anybody.get(reverse("portal:search")))) == number
    assert len(captured) == 2


@pytest.mark.parametrize("number", [1, 3])
def test_my_books_take_the_same_statements(world, pupil, membership, number) -> None:
    _in_class_of_this_year(membership)
    for copy in copies(world.school, number):
        lend(world.librarian, membership, copy, at=clock.now())
    with CaptureQueriesContext(connection) as captured:
        assert len(pupil.get(reverse("portal:my")).context["loans"]) == number
    assert len(captured) == 9


def _in_class_of_this_year(membership: Membership) -> None:
    membership.school_class.school_year = clock.school_year(clock.today())
    membership.school_class.save()


def test_a_pupil_sees_what_to_read_this_term(world, pupil, membership, books) -> None:
    _in_class_of_this_year(membership)
    grade = membership.school_class
    for author, title in (("", "Ер Төстік"), ("Мұхтар Әуезов", "Көксерек")):
        curriculum.add_work(
            actor=SYSTEM, organization=world.country, school_year=grade.school_year, grade=grade.grade,
            language=grade.language, subject="Қазақ әдебиеті", author=author, title=title, at=clock.now(),
        )  # fmt: skip
    tale = books["tale"].record
    # Recognised by its title alone: the factory's records have no sorting key.
    work = CurriculumWork.objects.get(title="Ер Төстік")
    curriculum.add_work_edition(actor=SYSTEM, work=work, record=tale, at=clock.now())
    page = pupil.get(reverse("portal:my")).content.decode()
    assert "To read this term" in page
    assert "1 copy is on the shelf" in page
    assert "The library has no printed copy" in page
    address = reverse("portal:place_hold", args=[tale.pk])
    assert address in page
    answer = pupil.post(address, {"library": world.school.code, "command_id": str(new_id())})
    assert answer["Location"] == reverse("portal:my")
    page = pupil.get(reverse("portal:my")).content.decode()
    assert address not in page
    assert "Grade 6: Қазақ әдебиеті, Whole year" in pupil.get(reverse("portal:record", args=[tale.pk])).content.decode()
    lend(world.librarian, membership, books["tale"], at=clock.now())
    assert "It is with you" in pupil.get(reverse("portal:my")).content.decode()
    give_back(world.librarian, books["tale"], at=clock.now())
    assert "You have read it" in pupil.get(reverse("portal:my")).content.decode()


# A record


def test_a_record_tells_where_it_is(world, anybody, books) -> None:
    loan = lend(world.librarian, reader(world.school), books["tale"], at=clock.now())
    page = anybody.get(reverse("portal:record", args=[books["tale"].record_id])).content.decode()
    assert f"back by {loan.due_on:%d.%m.%Y}" in page
    page = anybody.get(reverse("portal:record", args=[books["abai"].record_id])).content.decode()
    assert "2 of 2 on the shelf" in page
    assert "Sign in to place a hold" in page
    assert "Әуезов, М. Абай жолы / М. Әуезов" in page
    assert ". – Алматы : Жазушы, 2020." in page


def test_the_own_library_stands_first(world, pupil, books) -> None:
    from decimal import Decimal

    from kitaphana.core.access import SYSTEM
    from kitaphana.fund import services as fund
    from kitaphana.fund.tests.factories import AT, receipt

    line = fund.ReceiptLine(record=books["other"].record, quantity=1, price=Decimal("10"))
    fund.receive(actor=SYSTEM, library=world.school, receipt=receipt(line), at=AT, command_id=new_id())
    holdings = pupil.get(reverse("portal:record", args=[books["other"].record_id])).context["holdings"]
    assert [(one.library.pk, one.is_own) for one in holdings] == [(world.school.pk, True), (world.neighbour.pk, False)]


def test_an_unknown_record_is_not_found(anybody, world) -> None:
    assert anybody.get(reverse("portal:record", args=[999_999])).status_code == 404


def test_a_librarian_without_a_card_is_offered_no_hold(world, books) -> None:
    client = Client()
    client.force_login(User.objects.get(login="librarian"), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(reverse("portal:record", args=[books["abai"].record_id]))
    assert answer.context["can_hold"] is False


def test_libraries_are_found_by_name(anybody, books) -> None:
    answer = anybody.get(reverse("portal:libraries"), {"q": "№ 2"})
    assert [place.code for place in answer.context["libraries"]] == ["S-2"]
    page = anybody.get(reverse("portal:library", args=["S-1"]))
    assert page.context["total"] == 3
    assert anybody.get(reverse("portal:library", args=["AKM-01"])).status_code == 404


# My books


def test_my_pages_ask_to_sign_in(anybody, world) -> None:
    for name in ("my", "my_history", "my_card"):
        answer = anybody.get(reverse(f"portal:{name}"))
        assert answer.status_code == 302
        assert "/sign-in/" in answer["Location"]


def test_an_account_without_a_person_is_told_what_to_do(world) -> None:
    client = Client()
    client.force_login(User.objects.get(login="librarian"), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = "en"
    assert "Ask the librarian" in client.get(reverse("portal:my")).content.decode()


def test_a_reader_renews_the_own_loan_once(world, pupil, membership, books) -> None:
    loan = lend(world.librarian, membership, books["abai"], at=clock.now() - timedelta(days=3))
    fields = {"command_id": str(new_id())}
    for _ in range(2):
        answer = pupil.post(reverse("portal:renew", args=[loan.pk]), fields, follow=True)
        assert "Renewed until" in answer.content.decode()
    after = Loan.objects.get(pk=loan.pk)
    assert after.renewals == 1
    assert after.due_on > loan.due_on


def test_a_refused_renewal_says_why(world, pupil, membership, books) -> None:
    loan = lend(world.librarian, membership, books["abai"], at=clock.now() - timedelta(days=90))
    answer = pupil.post(reverse("portal:renew", args=[loan.pk]), {"command_id": str(new_id())}, follow=True)
    assert "alert-error" in answer.content.decode()
    assert Loan.objects.get(pk=loan.pk).renewals == 0


def test_a_reader_cannot_renew_or_cancel_for_another(world, pupil, books) -> None:
    stranger = reader(world.school, "Бөтен", valid_until=clock.today() + timedelta(days=200))
    other = _signed_in(stranger, "other")
    loan = lend(world.librarian, stranger, books["abai"], at=clock.now() - timedelta(days=3))
    assert pupil.post(reverse("portal:renew", args=[loan.pk])).status_code == 404
    assert Loan.objects.get(pk=loan.pk).due_on == loan.due_on
    other.post(reverse("portal:place_hold", args=[books["tale"].record_id]), {"library": "S-1"})
    hold = Hold.objects.get()
    assert pupil.post(reverse("portal:cancel_hold", args=[hold.pk])).status_code == 404
    assert Hold.objects.get().state == HoldState.WAITING


def test_a_hold_is_placed_seen_and_cancelled(world, pupil, membership, books) -> None:
    address = reverse("portal:place_hold", args=[books["tale"].record_id])
    answer = pupil.post(address, {"library": "S-1", "command_id": str(new_id())}, follow=True)
    assert "place 1 in the queue" in answer.content.decode()
    again = pupil.post(address, {"library": "S-1", "command_id": str(new_id())}, follow=True)
    assert "alert-error" in again.content.decode()
    hold = Hold.objects.get(person=membership.person)
    pupil.post(reverse("portal:cancel_hold", args=[hold.pk]), {"command_id": str(new_id())})
    assert Hold.objects.get().state == HoldState.CANCELLED


def test_no_hold_in_a_library_one_is_no_reader_of(pupil, books) -> None:
    answer = pupil.post(reverse("portal:place_hold", args=[books["other"].record_id]), {"library": "S-2"})
    assert answer.status_code == 404
    assert Hold.objects.count() == 0


def test_history_is_switched_off_and_forgotten(world, pupil, membership, books) -> None:
    lend(world.librarian, membership, books["abai"], at=clock.now() - timedelta(days=3))
    give_back(world.librarian, books["abai"], at=clock.now())
    assert "Абай жолы" in pupil.get(reverse("portal:my_history")).content.decode()
    answer = pupil.post(reverse("portal:keep_history"), {"keep": "0", "command_id": str(new_id())}, follow=True)
    assert "Абай жолы" not in answer.content.decode()
    membership.person.refresh_from_db()
    assert membership.person.keeps_history is False
    assert Loan.objects.get().person is None
    pupil.post(reverse("portal:keep_history"), {"keep": "1", "command_id": str(new_id())})
    membership.person.refresh_from_db()
    assert membership.person.keeps_history is True


def test_the_card_has_a_barcode(pupil, membership) -> None:
    page = pupil.get(reverse("portal:my_card")).content.decode()
    assert membership.card_number in page
    assert '<svg class="bars"' in page


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_pages_speak_every_language(anybody, books, language) -> None:
    anybody.cookies["language"] = language
    word = {"kk": "Жаңа кітаптар", "ru": "Новые книги", "en": "New books"}[language]
    assert word in anybody.get(reverse("portal:home")).content.decode()
