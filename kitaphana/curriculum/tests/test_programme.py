"""Importing an approved programme from a table."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.curriculum import errors, queries, services
from kitaphana.curriculum.models import SetEdition, SetTitle, TextbookSet
from kitaphana.curriculum.programme import MESSAGES, ProgrammeRow, read_programme
from kitaphana.curriculum.tests.factories import AT, add_title, make_set, textbook

HEAD = "Сынып;Оқыту тілі;Бағыты;Пән;Бөлім;ISBN;Оқулық;Оқушыға;Мұғалімге;Қайтарылады\n"
OLD, NEW = "9786012345674", "9786010000018"


def load(node, text: str, *, actor=SYSTEM, year: int = 2026, command_id=None) -> services.ImportResult:
    return services.import_programme(
        actor=actor, organization=node, school_year=year, data=(HEAD + text).encode(), file_name="a.csv", at=AT,
        command_id=command_id,
    )  # fmt: skip


def counts(result: services.ImportResult) -> tuple[int, ...]:
    return result.read, result.added, result.updated, result.unchanged, result.rejected


@pytest.fixture
def books(db) -> dict[str, int]:
    return {
        "old": textbook("Алгебра", 7, isbn=OLD, year=2017).pk,
        "new": textbook("Алгебра", 7, isbn=NEW, year=2025).pk,
        "physics": textbook("Физика", 7).pk,
    }


def test_rows_become_lines_with_editions_and_a_second_import_doubles_nothing(world, books) -> None:
    text = (
        f"7;қазақ;;Алгебра;;{OLD};;1;1;иә\n"
        f"7;қазақ;;Алгебра;;{NEW};;;;\n"
        "7;қазақ;жалпы;Физика;;;Физика;;;\n"
        "7;қазақ;;Информатика;жұмыс дәптері;;;1;;жоқ\n"
        f"10-сынып;русский;ЕМН;Алгебра;;{OLD}, {NEW};;;;\n"
    )
    plan = services.plan_programme(
        actor=SYSTEM, organization=world.country, school_year=2026, data=(HEAD + text).encode(), file_name="a.csv"
    )
    assert not TextbookSet.objects.exists()
    assert [one.action for one in plan.rows] == ["added", "updated", "added", "added", "added"]
    result = load(world.country, text)
    assert counts(result) == counts(plan.result) == (5, 4, 1, 0, 0)
    assert result.sets == 2
    seventh = TextbookSet.objects.get(grade=7)
    algebra, physics, workbook = queries.titles_of([seventh.pk])[seventh.pk]
    assert algebra.record_ids == (books["old"], books["new"])
    assert (algebra.per_pupil, algebra.per_teacher) == (1, 1)
    assert physics.record_ids == (books["physics"],)
    assert (workbook.part, workbook.is_returned) == ("жұмыс дәптері", False)
    tenth = TextbookSet.objects.get(grade=10)
    assert (tenth.language, tenth.profile) == ("rus", "NATURAL")

    before = (SetTitle.objects.count(), SetEdition.objects.count())
    again = load(world.country, text)
    assert counts(again) == (5, 0, 0, 5, 0)
    assert (SetTitle.objects.count(), SetEdition.objects.count()) == before


def test_bad_rows_are_told_with_the_reason_and_the_others_are_imported(world, books) -> None:
    text = (
        "13;қазақ;;Алгебра;;;;;;\n"
        "7;суахили;;Алгебра;;;;;;\n"
        "7;қазақ;спорт;Алгебра;;;;;;\n"
        "7;қазақ;;;;;;;;\n"
        "7;қазақ;;Алгебра;;123;;;;\n"
        "7;қазақ;;Алгебра;;;;99;;\n"
        "7;қазақ;;Алгебра;;;;;;бәлкім\n"
        "7;қазақ;;Алгебра;;;;0;0;\n"
        "\n"
        "7;қазақ;;Химия;;9786019999993;;;;\n"
        "7;қазақ;;Биология;;;Биология;;;\n"
        "7;қазақ;;Алгебра;;;Алгебра;;;\n"
    )
    result = load(world.country, text)
    assert counts(result) == (11, 3, 0, 0, 8)
    assert {error.code for error in result.errors} >= {
        "bad_grade",
        "unknown_language",
        "unknown_profile",
        "missing_subject",
        "bad_isbn",
        "bad_number",
        "bad_answer",
        "no_copies",
    }
    assert result.errors[0].row == 2
    assert {error.code for error in result.warnings} >= {"unknown_title", "ambiguous_title"}
    for error in (*result.errors, *result.warnings):
        assert error.message
        assert error.column_title


def test_a_file_without_columns_or_rights_is_refused(world) -> None:
    with pytest.raises(errors.NoSubjectColumn):
        read_programme(b"a;b;c\n1;2;3\n", "a.csv")
    with pytest.raises(NotAllowed):
        load(world.country, "7;қазақ;;Алгебра;;;;;;\n", actor=world.librarian)
    assert load(world.school, "7;қазақ;;Алгебра;;;;;;\n", actor=world.librarian).added == 1


def test_an_approved_set_rejects_changes_but_not_what_it_has(world, books) -> None:
    text = f"7;қазақ;;Алгебра;;{OLD};;;;\n"
    load(world.country, text)
    services.approve_set(actor=SYSTEM, textbook_set=TextbookSet.objects.get(), at=AT)
    assert counts(load(world.country, text)) == (1, 0, 0, 1, 0)
    result = load(world.country, text + "7;қазақ;;Физика;;;;;;\n")
    assert [error.code for error in result.errors] == ["set_approved"]
    assert SetTitle.objects.count() == 1


def test_an_import_into_a_copied_set_marks_what_it_changes(world, books) -> None:
    load(world.country, f"7;қазақ;;Алгебра;;{OLD};;;;\n7;қазақ;;Физика;;;Физика;;;\n", year=2025)
    services.copy_year(actor=SYSTEM, organization=world.country, from_year=2025, to_year=2026, at=AT)
    load(world.country, f"7;қазақ;;Алгебра;;{NEW};;;;\n7;қазақ;;Химия;;;;;;\n")
    this = TextbookSet.objects.get(school_year=2026)
    assert {row.subject: row.change for row in this.titles.all()} == {
        "Алгебра": "REPLACED",
        "Физика": "SAME",
        "Химия": "NEW",
    }


def test_a_repeated_command_imports_once_and_tells_the_same(world, books) -> None:
    command = new_id()
    text = f"7;қазақ;;Алгебра;;{OLD};;;;\n"
    assert counts(load(world.country, text, command_id=command)) == counts(
        load(world.country, text, command_id=command)
    )


def test_statements_do_not_grow_with_the_rows(world, books, django_assert_max_num_queries) -> None:
    make_set(world.country)
    rows = [
        ProgrammeRow(row, 1 + row % 11, "kaz", f"Пән {row}", record_ids=(books["old"], books["new"]))
        for row in range(120)
    ]
    with django_assert_max_num_queries(14):
        services.write_programme(actor=SYSTEM, organization=world.country, school_year=2026, rows=rows, at=AT)
    assert SetEdition.objects.count() == 240


def test_a_workbook_is_read_as_well(world) -> None:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Оқулықтар тізбесі"])
    sheet.write_row(1, 0, ["Класс", "Язык обучения", "Предмет", "ISBN", "На ученика"])
    sheet.write_row(2, 0, [7, "каз", "Алгебра", int(OLD), 1])
    book.close()
    (row,) = read_programme(stream.getvalue(), "a.xlsx").rows
    assert (row.row, row.grade, row.isbns, row.per_pupil) == (3, 7, (OLD,), 1)


def test_every_code_has_its_sentence() -> None:
    assert all(str(sentence) for sentence in MESSAGES.values())


def test_a_line_that_was_left_out_comes_back(world) -> None:
    last = make_set(world.country, school_year=2025)
    add_title(last, "Алгебра")
    this = services.copy_set(actor=SYSTEM, source=last, school_year=2026, at=AT)
    services.remove_title(actor=SYSTEM, title=this.titles.get(), at=AT)
    assert load(world.country, "7;қазақ;;алгебра;;;;;;\n").updated == 1
    assert this.titles.get().change == "SAME"
