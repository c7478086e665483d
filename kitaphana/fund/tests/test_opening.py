"""Opening balances: what a table is understood to say, and that it is counted once."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitaphana.catalog.models import Record
from kitaphana.core import jobs
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.core.models import Job
from kitaphana.fund import checks, errors, opening, queries
from kitaphana.fund import services as fund
from kitaphana.fund.enums import ActKind
from kitaphana.fund.models import Act, Copy, LedgerEntry, Stock
from kitaphana.fund.tests.factories import AT, ON, receive
from kitaphana.fund.tests.test_views import signed_in

pytestmark = pytest.mark.django_db

HEADS = [
    "Инвентарный №",
    "Дата записи",
    "Автор и заглавие",
    "Год издания",
    "Цена",
    "Вид",
    "Кол-во",
    "Отметка о выбытии",
]
GOOD: list[list[Any]] = [
    [1, "12.03.2014", "Әуезов М. О. Абай жолы", 2014, "1 250,50", "", "", ""],
    [2, "12.03.2014", "Әуезов М. О. Абай жолы", 2014, "1 250,50", "", "", ""],
    [5, "01.09.2019", "Сказки народов мира", 2018, 900, "книга", "", ""],
    [7, "01.09.2019", "Атлас", "", "", "", "", "акт № 4 от 12.12.2020"],
    ["", "15.08.2024", "Алгебра. 7-сынып", 2024, 2100, "учебник", 60, ""],
]


def csv(rows: Iterable[Sequence[Any]], heads: Sequence[str] = HEADS) -> bytes:
    return "\n".join(";".join(str(cell) for cell in row) for row in [heads, *rows]).encode()


def workbook(rows: Iterable[Sequence[Any]]) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return stream.getvalue()


def take(world: Any, data: bytes, **more: Any) -> fund.OpeningResult:
    values = {"actor": world.librarian, "library": world.school, "start": ON, "at": AT, "command_id": new_id()}
    return fund.take_opening(data=data, file_name="inventory.csv", **{**values, **more})


def plan(world: Any, data: bytes, **more: Any) -> fund.OpeningPlan:
    values = {"actor": world.librarian, "library": world.school, "start": ON, "at": AT}
    return fund.plan_opening(data=data, file_name="inventory.csv", **{**values, **more})


def assert_sound() -> None:
    assert list(checks.invariants()) == []


def test_a_book_is_taken_with_its_numbers_and_cards(world: Any) -> None:
    result = take(world, csv(GOOD))
    assert (result.read, result.taken.rows, result.taken.copies, result.withdrawn) == (5, 4, 63, 1)
    assert result.problems == []
    copies = Copy.objects.order_by("inventory_number")
    assert [(copy.inventory_number, str(copy.price)) for copy in copies] == [
        (1, "1250.50"),
        (2, "1250.50"),
        (5, "900.00"),
    ]
    assert copies[0].record_id == copies[1].record_id
    assert copies[0].record.authors == ["Әуезов, М. О."]
    card = Stock.objects.get()
    assert (card.fund, card.quantity, card.record.kind) == ("TEXTBOOK", 60, "TEXTBOOK")
    assert {(act.kind, act.on, act.receipt_entry) for act in Act.objects.all()} == {("OPENING", ON, None)}
    assert_sound()


def test_the_series_goes_on_after_the_greatest_number_of_the_book(world: Any) -> None:
    take(world, csv(GOOD))
    act = receive(world.librarian, world.school, 2)
    assert [copy.inventory_number for copy in queries.copies_received_by(act)] == [8, 9]  # 7 was written off
    assert_sound()


def test_the_summary_book_opens_with_the_balance(world: Any) -> None:
    take(world, csv(GOOD))
    receive(world.librarian, world.school, 2, price="100.00")
    book = queries.summary_book(world.school, "CORE", 2026)
    assert (book.opening.total.copies, book.opening.total.amount) == (3, Decimal("3401.00"))
    assert (book.receipts_total.total.copies, len(book.receipts), book.receipts[0].number) == (2, 1, 1)
    assert book.closing.total.copies == 5
    assert queries.summary_book(world.school, "CORE", 2027).opening.total.copies == 5
    figures = queries.fund_figures(
        world.librarian.reach(queries_permission()), first=date(2026, 1, 1), last=date(2026, 12, 31)
    )
    assert (figures.copies, figures.received) == (65, 2)


def queries_permission() -> Any:
    from kitaphana.core.access import Permission

    return Permission.FUND_VIEW


def test_the_inventory_book_keeps_the_dates_of_the_former_book(world: Any) -> None:
    take(world, csv(GOOD))
    page = queries.inventory_book(world.school, "CORE")
    assert [(line.inventory_number, line.on) for line in page.lines] == [
        (1, date(2014, 3, 12)),
        (2, date(2014, 3, 12)),
        (5, date(2019, 9, 1)),
    ]


def test_the_same_file_again_doubles_nothing(world: Any) -> None:
    take(world, csv(GOOD))
    before = (Act.objects.count(), LedgerEntry.objects.count(), Copy.objects.count(), Record.objects.count())
    again = take(world, csv(GOOD))
    assert (again.already, again.taken.rows, again.acts) == (4, 0, [])
    assert before == (Act.objects.count(), LedgerEntry.objects.count(), Copy.objects.count(), Record.objects.count())


def test_a_power_cut_in_the_middle_is_gone_on_from(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kitaphana.fund.services.opening.CHUNK", 2)
    rows = [[number, "", f"Кітап {number}", "", 100, "", "", ""] for number in range(1, 10)]
    command = new_id()

    class Cut(Exception):
        pass

    def cut(done: int, total: int) -> None:
        if done >= 13:
            raise Cut

    with pytest.raises(Cut):
        take(world, csv(rows), command_id=command, progress=cut)
    assert Copy.objects.count() == 4
    assert_sound()
    result = take(world, csv(rows), command_id=command)
    assert (result.already, result.taken.rows, Copy.objects.count()) == (4, 5, 9)
    assert_sound()


def test_bad_rows_say_what_and_what_to_do(world: Any) -> None:
    receive(world.librarian, world.school, 1, title="Көшпенділер")  # takes inventory number 1
    rows = [
        [1, "", "Мұқагали Мақатаев. Аманат", 2000, 500, "", "", ""],
        [10, "", "", 2000, 500, "", "", ""],
        [11, "", "Қазақ ертегілері", 2000, "бес жүз", "", "", ""],
        [12, "40.13.2000", "Қазақ ертегілері", 2000, 500, "", "", ""],
        [13, "11.09.2026", "Қазақ ертегілері", 2000, 500, "", "", ""],
        ["", "", "Математика", 2000, 500, "оқулық", -3, ""],
        ["", "", "Математика", 2000, 500, "оқулық", 20001, ""],
        [14, "", "Қазақ ертегілері", 2000, 500, "", "", ""],
        [14, "", "Балалар әңгімелері", 2000, 500, "", "", ""],
        [15, "", "Қазақ ертегілері", 2000, 500, "", 4, ""],
        ["", "", "Қазақ ертегілері", 2000, 500, "", "", ""],
        ["12-а", "", "Қазақ ертегілері", 2000, 500, "", "", ""],
        [16, "", "Қазақ ертегілері", 2099, 500, "", "", ""],
        [17, "", "Қазақ ертегілері", 2000, -5, "", "", ""],
        [18, "", "Қазақ ертегілері", 2000, 500, "ыдыс", "", ""],
    ]
    found = plan(world, csv(rows))
    assert [(one.row, one.code) for one in found.problems] == [
        (2, "number_used"),
        (3, "no_title"),
        (4, "bad_price"),
        (5, "bad_date"),
        (6, "after_start"),
        (7, "bad_quantity"),
        (8, "bad_quantity"),
        (10, "number_twice"),
        (11, "number_and_quantity"),
        (12, "no_number"),
        (13, "bad_number"),
        (14, "bad_year"),
        (15, "bad_price"),
        (16, "bad_kind"),
    ]
    assert all(one.message and one.advice and one.column_title for one in found.problems)
    assert [row.number for row in found.rows] == [14]


def test_an_edition_of_the_catalogue_is_known_again(world: Any) -> None:
    take(world, csv(GOOD[:1]))
    mine = Record.objects.get()
    assert mine.language == "kaz"  # by the letters of the author
    rows = [[1, "", "Әуезов М. АБАЙ ЖОЛЫ", 2014, 700, "", "", ""]]
    take(world, csv(rows), library=world.neighbour, actor=world.neighbour_librarian)
    assert Copy.objects.get(library=world.neighbour).record_id == mine.pk
    assert Record.objects.count() == 1


def test_a_changed_number_of_volumes_is_not_taken_twice(world: Any) -> None:
    take(world, csv(GOOD[4:]))
    changed = [["", "15.08.2024", "Алгебра. 7-сынып", 2024, 2100, "учебник", 65, ""]]
    assert [one.code for one in plan(world, csv(changed)).problems] == ["count_differs"]
    act = Act.objects.get()
    fund.reverse(actor=world.librarian, act=act, on=ON, at=AT, command_id=new_id())
    assert take(world, csv(changed)).taken.copies == 65
    book = queries.summary_book(world.school, "TEXTBOOK", 2026)
    assert (book.opening.total.copies, book.receipts_total.total.copies, book.closing.total.copies) == (65, 0, 65)
    assert_sound()


def test_an_opening_act_reversed_in_a_later_year_is_a_storno(world: Any) -> None:
    take(world, csv(GOOD[:3]), start=date(2025, 12, 1))
    fund.reverse(actor=world.librarian, act=Act.objects.get(), on=ON, at=AT, command_id=new_id())
    book = queries.summary_book(world.school, "CORE", 2026)
    assert (book.opening.total.copies, book.receipts_total.total.copies, book.closing.total.copies) == (3, -3, 0)
    assert [entry.number for entry in book.receipts] == [1]
    assert_sound()


def test_columns_can_be_told_by_hand(world: Any) -> None:
    data = csv([["77", "Аңыз", "300"]], ["А", "Б", "В"])
    assert plan(world, data).rows == []
    found = plan(world, data, columns=["number", "title", "price"])
    assert [(row.number, row.title, row.price) for row in found.rows] == [(77, "Аңыз", Decimal("300.00"))]


def test_a_workbook_with_titles_above_and_numbered_columns(world: Any) -> None:
    rows = [["№ 5 мектеп"], [], ["Түгендеу нөмірі", "Жазылған күні", "Авторы", "Атауы", "Бағасы"], [1, 2, 3, 4, 5],
            [31, "05.03.2012", "Мақатаев М.", "Аманат", 850.5]]  # fmt: skip
    found = plan(world, workbook(rows))
    assert [(row.row, row.number, row.authors, row.price) for row in found.rows] == [
        (5, 31, ("Мақатаев, М.",), Decimal("850.50"))
    ]


def test_nobody_without_the_right_and_no_closed_period(world: Any) -> None:
    with pytest.raises(NotAllowed):
        plan(world, csv(GOOD), actor=world.neighbour_librarian)
    with pytest.raises(errors.DateInFuture):
        plan(world, csv(GOOD), start=date(2027, 1, 1))


def test_given_barcodes_are_kept(world: Any) -> None:
    heads = ["inv. no", "title", "price", "barcode"]
    take(world, csv([[1, "A tale", 10, "B0001"], [2, "A tale", 10, ""]], heads))
    first, second = Copy.objects.order_by("inventory_number")
    assert first.barcode == "B0001"
    assert second.barcode.startswith("2")
    twice = plan(world, csv([[3, "A tale", 10, "B0001"]], heads))
    assert [one.code for one in twice.problems] == ["barcode_used"]
    assert_sound()


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("Инв. №", "number"),
        ("ИНВЕНТАРНЫЙ НОМЕР", "number"),
        ("Түгендеу №", "number"),
        ("Автор, заглавие", "heading"),
        ("Кітаптың атауы", "title"),
        ("Цена (тенге)", "price"),
        ("ӘОЖ", "udc"),
        ("ББК", "bbk"),
        ("Кол-во экз.", ""),
        ("Штрих-код", "barcode"),
        ("№ п/п", ""),
    ],
)
def test_headers(text: str, column: str) -> None:
    assert opening.header_column(text) == column


def test_prices() -> None:
    assert opening.price_of("1 250,50 тг.") == Decimal("1250.50")
    assert opening.price_of("12,500.00") == Decimal("12500.00")
    assert opening.price_of(0.1) == Decimal("0.10")
    assert [opening.price_of(bad) for bad in ("-1", "abc", "1e9", True, "100000000")] == [None] * 5


_ROWS = st.lists(
    st.tuples(
        st.one_of(st.integers(1, 12), st.just(""), st.just("x")),
        st.sampled_from(["Абай жолы", "Қан мен тер", "Көшпенділер", ""]),
        st.sampled_from(["0", "100", "99,99", "жоқ"]),
        st.sampled_from(["", "оқулық", "кітап"]),
        st.sampled_from(["", 1, 5, -2]),
        st.sampled_from(["", "", "", "акт 3"]),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=_ROWS)
def test_every_row_is_counted_once_and_balances_are_the_sums(world: Any, rows: list[tuple[Any, ...]]) -> None:
    from django.db import transaction

    with transaction.atomic():
        data = csv(rows, ["Инв. №", "Название", "Цена", "Вид", "Количество", "Списано"])
        first = plan(world, data)
        result = take(world, data)
        filled = sum(1 for row in rows if any(str(cell) for cell in row))
        assert first.total == result.taken
        assert result.read == filled == result.taken.rows + result.already + result.withdrawn + result.rejected
        balances = [queries.balance(world.school, kind, ON).total for kind in ("CORE", "TEXTBOOK")]
        assert sum(one.copies for one in balances) == result.taken.copies
        assert sum(one.amount for one in balances) == result.taken.amount
        assert_sound()
        again = take(world, data)
        assert (again.taken.rows, again.already) == (0, result.taken.rows)
        assert not Act.objects.exclude(kind=ActKind.OPENING).exists()
        transaction.set_rollback(True)


def test_the_walk_from_the_file_to_the_summary_book(world: Any) -> None:
    client = signed_in(world.librarian)
    file = SimpleUploadedFile("кітап.csv", csv([*GOOD, [20, "", "", "", "", "", "", ""]]))
    answer = client.post(reverse("fund:opening"), {"file": file, "start": ON.isoformat(), "fund": "CORE"}, follow=True)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "The title is missing." in text
    assert "Take 63 volumes" in text
    address = answer.redirect_chain[-1][0]
    bad = client.get(address.replace("/?", "/bad-rows.xlsx?"))
    assert b"".join(bad.streaming_content).startswith(b"PK")
    upload = address.split("/")[-2]
    sent = {"start": ON.isoformat(), "fund": "CORE"} | dict(answer.context["chosen"])
    taken = client.post(reverse("fund:opening_take", args=[upload]), sent, follow=True)
    client.post(reverse("fund:opening_take", args=[upload]), sent)
    assert Job.objects.filter(name="fund.take_opening").count() == 1
    while jobs.run_next():
        pass
    page = client.get(taken.redirect_chain[-1][0]).content.decode()
    assert "is taken" in page
    job = Job.objects.get(name="fund.take_opening")
    assert job.result["taken"] == {"rows": 4, "copies": 63, "amount": "129401.00"}
    bad = client.get(reverse("fund:opening_run_problems", args=[job.pk]))
    assert b"".join(bad.streaming_content).startswith(b"PK")
    for act in Act.objects.all():
        assert client.get(reverse("fund:act", args=[act.pk])).status_code == 200
        assert client.get(reverse("fund:act_pdf", args=[act.pk])).content.startswith(b"%PDF")
    assert client.get(reverse("fund:opening_preview", args=[upload])).status_code == 404


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_our_own_empty_table_can_be_loaded(world: Any, language: str) -> None:
    client = signed_in(world.librarian)
    empty = client.get(reverse("fund:opening_template"), {"language": language})
    found = plan(world, b"".join(empty.streaming_content))
    assert all(found.head.columns)
    assert (found.problems, found.total.copies) == ([], 62)


def test_a_file_that_is_no_table_is_refused_beside_the_field(world: Any) -> None:
    client = signed_in(world.librarian)
    file = SimpleUploadedFile("photo.jpg", b"\xff\xd8\x00\x00")
    answer = client.post(reverse("fund:opening"), {"file": file, "start": ON.isoformat(), "fund": "CORE"})
    assert answer.status_code == 422


def test_the_command_line(world: Any, tmp_path: Any) -> None:
    path = tmp_path / "book.csv"
    path.write_bytes(csv([*GOOD, [20, "", "", "", "", "", "", ""]]))
    for flags, copies in ((["--try"], 0), ([], 3)):
        out = io.StringIO()
        call_command("import_inventory", str(path), "--library", world.school.code, "--json", *flags, stdout=out)
        found = json.loads(out.getvalue())
        assert (found["taken"]["copies"], found["rejected"]) == (63, 1)
        assert Copy.objects.count() == copies


def test_an_act_needs_the_same_statements_for_any_number_of_rows(world: Any) -> None:
    """A thousand rows must not be a thousand questions to the database."""

    def statements(first: int, last: int) -> int:
        rows = [[number, "", f"Кітап {number % 7}", 2000, 100, "", "", ""] for number in range(first, last)]
        with CaptureQueriesContext(connection) as captured:
            assert take(world, csv(rows)).taken.rows == last - first
        return len(captured)

    statements(1, 30)  # the editions are described
    few, many = statements(30, 60), statements(60, 660)
    assert many <= few + 12  # rows are written by the hundred
