"""Provision and evening out: figures by hand, sums over the tree, the solver's promises, parcels."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from kitaphana.circulation import services as lending
from kitaphana.circulation.models import StockLoan
from kitaphana.circulation.services import ReturnLine
from kitaphana.circulation.tests.factories import AT, ON
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.curriculum.models import SetEdition
from kitaphana.fund import checks as fund_checks
from kitaphana.fund import services as fund
from kitaphana.fund.enums import TransferState
from kitaphana.fund.models import Stock
from kitaphana.people.models import User
from kitaphana.textbooks import errors, provision, redistribution, services
from kitaphana.textbooks.enums import SuggestionState
from kitaphana.textbooks.models import OwnBook, Provision, ProvisionTotal, Suggestion
from kitaphana.textbooks.tests.factories import books, school_class, stock, textbook_set, title


def only(library: Any, year: int = 2026) -> Provision:
    provision.count(library, year, at=AT)
    return Provision.objects.get(library=library, school_year=year)


@pytest.mark.django_db
def test_need_of_next_year_comes_from_promotion(world: Any) -> None:
    school_class(world.school, 3, grade=6)
    school_class(world.school, 2, grade=7, letter="А")
    school_class(world.school, 4, grade=1, letter="А")
    school_class(world.school, 5, grade=11, letter="А")
    found = provision.groups(world.school, 2027)
    assert sorted((one.grade, one.pupils) for one in found) == [(1, 4), (2, 4), (7, 3), (8, 2)]
    services.set_intake(
        actor=world.librarian, library=world.school, school_year=2027, grade=1, language="kaz", pupils=31, at=AT
    )
    assert sorted((one.grade, one.pupils) for one in provision.groups(world.school, 2027))[0] == (1, 31)
    assert sorted((one.grade, one.pupils) for one in provision.groups(world.school, 2026)) == [
        (1, 4), (6, 3), (7, 2), (11, 5),
    ]  # fmt: skip
    with pytest.raises(errors.BadIntake):
        services.set_intake(
            actor=world.librarian, library=world.school, school_year=2027, grade=1, language="kaz", pupils=-1, at=AT
        )


@pytest.mark.django_db
def test_a_surplus_never_hides_a_shortage(world: Any) -> None:
    school_class(world.school, 10)
    algebra, physics = books("Алгебра", "Физика")
    six = textbook_set(world.country)
    title(six, "Алгебра", algebra)
    title(six, "Физика", physics)
    stock(world.school, algebra, 30)
    stock(world.school, physics, 4)
    total = provision.count(world.school, 2026, at=AT)
    assert (total.needed, total.provided, total.deficit, total.surplus) == (20, 14, 6, 20)
    assert provision.sums(world.country, 2026).percent == 70


@pytest.mark.django_db
def test_worn_old_and_dropped_editions_are_not_available(world: Any) -> None:
    one, members = school_class(world.school, 10)
    new, old, dropped, electronic = books("Жаңа", "Ескі", "Шығарылған", "Электрондық")
    for record, year in ((new, 2025), (old, 2015), (dropped, 2024)):
        record.year = year
        record.save()
    line = title(textbook_set(world.country), "Алгебра", new, old)
    SetEdition.objects.create(title=line, record=dropped, rank=3, is_dropped=True)
    SetEdition.objects.create(title=line, record=electronic, rank=4, is_electronic=True)
    for record in (new, old, dropped):
        stock(world.school, record, 5)
    row = only(world.school)
    assert (row.in_fund, row.available, row.old, row.dropped, row.deficit) == (15, 5, 5, 5, 5)
    assert row.has_electronic
    total = ProvisionTotal.objects.get()
    assert (total.deficit, total.deficit_electronic) == (5, 5)
    # One volume comes back spoilt: it is in the fund until written off, and not available.
    lending.issue(
        actor=world.librarian,
        library=world.school,
        lines=[lending.IssueLine(members[0].person_id, Stock.objects.get(record=new).pk)],
        at=AT,
        command_id=new_id(),
    )
    assert only(world.school).available == 5
    assert ProvisionTotal.objects.get().issued == 1
    services.return_from_class(
        actor=world.librarian,
        school_class=one,
        lines=[ReturnLine(StockLoan.objects.get().pk, None, "POOR")],
        at=AT + timedelta(days=3),
    )
    row = only(world.school)
    assert (row.in_fund, row.worn, row.available, row.deficit) == (15, 1, 4, 6)
    OwnBook.objects.create(library=world.school, person_id=members[1].person_id, title=line, made_at=AT)
    assert only(world.school).needed == 9


@pytest.mark.django_db
def test_an_edition_of_two_titles_is_counted_once(world: Any) -> None:
    school_class(world.school, 4)
    book = books("Ортақ")[0]
    six = textbook_set(world.country)
    title(six, "Бірінші", book)
    title(six, "Екінші", book)
    stock(world.school, book, 6)
    total = provision.count(world.school, 2026, at=AT)
    assert (total.needed, total.provided, total.surplus) == (8, 6, 0)
    assert sum(Provision.objects.values_list("in_fund", flat=True)) == 6


@pytest.mark.django_db
def test_counting_costs_the_same_for_any_school(world: Any, django_assert_max_num_queries: Any) -> None:
    six = textbook_set(world.country)
    for number, book in enumerate(books(*(f"Пән {index}" for index in range(12)))):
        title(six, f"Пән {number}", book)
    for letter in "АӘБВ":
        school_class(world.school, 2, letter=letter)
        with django_assert_max_num_queries(26):
            provision.count(world.school, 2026, at=AT)
    node_children = [world.school, world.neighbour]
    with django_assert_max_num_queries(2):
        assert [one for one, _sums in provision.by_child(world.district, node_children, 2026)] == [world.school]
        assert len(provision.by_title(world.country, 2026, only="deficit")) == 12


# The solver


AMOUNTS = st.dictionaries(
    st.integers(1, 4), st.dictionaries(st.integers(1, 6), st.integers(0, 9), max_size=6), max_size=4
)


@settings(max_examples=60, deadline=None)
@given(AMOUNTS, AMOUNTS)
def test_suggestions_cover_all_that_can_be_covered(surplus: Any, deficit: Any) -> None:
    # A library that lacks a title has no surplus of it.
    surplus = {title: {one: n for one, n in rows.items() if not deficit.get(title, {}).get(one)}
               for title, rows in surplus.items()}  # fmt: skip
    moves = redistribution.suggest(surplus, deficit)
    assert sum(move.quantity for move in moves) == redistribution.coverable(surplus, deficit)
    for title_id, rows in surplus.items():
        for library, most in rows.items():
            assert sum(m.quantity for m in moves if (m.title, m.sender) == (title_id, library)) <= most
    for title_id, rows in deficit.items():
        for library, most in rows.items():
            assert sum(m.quantity for m in moves if (m.title, m.receiver) == (title_id, library)) <= most
    assert all(move.sender != move.receiver and move.quantity > 0 for move in moves)


def test_few_parcels_are_suggested() -> None:
    """School 1 could serve everybody; a naive split over 1, 2 and 3 would make up to nine parcels."""
    surplus = {1: {1: 30, 2: 10, 3: 10}, 2: {1: 30, 2: 10, 3: 10}}
    deficit = {1: {4: 10, 5: 10, 6: 10}, 2: {4: 10, 5: 10, 6: 10}}
    moves = redistribution.suggest(surplus, deficit)
    assert len({(move.sender, move.receiver) for move in moves}) == 3


def test_a_district_of_sixty_schools_and_three_hundred_titles_takes_under_ten_seconds() -> None:
    import random

    maker = random.Random(7)
    surplus, deficit = {}, {}
    for title_id in range(300):
        schools = list(range(60))
        maker.shuffle(schools)
        surplus[title_id] = {school: maker.randint(1, 30) for school in schools[:20]}
        deficit[title_id] = {school: maker.randint(1, 30) for school in schools[20:40]}
    started = time.process_time()
    moves = redistribution.suggest(surplus, deficit)
    assert time.process_time() - started < 10
    assert sum(move.quantity for move in moves) == redistribution.coverable(surplus, deficit)


# Parcels


@pytest.mark.django_db
def test_a_surplus_travels_to_the_shortage(world: Any) -> None:
    six = textbook_set(world.country)
    book = books("Алгебра")[0]
    line = title(six, "Алгебра", book)
    school_class(world.school, 2)
    school_class(world.neighbour, 6)
    stock(world.school, book, 10)
    for library in (world.school, world.neighbour):
        provision.count(library, 2026, at=AT)
    with pytest.raises(NotAllowed):
        services.suggest(actor=world.librarian, node=world.district, school_year=2026, at=AT)
    command = new_id()
    facts = {"actor": world.methodist, "node": world.district, "at": AT}
    assert services.suggest(school_year=2026, command_id=command, **facts) == 1
    assert services.suggest(school_year=2026, command_id=command, **facts) == 1
    row = Suggestion.objects.get()
    assert (row.library, row.to_library, row.title, row.quantity) == (world.school, world.neighbour, line, 6)
    assert services.decide(suggestion_ids=[row.pk], is_approved=True, command_id=new_id(), **facts) == 1
    # What is approved is not suggested again.
    assert services.suggest(school_year=2026, command_id=new_id(), **facts) == 0
    send = {"actor": world.librarian, "library": world.school, "to_library": world.neighbour, "on": ON, "at": AT}
    command = new_id()
    transfer = services.send(command_id=command, **send)
    assert transfer == services.send(command_id=command, **send)
    assert transfer.state == TransferState.IN_TRANSIT
    row.refresh_from_db()
    assert (row.state, row.transfer) == (SuggestionState.SENT, transfer)
    with pytest.raises(errors.NothingToSend):
        services.send(command_id=new_id(), **send)
    fund.accept(actor=world.neighbour_librarian, transfer=transfer, on=ON, at=AT, command_id=new_id())
    assert only(world.neighbour).deficit == 0
    assert only(world.school).surplus == 2
    assert list(fund_checks.invariants()) == []


# Pages and background work


def signed_in(world: Any, client: Any, who: str) -> Any:
    user = User.objects.get(pk=getattr(world, who).user_id)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.django_db
def test_the_pages_lead_from_the_district_to_the_parcel(world: Any, client: Any) -> None:
    six = textbook_set(world.country)
    book = books("Алгебра")[0]
    line = title(six, "Алгебра", book)
    school_class(world.school, 2)
    school_class(world.neighbour, 6)
    stock(world.school, book, 10)
    for library in (world.school, world.neighbour):
        provision.count(library, 2026, at=AT)
    methodist = signed_in(world, client, "methodist")
    place = {"node": world.district.code, "year": 2026}
    page = methodist.get(reverse("textbooks:provision"), place)
    assert [(one.code, sums.deficit, sums.surplus) for one, sums in page.context["children"]] == [
        ("S-1", 0, 8),
        ("S-2", 6, 0),
    ]
    assert [one.name for one in page.context["titles"]] == ["Алгебра"]
    shortage = methodist.get(reverse("textbooks:provision_title", args=[line.pk]), place | {"only": "deficit"})
    assert [row.library for row in shortage.context["rows"]] == [world.neighbour]
    sheet = methodist.get(reverse("textbooks:provision_xlsx"), place)
    assert b"".join(sheet.streaming_content).startswith(b"PK")
    methodist.post(reverse("textbooks:suggest"), place | {"command_id": new_id()})
    row = Suggestion.objects.get()
    methodist.post(
        reverse("textbooks:decide"), place | {"suggestion": [row.pk], "action": "approve", "command_id": new_id()}
    )
    librarian = signed_in(world, client, "librarian")
    page = librarian.get(reverse("textbooks:redistribution"), {"node": "S-1", "year": 2026})
    assert [parcel["volumes"] for parcel in page.context["approved"]] == [6]
    answer = librarian.post(
        reverse("textbooks:send") + "?library=S-1", {"to": "S-2", "year": 2026, "command_id": new_id()}
    )
    row.refresh_from_db()
    assert row.state == SuggestionState.SENT
    assert answer["Location"] == reverse("fund:act", args=[row.transfer.act_out_id])


@pytest.mark.django_db
def test_a_school_recounts_and_says_whom_it_expects(world: Any, client: Any) -> None:
    first = textbook_set(world.country, 1)
    title(first, "Әліппе", books("Әліппе")[0])
    school_class(world.school, 2, grade=1, letter="А")
    librarian = signed_in(world, client, "librarian")
    place = {"node": "S-1", "year": 2027}
    librarian.post(reverse("textbooks:recount"), place)
    assert ProvisionTotal.objects.get().needed == 0  # no set of 2027 yet
    title(textbook_set(world.country, 1, school_year=2027), "Әліппе", books("Әліппе 2027")[0])
    facts = place | {"grade": 1, "language": "kaz", "pupils": 31, "command_id": new_id()}
    librarian.post(reverse("textbooks:intake"), facts)
    assert ProvisionTotal.objects.get().needed == 31
    librarian.post(reverse("textbooks:intake"), facts | {"pupils": "көп", "command_id": new_id()})
    assert ProvisionTotal.objects.get().needed == 31


@pytest.mark.django_db
def test_what_moved_is_counted_within_a_minute(world: Any) -> None:
    from django.utils import timezone

    from kitaphana.core import clock, jobs
    from kitaphana.textbooks.jobs import FOLLOW

    year = clock.school_year(clock.today())
    book = books("Алгебра")[0]
    title(textbook_set(world.country, school_year=year), "Алгебра", book)
    jobs.enqueue(FOLLOW)
    assert jobs.run_next()
    stock(world.school, book, 10)
    jobs.enqueue(FOLLOW, run_after=timezone.now())
    assert jobs.run_next()
    assert list(ProvisionTotal.objects.filter(school_year=year).values_list("library", flat=True)) == [world.school.pk]


@pytest.mark.django_db
def test_weeding_is_told_what_no_set_teaches_from(world: Any) -> None:
    old, new = books("Ескі", "Жаңа")
    for book in (old, new):
        stock(world.school, book, 5)
    assert provision.dropped_textbooks(world.school, ON) == {}
    title(textbook_set(world.country), "Алгебра", new)
    assert list(provision.dropped_textbooks(world.school, ON)) == [old.pk]
