"""The reading list: what is imported, matched, held, read."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import xlsxwriter
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitaphana.core import jobs
from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.core.text.kazakh import fold
from kitaphana.curriculum import checks, errors, matching, reading, reading_papers, services
from kitaphana.curriculum.enums import Term
from kitaphana.curriculum.jobs import MATCH
from kitaphana.curriculum.models import CurriculumWork, WorkEdition
from kitaphana.curriculum.reading import Status
from kitaphana.curriculum.reading_sheet import ReadingRow, read_sheet
from kitaphana.curriculum.terms import term_on
from kitaphana.curriculum.tests.factories import AT
from kitaphana.fund.tests.factories import record

pytestmark = pytest.mark.django_db


def table(*rows: tuple[object, ...]) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return stream.getvalue()


HEAD = ("Сынып", "Оқыту тілі", "Пән", "Тоқсан", "Автор", "Шығарма", "Міндетті", "ISBN")
KOZHA = ("5", "қазақ", "Қазақ әдебиеті", "2", "Бердібек Соқпақбаев", "Менің атым Қожа", "иә", "")
WOLF = ("5-7", "қазақ", "", "ІІІ тоқсан", "М. Әуезов", "Көксерек", "ұсынылады", "")


def book(title: str, *authors: str, **columns: object):
    return record(title, authors=list(authors), sort_title=matching.sort_title(title), **columns)


def add(world, title: str = "Көксерек", author: str = "Мұхтар Әуезов", **fields: object) -> CurriculumWork:
    values = {"grade": 7, "language": "kaz", "subject": "Қазақ әдебиеті", "organization": world.country, **fields}
    return services.add_work(actor=SYSTEM, school_year=2026, author=author, title=title, at=AT, **values)


def test_a_list_is_read_with_every_bad_row() -> None:
    sheet = read_sheet(
        table(
            HEAD,
            KOZHA,
            WOLF,
            (13, "қазақ", "", "", "", "Абай жолы"),
            (5, "марс", "", "", "", "Абай жолы"),
            (5, "қазақ", "", "7", "", ""),
            KOZHA,
            (5, "қазақ", "", "", "", "Ер Төстік", "мүмкін", "123"),
        ),
        "list.xlsx",
    )
    assert sheet.read == 7
    kozha, wolf = sheet.rows
    assert (kozha.grades, kozha.term, kozha.is_compulsory) == ((5,), 2, True)
    assert (wolf.grades, wolf.term, wolf.is_compulsory, wolf.subject_of(5)) == ((5, 6, 7), 3, False, "Қазақ әдебиеті")
    assert [(one.row, one.code) for one in sheet.errors] == [
        (4, "bad_grade"),
        (5, "unknown_language"),
        (6, "missing_title"),
        (6, "bad_term"),
        (7, "doubled"),
        (8, "bad_answer"),
        (8, "bad_isbn"),
    ]
    assert all(one.message and one.column_title for one in sheet.errors)


def test_a_file_without_the_columns_is_refused() -> None:
    with pytest.raises(errors.NoTitleColumn):
        read_sheet(table(("сынып", "кім")), "list.xlsx")


def test_columns_with_a_first_and_a_last_grade() -> None:
    sheet = read_sheet("grade_from,grade_to,language,author,title\n2,4,kaz,,Ертегілер\n".encode(), "list.csv")
    assert sheet.rows[0].grades == (2, 3, 4)
    assert sheet.rows[0].subject_of(4) == "Әдебиеттік оқу"


@pytest.mark.parametrize(
    ("author", "title", "record_title", "authors", "is_one"),
    [
        ("Мұхтар Әуезов", "Көксерек", "Көксерек", ["Әуезов, Мұхтар"], True),
        ("М. Әуезов", "Көксерек", "Көксерек.", ["Ауэзов, М. О."], True),
        ("Міржақып Дулатов", "Оян, қазақ!", "Оян, қазақ", ["Дулатұлы, Міржақып"], True),
        ("Абай Құнанбаев", "Қара сөз", "Қара сөз", ["Құнанбайұлы, Абай"], True),
        ("Марк Твен", "Том Сойер", "Том Сойер", ["Марк Твен"], True),
        ("Мұхтар Әуезов", "Көксерек", "Көксерек", [], False),
        ("Мұхтар Әуезов", "Көксерек", "Көксерек", ["Мағауин, Мұхтар"], False),
        ("", "Ер Төстік", "Ер Төстік", [], True),
        ("", "Қыз Жібек", "Қыз Жібек", ["Мүсірепов, Ғабит"], False),
        ("Ғабит Мүсірепов", "Қыз Жібек", "Қыз Жібек", [], False),
    ],
)
def test_an_edition_is_recognised(author, title, record_title, authors, is_one) -> None:
    assert matching.is_edition(author, title, record_title, authors) is is_one


def test_import_finds_editions_and_twice_adds_nothing(world, django_assert_num_queries) -> None:
    kozha = book("Менің атым Қожа", "Соқпақбаев, Бердібек")
    book("Көксерек", "Мағауин, Мұхтар")
    wolves = [book("Көксерек", "Әуезов, Мұхтар", year=year) for year in (2010, 2020)]
    data = table(HEAD, KOZHA, WOLF, (99, "қазақ", "", "", "", "Абай жолы"))
    place = {"organization": world.country, "school_year": 2026, "data": data, "file_name": "list.xlsx"}
    plan = services.plan_works(actor=SYSTEM, **place)
    assert [(one.action, one.editions) for one in plan.rows] == [("added", 1), ("added", 2)]
    assert CurriculumWork.objects.count() == 0
    done = services.import_works(actor=SYSTEM, at=AT, **place)
    assert (done.read, done.added, done.rejected, done.editions) == (3, 2, 1, 3)
    assert WorkEdition.objects.count() == 7
    assert list(WorkEdition.objects.filter(work__grade=5).order_by("record").values_list("record", flat=True)) == [
        kozha.pk,
        *(one.pk for one in wolves),
    ]
    one = CurriculumWork.objects.get(grade=6)
    assert (one.term, one.is_compulsory, one.pupils_per_copy, one.first_year) == (3, False, 5, 2026)
    before = list(CurriculumWork.objects.order_by("pk").values())
    with django_assert_num_queries(8):
        again = services.import_works(actor=SYSTEM, at=AT, **place)
    assert (again.added, again.updated, again.unchanged, again.editions) == (0, 0, 2, 0)
    assert list(CurriculumWork.objects.order_by("pk").values()) == before
    # Another term in the file moves the work; the next year's import finds what holds already.
    moved = table(HEAD, (*KOZHA[:3], "4", *KOZHA[4:]))
    later = services.import_works(actor=SYSTEM, at=AT, **{**place, "data": moved, "school_year": 2027})
    assert (later.updated, later.added) == (1, 0)
    assert CurriculumWork.objects.get(title="Менің атым Қожа").term == 4


def test_a_command_repeated_tells_the_same(world) -> None:
    command = new_id()
    rows = [ReadingRow(2, (5, 6), "kaz", "", "Мұхтар Әуезов", "Көксерек")]
    place = {"organization": world.country, "school_year": 2026, "rows": rows, "at": AT, "command_id": command}
    first = services.write_works(actor=SYSTEM, **place)
    second = services.write_works(actor=SYSTEM, **place)
    assert (first.added, second.added) == (1, 1)
    assert CurriculumWork.objects.count() == 2


def test_what_a_person_took_out_stays_out(world) -> None:
    wolf = book("Көксерек", "Әуезов, Мұхтар")
    work = add(world)
    edition = work.editions.get()
    assert edition.record == wolf
    services.remove_work_edition(actor=SYSTEM, edition=edition, at=AT)
    other = book("Көксерек", "Әуезов, М.")
    assert services.match_works(actor=SYSTEM, organization=world.country, school_year=2026, at=AT) == 1
    assert [one.record for one in reading.editions_of([work.pk])[work.pk]] == [other]
    back = services.add_work_edition(actor=SYSTEM, work=work, record=wolf, at=AT)
    assert (back.pk, back.is_manual, back.is_left_out) == (edition.pk, True, False)
    with pytest.raises(errors.WorkHasEdition):
        services.add_work_edition(actor=SYSTEM, work=work, record=wolf, at=AT)


def test_a_work_is_changed_and_taken_out(world) -> None:
    book("Көксерек", "Әуезов, Мұхтар")
    work = add(world)
    assert work.editions.count() == 1
    changed = services.change_work(actor=SYSTEM, work=work, at=AT, term=3, title="Абай жолы")
    assert (changed.term, changed.editions.count()) == (3, 0)
    add(world)
    with pytest.raises(errors.WorkExists):
        services.change_work(actor=SYSTEM, work=work, at=AT, title="Көксерек")
    with pytest.raises(errors.WorkExists):
        add(world, author="М. Әуезов")
    with pytest.raises(errors.BadWork):
        add(world, "…")
    with pytest.raises(errors.BadWork):
        services.change_work(actor=SYSTEM, work=work, at=AT, pupils_per_copy=0)
    services.remove_work(actor=SYSTEM, work=work, school_year=2027, at=AT)
    work.refresh_from_db()
    assert work.last_year == 2026
    assert "Абай жолы" in {one.title for one in reading.works_of(world.school, 2026)}
    assert "Абай жолы" not in {one.title for one in reading.works_of(world.school, 2027)}
    services.remove_work(actor=SYSTEM, work=work, school_year=2026, at=AT)
    assert not CurriculumWork.objects.filter(pk=work.pk).exists()


def test_a_school_has_its_own_line(world) -> None:
    work = add(world, term=1)
    own = services.copy_work(actor=SYSTEM, work=work, organization=world.school, school_year=2026, at=AT)
    services.change_work(actor=SYSTEM, work=own, at=AT, term=4)
    assert [(one.pk, one.term) for one in reading.works_of(world.school, 2026)] == [(own.pk, 4)]
    assert [one.pk for one in reading.works_of(world.country, 2026)] == [work.pk]
    with pytest.raises(errors.WorkExists):
        services.copy_work(actor=SYSTEM, work=work, organization=world.school, school_year=2026, at=AT)


def test_only_editors_of_the_node_change_its_list(world) -> None:
    work = add(world)
    with pytest.raises(NotAllowed):
        services.change_work(actor=world.librarian, work=work, at=AT, term=2)
    with pytest.raises(NotAllowed):
        services.import_works(
            actor=world.librarian, organization=world.country, school_year=2026, data=b"", file_name="x", at=AT
        )


@pytest.mark.parametrize(
    ("day", "term"),
    [("2026-09-01", 1), ("2026-10-28", 2), ("2026-12-30", 2), ("2026-12-31", 3), ("2027-01-15", 3), ("2027-03-20", 3),
     ("2027-03-21", 4), ("2027-07-31", 4), ("2027-08-01", 1)],
)  # fmt: skip
def test_terms(day, term) -> None:
    assert term_on(dt.date.fromisoformat(day)) == term


def test_by_night_new_editions_are_found(world) -> None:
    work = add(world)
    assert not work.editions.exists()
    book("Көксерек", "Әуезов, Мұхтар")
    jobs.enqueue(MATCH)
    while jobs.run_next():
        pass
    assert work.editions.count() == 1
    assert list(checks.invariants()) == []


def test_a_spoilt_list_is_reported(world) -> None:
    work = add(world)
    own = CurriculumWork.objects.get(pk=work.pk)
    own.pk, own.first_year = None, 2027
    own.save()
    CurriculumWork.objects.filter(pk=work.pk).update(title="Абай жолы")
    assert {one.code for one in checks.invariants()} == {"curriculum.work_key", "curriculum.work_twice"}


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_model_file_is_read_in_every_language(language) -> None:
    with override(language):
        sheet = read_sheet(reading_papers.model_xlsx().read(), "model.xlsx")
    assert not sheet.errors
    assert [(one.grades, one.term, one.is_compulsory, one.pupils_per_copy) for one in sheet.rows] == [
        ((5,), 2, True, 2),
        ((5, 6, 7), None, False, 5),
    ]


NAMES = st.sampled_from(["Мұхтар Әуезов", "М. Әуезов", "Әуезов, Мұхтар", "Бердібек Соқпақбаев", ""])
TITLES = st.sampled_from(["Көксерек", "КӨКСЕРЕК", "Менің атым Қожа", "«Көксерек»", "Абай жолы", "Қилы заман"])
ROWS = st.lists(
    st.builds(
        ReadingRow,
        row=st.integers(2, 99),
        grades=st.sampled_from([(5,), (5, 6, 7), (7,)]),
        language=st.sampled_from(["kaz", "rus"]),
        subject=st.sampled_from(["", "Қазақ әдебиеті", "қазақ әдебиеті"]),
        author=NAMES,
        title=TITLES,
        term=st.sampled_from([None, Term.YEAR, 1, 4]),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, books=st.lists(st.tuples(TITLES, NAMES), max_size=5))
def test_importing_twice_adds_nothing(world, rows, books) -> None:
    CurriculumWork.objects.all().delete()
    for title, author in books:
        book(title, *([author] if author else []))
    place = {"organization": world.country, "school_year": 2026}
    services.write_works(actor=SYSTEM, rows=rows, at=AT, **place)
    works = list(CurriculumWork.objects.order_by("pk").values("pk", "key", "grade", "language", "subject"))
    editions = list(WorkEdition.objects.order_by("pk").values_list("work", "record"))
    again = services.write_works(actor=SYSTEM, rows=rows, at=AT, **place)
    assert (again.added, again.editions) == (0, 0)
    assert list(CurriculumWork.objects.order_by("pk").values("pk", "key", "grade", "language", "subject")) == works
    assert list(WorkEdition.objects.order_by("pk").values_list("work", "record")) == editions
    assert services.match_works(actor=SYSTEM, at=AT, **place) == 0
    # Every edition that was found agrees with its work; nothing that agrees was missed.
    for edition in WorkEdition.objects.select_related("work", "record"):
        assert matching.is_edition(
            edition.work.author, edition.work.title, edition.record.title, edition.record.authors
        )
    assert len({(one["key"], one["grade"], one["language"], fold(one["subject"])) for one in works}) == len(works)


def test_statuses_of_the_enum_are_words() -> None:
    assert Status("READ") == Status.READ
