"""Pages of the reading list in every role, with the numbers of statements of the hot ones."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from kitaphana.catalog.models import RecordIsbn
from kitaphana.circulation import services as circulation
from kitaphana.circulation.tests.factories import give_back, lend, reader
from kitaphana.core import clock
from kitaphana.core.access import SYSTEM
from kitaphana.core.ids import new_id
from kitaphana.curriculum import reading, services
from kitaphana.curriculum.models import CurriculumWork, WorkEdition
from kitaphana.curriculum.reading import Status
from kitaphana.curriculum.reading_sheet import read_sheet
from kitaphana.curriculum.tests.factories import AT
from kitaphana.curriculum.tests.test_reading import HEAD, KOZHA, WOLF, book, table
from kitaphana.curriculum.tests.test_views import client_of
from kitaphana.fund import services as fund
from kitaphana.fund.models import Copy, Stock
from kitaphana.fund.tests.factories import receipt
from kitaphana.people.models import Membership, SchoolClass

pytestmark = pytest.mark.django_db

ISBN = "9786012345674"
LINKED = (
    '{"leader":"00000nam a2200000   4500","fields":[{"245":{"ind1":"1","ind2":"0","subfields":[{"a":"Қилы заман"}]}},'
    '{"856":{"ind1":"4","ind2":"0","subfields":[{"u":"https://example.org/qily-zaman"}]}}]}'
)


@pytest.fixture
def client(world) -> Client:
    return client_of("librarian")


def copies(world, record, quantity: int = 1) -> list[Copy]:
    line = fund.ReceiptLine(record=record, quantity=quantity, price=Decimal("1000.00"))
    act = fund.receive(actor=SYSTEM, library=world.school, receipt=receipt(line), at=AT, command_id=new_id())
    return list(Copy.objects.filter(received_by__act=act).order_by("inventory_number"))


@pytest.fixture
def shelf(world):
    """A class of two pupils, three works of it, copies of the first, one lent and one brought back."""
    readers = [reader(world.school, surname, "Арман", grade=7, letter="А") for surname in ("Ахметов", "Болатов")]
    grade = readers[0].school_class
    wolf = book("Көксерек", "Әуезов, Мұхтар")
    RecordIsbn.objects.create(record=wolf, isbn=ISBN)
    link = book("Қилы заман", "Әуезов, Мұхтар", marc=LINKED)
    works = [
        services.add_work(
            actor=SYSTEM,
            organization=world.country,
            school_year=2026,
            grade=7,
            language="kaz",
            subject="Қазақ әдебиеті",
            author="Мұхтар Әуезов",
            title=title,
            term=term,
            at=AT,
        )
        for title, term in (("Көксерек", 1), ("Қилы заман", 0), ("Абай жолы", 4))
    ]
    volumes = copies(world, wolf, 2)
    for one, volume in zip(readers, volumes, strict=True):
        lend(SYSTEM, one, volume)
    give_back(SYSTEM, volumes[1], AT + dt.timedelta(days=3))
    return grade, readers, works, link


def test_statuses_and_holdings(world, shelf, django_assert_num_queries) -> None:
    grade, readers, works, link = shelf
    with django_assert_num_queries(1):
        held = reading.holdings([one.pk for one in works], world.school)
    assert (held[works[0].pk].total, held[works[0].pk].free, held[works[0].pk].lent) == (2, 1, 1)
    assert works[1].pk not in held
    with django_assert_num_queries(8):
        shown = reading.class_reading(grade, 1, with_pupils=True)
    assert [one.work for one in shown.lines] == works[:2]
    assert [one.marks for one in shown.pupils] == [(Status.HAS, Status.NOT_YET), (Status.READ, Status.NOT_YET)]
    first, second = shown.lines
    assert (first.pupils, first.needed, first.missing, first.electronic) == (2, 1, 0, None)
    assert (second.needed, second.missing, second.electronic.link) == (1, 1, "https://example.org/qily-zaman")
    with django_assert_num_queries(5):
        assert reading.class_reading(grade, 1, with_pupils=False).pupils == []
    with django_assert_num_queries(7):
        mine = reading.to_read(readers[1], dt.date(2026, 9, 20))
    assert [(one.work, one.status, one.holding.free, one.link) for one in mine] == [
        (works[0], Status.READ, 1, ""),
        (works[1], Status.NOT_YET, 0, "https://example.org/qily-zaman"),
    ]
    assert mine[0].record.title == "Көксерек"
    assert reading.to_read(readers[1], dt.date(2027, 9, 20)) == []
    assert [one.grade for one in reading.places_of_record(link, world.school, 2026)] == [7]


def test_volumes_kept_by_count_and_all_editions_are_held_together(world, shelf) -> None:
    _grade, readers, works, _link = shelf
    brochure = book("Көксерек", "Әуезов, М.", kind="BROCHURE")
    services.match_works(actor=SYSTEM, organization=world.country, school_year=2026, at=AT)
    line = fund.ReceiptLine(record=brochure, quantity=10, price=Decimal("300.00"), is_counted=True)
    for library in (world.school, world.neighbour):
        fund.receive(actor=SYSTEM, library=library, receipt=receipt(line), at=AT, command_id=new_id())
    card = Stock.objects.get(library=world.school, record=brochure)
    circulation.issue(
        actor=SYSTEM,
        library=world.school,
        lines=[circulation.IssueLine(person_id=readers[1].person_id, stock_id=card.pk)],
        at=AT + dt.timedelta(days=5),
        command_id=new_id(),
    )
    work = works[0].pk
    held = reading.holdings([work], world.school)[work]
    assert (held.total, held.free, held.lent) == (12, 10, 2)
    both = reading.holdings([work], world.district)[work]
    assert (both.total, both.free, both.lent) == (22, 20, 2)
    # What the school has too many of does not help the neighbour, nor the other way round.
    for number in range(25):
        reader(world.neighbour, f"Оқушы{number}", grade=7, letter="А")
    line = reading.work_lines([works[0]], world.district, 2026)[0]
    assert (line.pupils, line.needed, line.missing) == (27, 14, 3)
    assert reading.holdings_of_records([brochure.pk], world.school)[brochure.pk].free == 9
    found = reading.statuses([one.person_id for one in readers], [work], 2026)
    assert found == {(one.person_id, work): Status.HAS for one in readers}


def test_the_neighbour_sees_the_list_but_its_own_shelf(world, shelf) -> None:
    works = shelf[2]
    held = reading.holdings([one.pk for one in works], world.neighbour)
    assert held == {}
    first, year, last = works
    assert reading.works_of(world.neighbour, 2026) == [first, last, year]


def test_a_list_of_works(world, shelf, client, django_assert_max_num_queries) -> None:
    address = reverse("reading:works")
    with django_assert_max_num_queries(18):
        text = client.get(address, {"year": 2026}).content.decode()
    for words in ("Көксерек", "Қилы заман", "Абай жолы", "Grade 7", "12–13 years", "1 of 2", "no edition"):
        assert words in text
    text = client.get(address, {"year": 2026, "term": 1, "grade": 7, "language": "kaz"}).content.decode()
    assert "Көксерек" in text
    assert "Абай жолы" not in text
    assert "Абай жолы" in client.get(address, {"year": 2026, "state": "no_edition"}).content.decode()
    text = client.get(address, {"year": 2026, "state": "missing"}).content.decode()
    assert "Қилы заман" in text
    assert "Көксерек" not in text
    assert "Show all works" in client.get(address, {"year": 2026, "age": "6-10"}).content.decode()
    assert "Көксерек" in client.get(address, {"year": 2026, "age": "10-15"}).content.decode()
    assert client.get(address, {"year": "x", "grade": "99999999999", "term": "7", "cursor": "-1"}).status_code == 200


def test_the_workbook_is_read_back(world, shelf, client) -> None:
    answer = client.get(reverse("reading:xlsx"), {"year": 2026})
    data = b"".join(answer.streaming_content)
    sheet = read_sheet(data, "works.xlsx")
    assert not sheet.errors
    assert {one.title for one in sheet.rows} == {"Көксерек", "Қилы заман", "Абай жолы"}
    done = services.import_works(
        actor=SYSTEM, organization=world.country, school_year=2026, data=data, file_name="works.xlsx", at=AT
    )
    assert (done.unchanged, done.added, done.updated) == (3, 0, 0)


def test_a_librarian_keeps_an_own_line(world, shelf, client) -> None:
    work = shelf[2][0]
    page = client.get(reverse("reading:work", args=[work.pk]), {"year": 2026}).content.decode()
    assert "Make our own line" in page
    assert "data-scan" not in page
    assert client.post(reverse("reading:editions", args=[work.pk]), {"code": ISBN}).status_code == 403
    assert client.get(reverse("reading:work_edit", args=[work.pk])).status_code == 403
    answer = client.post(reverse("reading:state", args=[work.pk]), {"action": "copy", "year": 2026})
    own = CurriculumWork.objects.get(organization=world.school)
    assert answer["Location"].startswith(reverse("reading:work", args=[own.pk]))
    form = {
        "author": "М. Әуезов", "title": "Көксерек", "grade": 7, "language": "kaz", "subject": "Қазақ әдебиеті",
        "term": 2, "is_compulsory": "on", "pupils_per_copy": 1, "note": "",
    }  # fmt: skip
    assert client.post(reverse("reading:work_edit", args=[own.pk]), form).status_code == 302
    own.refresh_from_db()
    assert (own.term, own.pupils_per_copy) == (2, 1)
    assert client.post(reverse("reading:work_edit", args=[own.pk]), {**form, "title": "…"}).status_code == 422
    client.post(reverse("reading:state", args=[own.pk]), {"action": "remove", "year": 2026})
    assert not CurriculumWork.objects.filter(pk=own.pk).exists()


def test_editions_are_scanned_searched_and_taken_out(world, shelf, client) -> None:
    answer = client.post(
        reverse("reading:work_new"),
        {"author": "", "title": "Өз шығармамыз", "grade": 7, "language": "kaz", "subject": "Қазақ әдебиеті", "term": 0,
         "is_compulsory": "on", "pupils_per_copy": 2, "note": "", "year": 2026, "command_id": str(new_id())},
    )  # fmt: skip
    own = CurriculumWork.objects.get(organization=world.school)
    assert answer["Location"].startswith(reverse("reading:work", args=[own.pk]))
    address = reverse("reading:editions", args=[own.pk])
    hx = {"HX-Request": "true"}
    text = client.post(address, {"code": ISBN, "command_id": str(new_id())}, headers=hx).content.decode()
    assert "«Көксерек» belongs to the work now." in text
    again = client.post(address, {"code": ISBN}, headers=hx).content.decode()
    assert 'data-outcome="refused"' in again
    assert "There is no single edition" in client.post(address, {"code": "9786019999986"}, headers=hx).content.decode()
    assert "Nothing is called" in client.post(address, {"code": "Жоқ кітап"}, headers=hx).content.decode()
    edition = own.editions.get()
    client.post(address, {"take": edition.pk})
    edition.refresh_from_db()
    assert edition.is_left_out
    client.post(address, {"record": edition.record_id})
    assert WorkEdition.objects.get(work=own).is_left_out is False
    assert client.post(address, {"record": "0"}, headers=hx).status_code == 200
    assert client.post(reverse("reading:match"), {"year": 2026}).status_code == 302


def test_upload_preview_confirm(world, client) -> None:
    book("Менің атым Қожа", "Соқпақбаев, Бердібек")
    data = table(HEAD, KOZHA, WOLF, ("?", "қазақ", "", "", "", "Абай жолы"))
    answer = client.post(
        reverse("reading:import"), {"school_year": 2026, "file": SimpleUploadedFile("list.xlsx", data)}
    )
    text = client.get(answer["Location"]).content.decode()
    assert "Rows that will not be taken, and why" in text
    assert "This is not a grade" in text
    assert "5–7" in text
    confirm = answer["Location"].partition("?")[0] + "confirm/"
    answer = client.post(confirm, {"action": "import", "year": 2026, "command_id": str(new_id())}, follow=True)
    assert "2 rows are written. 1 edition is found." in answer.content.decode()
    assert CurriculumWork.objects.filter(organization=world.school).count() == 4
    refused = client.post(
        reverse("reading:import"), {"school_year": 2026, "file": SimpleUploadedFile("x.csv", b"a;b\n1;2\n")}
    )
    assert refused.status_code == 422
    model = client.get(reverse("reading:import_model"))
    assert len(read_sheet(b"".join(model.streaming_content), "model.xlsx").rows) == 2


def test_a_class_reads(world, shelf, client, django_assert_max_num_queries) -> None:
    grade, readers, _works, _link = shelf
    text = client.get(reverse("reading:classes"), {"term": 1}).content.decode()
    if clock.school_year(clock.today()) == 2026:
        assert "7 «А»" in text
    address = reverse("reading:school_class", args=[grade.pk])
    with django_assert_max_num_queries(22):
        text = client.get(address, {"term": 1}).content.decode()
    for words in ("Ахметов", "has now", "has read", "Print the list", "https://example.org/qily-zaman"):
        assert words in text
    assert "Абай жолы" in client.get(address, {"term": 4}).content.decode()
    answer = client.get(reverse("reading:class_pdf", args=[grade.pk]), {"term": 1, "language": "kk"})
    paper = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "Көксерек" in paper
    assert readers[0].person.full_name in paper
    assert SchoolClass.objects.get() == grade


def test_pupils_are_shown_to_those_who_may_see_people(world, shelf) -> None:
    grade = shelf[0]
    address = reverse("reading:school_class", args=[grade.pk])
    paper = reverse("reading:class_pdf", args=[grade.pk])
    director, methodist = client_of("director"), client_of("methodist")
    assert "Ахметов" in director.get(address, {"term": 1}).content.decode()
    text = methodist.get(address, {"term": 1}).content.decode()
    assert "Көксерек" in text
    assert "Ахметов" not in text
    assert methodist.get(paper).status_code == 403
    assert client_of("neighbour").get(address).status_code == 404
    assert client_of("stranger").get(address).status_code == 403
    assert client_of("stranger").get(reverse("reading:works")).status_code == 403
    assert Client().get(reverse("reading:works")).status_code == 302
    assert Membership.objects.count() == 2
