"""The import of readers: who is who, what is rejected, and that repeating doubles nobody."""

from __future__ import annotations

import io
import json
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitaphana.core.models import AuditEntry
from kitaphana.core.text.identifiers import check_digit
from kitaphana.people import errors, roster, services
from kitaphana.people.checks import invariants
from kitaphana.people.models import Enrollment, Membership, Person, SchoolClass

AT = datetime(2026, 9, 10, 4, 0, tzinfo=UTC)
TODAY = date(2026, 9, 10)
HEADER = "Тегі;Аты;Әкесінің аты;Туған күні;ЖСН;Сынып;Билет"


def load(world: Any, text: str | bytes, **more: Any) -> services.ImportResult:
    data = text.encode() if isinstance(text, str) else text
    options = {"actor": world.librarian, "library": world.school, "file_name": "list.csv", "at": AT, **more}
    return services.import_readers(data=data, **options)


def counts(result: services.ImportResult) -> tuple[int, int, int, int, int]:
    return result.read, result.added, result.updated, result.unchanged, result.rejected


def test_import_adds_readers_classes_and_cards(world: Any) -> None:
    result = load(world, f'{HEADER}\nАхметов;Али;;11.12.2006;061211600012;7А;\nОспанова;Айша;;5 наурыз 2014 ж.;;7 "Ә";')
    assert counts(result) == (2, 2, 0, 0, 0)
    assert sorted(one.name for one in SchoolClass.objects.all()) == ["7 «А»", "7 «Ә»"]
    assert [one.card_number for one in Membership.objects.order_by("pk")] == ["900001000018", "900001000026"]
    assert AuditEntry.objects.filter(action="people.readers_imported").count() == 1
    assert list(invariants()) == []


def test_import_says_what_is_wrong_with_each_row_and_imports_the_others(world: Any) -> None:
    lines = [
        HEADER,
        "Жақсы;Жол;;01.09.2013;;7А;C-1",
        ";;;01.09.2013;;7А;",
        "Қате;Жсн;;01.09.2013;061211600013;7А;",
        "Қате;Күн;;31.02.2013;;7А;",
        "Қате;Сынып;;01.09.2013;;Я7;",
        "Болашақ;Күн;;01.09.2030;;7А;",
        "Жақсы;Жол;;01.09.2013;;7А;",
        "Екінші;Карта;;02.09.2013;;7А;C-1",
        "Карта;Нашар;;02.09.2013;;7А;жоқ",
    ]
    result = load(world, "\n".join(lines))
    assert counts(result) == (9, 1, 0, 0, 8)
    assert [(error.row, error.column, error.code) for error in result.errors] == [
        (3, "name", "missing_name"),
        (4, "iin", "bad_iin"),
        (5, "birth_date", "bad_date"),
        (6, "class", "unknown_class"),
        (7, "birth_date", "date_impossible"),
        (8, "name", "duplicate_in_file"),
        (9, "card", "card_twice"),
        (10, "card", "bad_card"),
    ]
    assert Person.objects.count() == 1


def test_import_repeated_changes_nothing(world: Any) -> None:
    text = f"{HEADER}\nАхметов;Али;Серікұлы;;;7А;\nОспанова;Айша;;05.03.2014;;7А;\nСейітов;Дәурен;;;061211600012;8Б;"
    assert counts(load(world, text)) == (3, 3, 0, 0, 0)
    assert counts(load(world, text)) == (3, 0, 0, 3, 0)
    assert (Person.objects.count(), Membership.objects.count()) == (3, 3)


def test_import_of_next_year_moves_readers_up_and_doubles_nobody(world: Any) -> None:
    load(world, "Аты-жөні,Сынып\nАхметов Али,7А\nОспанова Айша,7Ә")
    result = load(world, "Аты-жөні,Сынып\nАхметов Али,8А\nОспанова Айша,8Ә", at=AT.replace(year=2027))
    assert counts(result) == (2, 0, 2, 0, 0)
    assert [one.enrollments.count() for one in Membership.objects.all()] == [2, 2]
    assert list(invariants()) == []


def test_import_completes_a_person_and_keeps_what_the_list_does_not_say(world: Any) -> None:
    load(world, "surname,given name,birth date,phone\nАхметов,Али,2013-09-01,7010001122")
    result = load(
        world,
        "Фамилия;Имя;Отчество;Дата рождения;ИИН\nАхметов;Али;Серикович;01.09.2013;" + iin(date(2013, 9, 1)),
    )
    assert counts(result) == (1, 0, 1, 0, 0)
    person = Person.objects.get()
    assert (person.patronymic, person.phone) == ("Серикович", "7010001122")
    assert person.iin_index is not None


def test_import_refuses_a_card_and_an_iin_of_somebody_else(world: Any) -> None:
    number = iin(date(2013, 9, 1))
    load(world, f"{HEADER}\nАхметов;Али;;;{number};7А;C-1")
    result = load(world, f"{HEADER}\nОспанова;Айша;;02.03.2014;;7А;C-1\nСейітова;Гүлнар;;;{number};7А;")
    assert [error.code for error in result.errors] == ["card_taken", "iin_of_another"]
    assert number not in str([error.as_json() for error in result.errors])
    assert Person.objects.count() == 1


def test_import_of_namesakes_without_birth_date_asks_for_more(world: Any) -> None:
    load(world, f"{HEADER}\nАхметов;Али;;01.02.2013;;7А;\nАхметов;Али;;03.04.2013;;7А;")
    result = load(world, "Аты-жөні;Сынып\nАхметов Али;7А")
    assert [error.code for error in result.errors] == ["ambiguous"]


def test_import_takes_back_who_had_left(world: Any) -> None:
    text = f"{HEADER}\nАхметов;Али;;01.09.2013;;7А;"
    load(world, text)
    services.leave(actor=world.librarian, membership=Membership.objects.get(), reason=services_reason(), at=AT)
    assert counts(load(world, text)) == (1, 0, 1, 0, 0)
    assert Membership.objects.get().left_on is None
    assert list(invariants()) == []


def services_reason() -> Any:
    from kitaphana.people.enums import LeavingReason

    return LeavingReason.LEFT


def iin(born: date, serial: int = 0) -> str:
    """A valid IIN of somebody born on a day of this century."""
    while True:
        body = f"{born:%y%m%d}5{serial:04d}"
        last = check_digit(body)
        if last is not None:
            return body + last
        serial += 1


def test_import_reads_the_same_list_in_every_form_a_school_has(world: Any) -> None:
    rows = [
        ["Фамилия", "Имя", "Дата рождения", "ИИН", "Класс"],
        ["Ахметов", "Әли", "01.09.2013", iin(date(2013, 9, 1)), "7А"],
    ]
    text = "\n".join(";".join(row) for row in rows)
    workbook = io.BytesIO()
    with xlsxwriter.Workbook(workbook) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Список учащихся школы")
        sheet.write_row(2, 0, rows[0])
        sheet.write_row(3, 0, rows[1][:2])
        sheet.write_datetime(
            3,
            2,
            datetime(2013, 9, 1, tzinfo=UTC).replace(tzinfo=None),
            book.add_format({"num_format": "dd.mm.yyyy"}),
        )
        sheet.write_number(3, 3, int(rows[1][3]))
        sheet.write(3, 4, '7 "А"')
    forms = [
        text.encode(),
        text.encode("utf-8-sig"),
        text.encode("utf-16"),
        text.encode("kz1048"),
        text.replace(";", ",").encode(),
        text.replace(";", "\t").encode(),
        workbook.getvalue(),
    ]
    assert [counts(load(world, data))[:4] for data in forms] == [(1, 1, 0, 0)] + [(1, 0, 0, 1)] * 6
    russian = text.replace("Әли", "Олег").replace("Ахметов", "Иванов").encode("cp1251")
    assert counts(load(world, russian))[4] == 1  # the IIN belongs to another person, read correctly


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", errors.UnreadableFile),
        (b"\x00\x01\x02\x03", errors.UnreadableFile),
        (b"PK\x03\x04broken", errors.UnreadableFile),
        ("а;б\nв;г".encode(), errors.NoNameColumn),
        (b"x" * (21 * 1024 * 1024), errors.FileTooLarge),
    ],
)
def test_import_refuses_files_that_are_no_list(world: Any, data: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        load(world, data)
    assert Person.objects.count() == 0


def test_plan_import_writes_nothing_and_foretells_the_import(world: Any) -> None:
    text = f"{HEADER}\nАхметов;Али;;01.09.2013;;7А;\nҚате;Күн;;31.02.2013;;7А;".encode()
    plan = services.plan_import(actor=world.librarian, library=world.school, data=text, file_name="a.csv", today=TODAY)
    assert (Person.objects.count(), SchoolClass.objects.count()) == (0, 0)
    assert counts(plan.result) == counts(load(world, text))


def test_import_statements_do_not_grow_with_rows(world: Any, django_assert_max_num_queries: Any) -> None:
    numbers = []
    for start, rows in ((0, 1), (10, 30)):
        lines = [
            f"Оқушы{chr(0x430 + number)};Али;;{1 + number % 28:02d}.09.2013;;7А;"
            for number in range(start, start + rows)
        ]
        with django_assert_max_num_queries(40) as captured:
            load(world, "\n".join([HEADER, *lines]))
        numbers.append(len(captured))
    assert numbers[1] <= numbers[0]


# Every example begins with an empty school.
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Ахметов", "Оспанов", "Сейітов"]),
            st.sampled_from(["Али", "Айша"]),
            st.sampled_from(["", "01.09.2013", "02.10.2014", "99.99.9999"]),
            st.sampled_from(["7А", "7Ә", "", "қате"]),
        ),
        max_size=12,
    )
)
def test_every_row_is_counted_once_and_a_second_run_adds_nobody(world: Any, rows: list[tuple[str, ...]]) -> None:
    for model in (Enrollment, Membership, SchoolClass, Person):
        model.objects.all().delete()
    text = "\n".join(["Тегі;Аты;Туған күні;Сынып", *(";".join(row) for row in rows)])
    first = load(world, text)
    second = load(world, text)
    for result in (first, second):
        assert result.read == result.added + result.updated + result.unchanged + result.rejected == len(rows)
    assert second.added == 0
    assert list(invariants()) == []


@pytest.mark.slow
def test_five_thousand_rows_in_twenty_seconds(world: Any) -> None:
    lines = [
        f"Оқушы{'абвгд'[number % 5]}{'абвгдежзик'[number % 10]};Али{'абвгдежзиклмно'[number % 14]};;;"
        f"{iin(date(2010 + number % 8, 1 + number % 12, 1 + number % 28), number)};{1 + number % 11}А;"
        for number in range(5000)
    ]
    began = time.process_time()
    result = load(world, "\n".join([HEADER, *lines]))
    assert result.added > 4900
    assert time.process_time() - began < 20


def test_command_prints_json_and_names_refusals(world: Any, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{HEADER}\nАхметов;Али;;01.09.2013;;7А;\nҚате;Күн;;31.02.2013;;7А;", encoding="utf-8")
    call_command("import_readers", str(path), library="S-1", json=True)
    printed = json.loads(capsys.readouterr().out)
    assert {name: printed[name] for name in ("read", "added", "updated", "unchanged", "rejected")} == {
        "read": 2, "added": 1, "updated": 0, "unchanged": 0, "rejected": 1,
    }  # fmt: skip
    assert (printed["errors"][0]["row"], printed["errors"][0]["code"]) == (3, "bad_date")
    for arguments in ((str(path), "--library", "NONE"), (str(tmp_path / "none.csv"), "--library", "S-1")):
        with pytest.raises(CommandError):
            call_command("import_readers", *arguments)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7А", (7, "А")),
        ("7 «а»", (7, "А")),
        ('7 "Ә"', (7, "Ә")),
        ("7-А сынып", (7, "А")),
        ("11 Б класс", (11, "Б")),
        ("7A", (7, "А")),
        ("7", (7, "")),
        ("0А", (0, "А")),
        ("МАД", (0, "")),
        ("13А", None),
        ("А7", None),
        ("", None),
        ("1234", None),
    ],
)
def test_parse_class(text: str, expected: tuple[int, str] | None) -> None:
    assert roster.parse_class(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "05.03.2012",
        "5.3.2012",
        "2012-03-05",
        "5/3/2012",
        "05-03-2012",
        "5.3.12",
        "20120305",
        "5 наурыз 2012 ж.",
        "2012 жылғы 5 наурыз",
        "5 марта 2012 г.",
        "5 March 2012",
        "2012-03-05 00:00:00",
        40973.0,
    ],
)
def test_parse_date(text: Any) -> None:
    assert roster.parse_date(text, today=TODAY) == date(2012, 3, 5)


@pytest.mark.parametrize("text", ["31.02.2012", "кеше", "2012", "5 айдың 2012", ""])
def test_parse_date_refuses(text: str) -> None:
    assert roster.parse_date(text, today=TODAY) is None


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Тегі", "surname"),
        ("ФАМИЛИЯ", "surname"),
        ("Аты-жөні", "full_name"),
        ("Ф.И.О.", "full_name"),
        ("Дата рождения (дд.мм.гггг)", "birth_date"),
        ("ЖСН", "iin"),
        ("birth_date", "birth_date"),
        ("Сыныбы", "class"),
        ("E-mail", "email"),
        ("Оқырман билеті", "card"),
        ("Көзінің түсі", None),
    ],
)
def test_header_column(header: str, column: str | None) -> None:
    assert roster.header_column(header) == column
