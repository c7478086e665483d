"""A set to a class and back: the plan, the exceptions, two at once, and the cost."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from kitaphana.catalog.models import RecordIsbn
from kitaphana.circulation import checks as circulation_checks
from kitaphana.circulation import queries as circulation
from kitaphana.circulation import services as lending
from kitaphana.circulation.models import StockLoan
from kitaphana.circulation.services import ReturnLine
from kitaphana.circulation.tests.factories import AT, ON, copies, lend, reader
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.curriculum.models import SetEdition
from kitaphana.fund import checks as fund_checks
from kitaphana.fund.tests.factories import COMMISSION
from kitaphana.people.models import User
from kitaphana.textbooks import errors, services
from kitaphana.textbooks.enums import CellState
from kitaphana.textbooks.grid import Grid, class_grid, class_lines
from kitaphana.textbooks.models import OwnBook
from kitaphana.textbooks.tests.factories import books, school_class, stock, textbook_set, title

pytestmark = pytest.mark.django_db


def issue(world: Any, one: Any, chosen: Any = None, **more: Any) -> services.SetIssued:
    facts: dict[str, Any] = {"actor": world.librarian, "at": AT, "command_id": new_id()}
    return services.issue_set(school_class=one, chosen=chosen, **facts | more)


def states(grid: Grid) -> list[str]:
    """A row a line: h issued, o own, l lacks, n none."""
    return ["".join(cell.state.value[0].lower() for cell in row.cells) for row in grid.rows]


def agree() -> None:
    assert [*circulation_checks.invariants(), *fund_checks.invariants()] == []


def test_one_click_issues_the_set_to_the_class(world: Any) -> None:
    one, _members = school_class(world.school, 3)
    algebra, physics, chemistry = books("Алгебра", "Физика", "Химия")
    six = textbook_set(world.country)
    for subject, book in (("Алгебра", algebra), ("Физика", physics), ("Химия", chemistry)):
        title(six, subject, book)
    stock(world.school, algebra, 30)
    stock(world.school, physics, 2)
    assert states(class_grid(one)) == ["lln"] * 3
    command = new_id()
    done = issue(world, one, command_id=command)
    assert (done.issued.people, done.issued.volumes, done.lacking) == (3, 5, 4)
    assert states(class_grid(one)) == ["hhn", "hhn", "hnn"]
    assert issue(world, one, command_id=command) == done
    with pytest.raises(errors.NothingLeftToIssue):
        issue(world, one)
    line = class_lines([one])[0]
    assert (line.pupils, line.titles, line.needed, line.held, line.with_all) == (3, 3, 9, 5, 0)
    agree()


def test_any_edition_of_a_group_satisfies_the_need(world: Any) -> None:
    one, members = school_class(world.school, 4)
    old, new, electronic = books("Алгебра 2019", "Алгебра 2024", "Алгебра (электрондық)")
    line = title(textbook_set(world.country), "Алгебра", new, old)
    SetEdition.objects.create(title=line, record=electronic, rank=3, is_electronic=True)
    stock(world.school, new, 3)
    old_stock = stock(world.school, old, 10)
    # The preferred edition would not suffice for the class: all get the same, older one.
    issue(world, one, {(member.person_id, f"t{line.id}") for member in members[:4]})
    assert set(StockLoan.objects.values_list("stock", flat=True)) == {old_stock.pk}
    # Who has any of the editions lacks nothing.
    assert states(class_grid(one)) == ["h"] * 4
    assert class_grid(one).columns[0].has_electronic


def test_exceptions_own_book_missing_and_damaged(world: Any) -> None:
    one, members = school_class(world.school, 3)
    algebra, physics = books("Алгебра", "Физика")
    six = textbook_set(world.country)
    first, second = title(six, "Алгебра", algebra), title(six, "Физика", physics)
    stock(world.school, algebra, 30)
    stock(world.school, physics, 30)
    own = {"actor": world.librarian, "school_class": one, "person_id": members[0].person_id, "title_id": first.id}
    services.mark_own(at=AT, command_id=new_id(), **own)
    services.mark_own(at=AT, command_id=new_id(), **own)
    assert OwnBook.objects.count() == 1
    assert states(class_grid(one)) == ["ol", "ll", "ll"]
    chosen = {(member.person_id, f"t{first.id}") for member in members} | {(members[0].person_id, f"t{second.id}")}
    conditions = {(0, f"t{first.id}"): "GOOD", (members[1].person_id, f"t{first.id}"): "POOR"}
    done = issue(world, one, chosen, conditions=conditions)
    assert (done.issued.volumes, done.lacking) == (3, 2)
    assert states(class_grid(one)) == ["oh", "hl", "hl"]
    found = StockLoan.objects.filter(stock__record=algebra).order_by("person__sort_key")
    assert [loan.condition_out for loan in found] == ["POOR", "GOOD"]
    services.clear_own(at=AT, command_id=new_id(), **own)
    assert states(class_grid(one))[0] == "lh"
    with pytest.raises(errors.NotInClass):
        services.mark_own(at=AT, **own | {"person_id": reader(world.school, grade=5).person_id})


def test_the_class_teacher_gets_copies_too(world: Any) -> None:
    one, _members = school_class(world.school, 2)
    teacher = reader(world.school, "Мұғалім", category="TEACHER", grade=None)
    one.teacher = teacher.person
    one.save()
    algebra = books("Алгебра")[0]
    title(textbook_set(world.country), "Алгебра", algebra, per_pupil=1, per_class_teacher=2)
    stock(world.school, algebra, 30)
    issue(world, one)
    assert circulation.open_stock_loan_counts(world.school.pk, [teacher.person_id]) == {teacher.person_id: 2}
    assert class_grid(one).rows[-1].is_teacher


def test_a_copy_lent_at_the_desk_counts(world: Any) -> None:
    one, members = school_class(world.school, 1)
    copy = copies(world.school, title="Алгебра", kind="TEXTBOOK")[0]
    title(textbook_set(world.country), "Алгебра", copy.record)
    assert states(class_grid(one)) == ["n"]
    lend(world.librarian, members[0], copy)
    assert states(class_grid(one)) == ["h"]
    assert class_lines([one])[0].with_all == 1


def test_debts_of_another_year_or_school_are_shown(world: Any) -> None:
    one, members = school_class(world.school, 1)
    old, new = books("Алгебра 5", "Алгебра 6")
    line = title(textbook_set(world.country), "Алгебра", new)
    card = stock(world.school, old, 5)
    lending.issue(
        actor=world.librarian,
        library=world.school,
        lines=[lending.IssueLine(members[0].person_id, card.pk)],
        at=AT,
        command_id=new_id(),
    )
    grid = class_grid(one)
    assert [loan.stock.record.title for loan in grid.rows[0].others] == ["Алгебра 5"]
    back = class_grid(one, with_others=True)
    assert [column.key for column in back.columns] == [f"t{line.id}", f"r{old.pk}"]
    assert back.rows[0].others == []


def test_return_in_may_leaves_what_is_missing(world: Any) -> None:
    one, members = school_class(world.school, 3)
    algebra = books("Алгебра")[0]
    title(textbook_set(world.country), "Алгебра", algebra)
    card = stock(world.school, algebra, 30)
    issue(world, one)
    loans = list(StockLoan.objects.order_by("person__sort_key"))
    may = AT + timedelta(days=250)
    back = [ReturnLine(loan.pk, None, "FAIR") for loan in loans[:2]]
    assert services.return_from_class(actor=world.librarian, school_class=one, lines=back, at=may) == 2
    card.refresh_from_db()
    assert (card.issued, card.on_shelf) == (1, 29)
    assert list(circulation.debts([member.person_id for member in members])) == [members[2].person_id]
    agree()


def test_workbooks_are_nobodys_debt_and_are_written_off(world: Any) -> None:
    one, members = school_class(world.school, 2)
    workbook = books("Жұмыс дәптері")[0]
    title(textbook_set(world.country), "Алгебра", workbook, part="жұмыс дәптері", is_returned=False)
    card = stock(world.school, workbook, 10)
    issue(world, one)
    assert circulation.debts([member.person_id for member in members]) == {}
    assert class_grid(one, with_others=True).rows[0].in_hand == 0
    facts = {"actor": world.librarian, "library": world.school, "commission": COMMISSION, "grounds": "Оқу жылы"}
    act = lending.use_up(lent_before=ON + timedelta(days=1), on=ON, at=AT, command_id=new_id(), **facts)
    assert act is not None
    card.refresh_from_db()
    assert (card.quantity, card.issued) == (8, 0)
    assert lending.use_up(lent_before=ON + timedelta(days=1), on=ON, at=AT, command_id=new_id(), **facts) is None
    agree()


def test_refusals(world: Any) -> None:
    one, _members = school_class(world.school, 1)
    with pytest.raises(errors.NoSet):
        issue(world, one)
    with pytest.raises(NotAllowed):
        issue(world, one, actor=world.neighbour_librarian)


def test_thirty_pupils_and_fourteen_titles_are_one_quick_transaction(
    world: Any, django_assert_max_num_queries: Any
) -> None:
    one, members = school_class(world.school, 30)
    six = textbook_set(world.country)
    for number, book in enumerate(books(*(f"Пән {index}" for index in range(14)))):
        title(six, f"Пән {number:02d}", book)
        stock(world.school, book, 40)
    few = {(members[0].person_id, column.key) for column in class_grid(one).columns[:2]}
    issue(world, one, few)
    # PostgreSQL takes a lock for each of the two commands; SQLite locks the whole file at the transaction's start.
    locks = 2 if connection.vendor == "postgresql" else 0
    with django_assert_max_num_queries(23 + locks):
        started = time.process_time()
        done = issue(world, one)
        took = time.process_time() - started
    assert done.issued.volumes == 30 * 14 - 2
    assert took < 0.5
    with django_assert_max_num_queries(9):
        grid = class_grid(one)
    assert grid.lacks == 0
    loans = StockLoan.objects.values_list("pk", flat=True)
    with django_assert_max_num_queries(13):
        started = time.process_time()
        services.return_from_class(
            actor=world.librarian,
            school_class=one,
            lines=[ReturnLine(pk, None, "GOOD") for pk in loans],
            at=AT + timedelta(days=250),
            command_id=new_id(),
        )
        took = time.process_time() - started
    assert took < 0.5
    assert all(cell.state == CellState.LACKS for row in class_grid(one).rows for cell in row.cells)
    agree()


def test_the_list_of_classes_costs_the_same_for_any_school(world: Any, django_assert_num_queries: Any) -> None:
    classes = [school_class(world.school, 2, letter=letter)[0] for letter in "АӘБ"]
    six = textbook_set(world.country)
    title(six, "Алгебра", books("Алгебра")[0])
    for some in (classes[:1], classes):
        with django_assert_num_queries(7):
            class_lines(some)


# Pages


@pytest.fixture
def librarian(world: Any, client: Any) -> Any:
    client.force_login(
        User.objects.get(pk=world.librarian.user_id), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def test_the_pages_issue_undo_and_take_back(world: Any, librarian: Any) -> None:
    one, members = school_class(world.school, 3)
    algebra = books("Алгебра")[0]
    line = title(textbook_set(world.country), "Алгебра", algebra)
    card = stock(world.school, algebra, 30)
    assert librarian.get(reverse("textbooks:classes")).context["lines"][0].needed == 3
    page = librarian.get(reverse("textbooks:issue", args=[one.pk]))
    assert page.content.decode().count('name="cell"') == 3 + 3  # a box and the button of an own book
    cells = [f"{member.person_id}-t{line.id}" for member in members]
    facts = {"cell": cells, "condition": "GOOD", f"c-{members[0].person_id}-t{line.id}": "NEW", "command_id": new_id()}
    answer = librarian.post(reverse("textbooks:issue", args=[one.pk]), facts)
    assert StockLoan.objects.filter(condition_out="GOOD").count() == 2
    assert StockLoan.objects.filter(condition_out="NEW").count() == 1
    batch = answer["Location"].split("batch=")[1]
    librarian.post(reverse("textbooks:undo", args=[one.pk]), {"batch": batch, "command_id": new_id()})
    card.refresh_from_db()
    assert card.issued == 0
    librarian.post(reverse("textbooks:issue", args=[one.pk]), facts | {"command_id": new_id()})
    loans = list(StockLoan.objects.filter(returned_at__isnull=True).order_by("person__sort_key"))
    page = librarian.get(reverse("textbooks:take_back", args=[one.pk]))
    assert page.content.decode().count('name="loan"') == 3
    librarian.post(
        reverse("textbooks:take_back", args=[one.pk]),
        {"loan": [loans[0].pk], "condition": "FAIR", "command_id": new_id()},
    )
    card.refresh_from_db()
    assert card.issued == 2
    again = librarian.post(reverse("textbooks:issue", args=[one.pk]), {"command_id": new_id()}, follow=True)
    assert "alert" in again.content.decode()


@pytest.mark.parametrize("name", ["sheet_pdf", "notices_pdf"])
@pytest.mark.parametrize("language", ["kk", "ru"])
def test_papers_of_a_class(world: Any, librarian: Any, name: str, language: str) -> None:
    one, _members = school_class(world.school, 3)
    algebra = books("Алгебра")[0]
    title(textbook_set(world.country), "Алгебра", algebra)
    stock(world.school, algebra, 30)
    issue(world, one)
    answer = librarian.get(reverse(f"textbooks:{name}", args=[one.pk]), {"language": language})
    assert answer.content.startswith(b"%PDF")


def test_scans_choose_rows_and_columns(world: Any, librarian: Any) -> None:
    one, members = school_class(world.school, 2)
    algebra = books("Алгебра")[0]
    isbn = RecordIsbn.objects.create(record=algebra, isbn="9786010000001").isbn
    line = title(textbook_set(world.country), "Алгебра", algebra)
    address = reverse("textbooks:scan", args=[one.pk])
    assert (
        f'data-person="{members[1].person_id}"'
        in librarian.post(address, {"code": members[1].card_number}).content.decode()
    )
    assert f'data-column="t{line.id}"' in librarian.post(address, {"code": isbn}).content.decode()
    for code in ("9786017002015", "0", ""):
        assert 'data-outcome="refused"' in librarian.post(address, {"code": code}).content.decode()


def test_a_teacher_gets_thirty_and_brings_ten(world: Any, librarian: Any) -> None:
    teacher = reader(world.school, category="TEACHER", grade=None)
    card = stock(world.school, books("Алгебра")[0], 40)
    page = librarian.get(reverse("textbooks:reader", args=[teacher.pk]), {"q": "Алгебра"})
    assert [one.pk for one in page.context["stocks"]] == [card.pk]
    address = reverse("textbooks:reader_issue", args=[teacher.pk])
    librarian.post(address, {"stock": card.pk, "quantity": "30", "command_id": new_id()})
    loan = StockLoan.objects.get()
    librarian.post(
        reverse("textbooks:reader_return", args=[teacher.pk]),
        {"loan": [loan.pk], f"q-{loan.pk}": "10", f"c-{loan.pk}": "GOOD", "command_id": new_id()},
    )
    card.refresh_from_db()
    assert card.issued == 20
    settle = reverse("textbooks:settle", args=[teacher.pk, loan.pk])
    facts = {"how": "PAID", "price": "1500", "commission": "А, б\nВ, г\nД, е", "command_id": new_id()}
    assert librarian.post(settle, facts | {"price": ""}).status_code == 200
    assert librarian.post(settle, facts).status_code == 302
    card.refresh_from_db()
    assert (card.quantity, card.issued) == (39, 19)
    paper = librarian.get(reverse("textbooks:clearance_pdf", args=[teacher.pk]), {"language": "ru"})
    assert paper.content.startswith(b"%PDF")
    agree()


def test_debts_are_listed_apart_from_the_reading_fund(
    world: Any, librarian: Any, django_assert_max_num_queries: Any
) -> None:
    one, members = school_class(world.school, 3)
    algebra = books("Алгебра")[0]
    title(textbook_set(world.country), "Алгебра", algebra)
    stock(world.school, algebra, 30)
    issue(world, one)
    StockLoan.objects.filter(person=members[0].person_id).update(due_on=ON - timedelta(days=9), lent_on=ON)
    lend(world.librarian, members[0], copies(world.school, title="Абай жолы")[0])
    address = reverse("textbooks:debts")
    librarian.get(address)
    with django_assert_max_num_queries(9):
        page = librarian.get(address)
    assert [(loan.stock.record, place) for loan, place in page.context["lines"]] == [(algebra, members[0])]
    assert librarian.get(address, {"all": "1", "class": one.pk}).context["total"] == 3
    sheets = librarian.get(reverse("textbooks:class_clearance_pdf", args=[one.pk]), {"language": "kk"})
    assert sheets.content.startswith(b"%PDF")
