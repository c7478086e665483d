"""Textbook sets: making, changing, copying with marks, and which one holds for a class."""

from __future__ import annotations

import pytest

from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import Conflict, NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.core.models import AuditEntry
from kitaphana.curriculum import errors, queries, services
from kitaphana.curriculum.enums import Change
from kitaphana.curriculum.models import SetTitle, TextbookSet
from kitaphana.curriculum.tests.factories import AT, add_title, make_set, textbook
from kitaphana.people.models import SchoolClass

pytestmark = pytest.mark.django_db


def changes(textbook_set: TextbookSet) -> dict[str, str]:
    return {row.name: row.change for row in SetTitle.objects.filter(textbook_set=textbook_set)}


def approve(one: TextbookSet) -> TextbookSet:
    return services.approve_set(actor=SYSTEM, textbook_set=one, at=AT)


def test_a_set_is_made_once_and_repeated_by_its_command(world) -> None:
    command = new_id()
    made = make_set(world.country, command_id=command)
    assert make_set(world.country, command_id=command) == made
    with pytest.raises(errors.SetExists):
        make_set(world.country)
    with pytest.raises(errors.BadSet):
        make_set(world.country, grade=13)
    with pytest.raises(errors.BadSet):
        make_set(world.country, profile="X")
    assert AuditEntry.objects.filter(action="curriculum.make_set").count() == 1
    with pytest.raises(Conflict):
        services.add_title(actor=SYSTEM, textbook_set=made, subject="Алгебра", at=AT, command_id=command)


def test_rights_are_asked_at_the_node_of_the_set(world) -> None:
    of_country, of_school = make_set(world.country), make_set(world.school)
    title = add_title(of_country)
    for actor in (world.librarian, world.methodist, world.director, world.stranger):
        with pytest.raises(NotAllowed):
            services.add_title(actor=actor, textbook_set=of_country, subject="Физика", at=AT)
        with pytest.raises(NotAllowed):
            services.change_title(actor=actor, title=title, per_pupil=2, at=AT)
        with pytest.raises(NotAllowed):
            services.approve_set(actor=actor, textbook_set=of_country, at=AT)
        with pytest.raises(NotAllowed):
            services.copy_year(actor=actor, organization=world.country, from_year=2026, to_year=2027, at=AT)
    services.add_title(actor=world.librarian, textbook_set=of_school, subject="Физика", at=AT)
    services.add_title(actor=world.methodist, textbook_set=of_school, subject="Химия", at=AT)
    for actor in (world.director, world.neighbour_librarian):
        with pytest.raises(NotAllowed):
            services.add_title(actor=actor, textbook_set=of_school, subject="Биология", at=AT)


def test_lines_have_one_name_each_and_sensible_numbers(world) -> None:
    one = make_set(world.country)
    add_title(one, "Алгебра", per_pupil=2, per_class_teacher=1)
    add_title(one, "Алгебра", part="2")
    with pytest.raises(errors.TitleExists):
        add_title(one, "  алгебра ")
    for wrong in ({"per_pupil": 21}, {"per_pupil": 0}, {"per_class_teacher": -1}, {"part": "x" * 41}):
        with pytest.raises(errors.BadTitle):
            add_title(one, "Физика", **wrong)
    with pytest.raises(errors.BadTitle):
        add_title(one, "  ")
    second = SetTitle.objects.get(part="2")
    with pytest.raises(errors.TitleExists):
        services.change_title(actor=SYSTEM, title=second, part="", at=AT)
    assert [row.position for row in SetTitle.objects.order_by("position")] == [1, 2]


def test_editions_of_a_line_are_ranked_and_interchangeable(world) -> None:
    one = make_set(world.country)
    old, new, other = textbook(year=2017), textbook(year=2025), textbook("Алгебра. Басқа баспа")
    title = add_title(one, "Алгебра", old, new, other)
    with pytest.raises(errors.EditionExists):
        services.add_edition(actor=SYSTEM, title=title, record=new, at=AT)
    by_record = {edition.record_id: edition for edition in title.editions.all()}
    services.change_edition(actor=SYSTEM, edition=by_record[new.pk], is_first=True, at=AT)
    services.drop_edition(actor=SYSTEM, edition=by_record[old.pk], at=AT)
    services.change_edition(actor=SYSTEM, edition=by_record[other.pk], is_electronic=True, at=AT)
    (view,) = queries.titles_of([one.pk])[one.pk]
    assert [(edition.record_id, edition.rank) for edition in view.editions] == [
        (new.pk, 1),
        (old.pk, 2),
        (other.pk, 3),
    ]
    assert view.record_ids == (new.pk,)
    services.remove_edition(actor=SYSTEM, edition=by_record[old.pk], at=AT)
    assert list(title.editions.order_by("rank").values_list("record_id", "rank")) == [(new.pk, 1), (other.pk, 2)]


def test_an_approved_set_is_closed_until_it_is_opened_again(world) -> None:
    one = make_set(world.country)
    with pytest.raises(errors.EmptySet):
        approve(one)
    book = textbook()
    title = add_title(one, "Алгебра", book)
    edition = title.editions.get()
    approve(one)
    closed = (
        lambda: add_title(one, "Физика"),
        lambda: services.change_title(actor=SYSTEM, title=title, per_pupil=2, at=AT),
        lambda: services.remove_title(actor=SYSTEM, title=title, at=AT),
        lambda: services.add_edition(actor=SYSTEM, title=title, record=textbook("Б"), at=AT),
        lambda: services.drop_edition(actor=SYSTEM, edition=edition, at=AT),
        lambda: services.remove_edition(actor=SYSTEM, edition=edition, at=AT),
        lambda: services.delete_set(actor=SYSTEM, textbook_set=one, at=AT),
        lambda: approve(one),
    )
    for command in closed:
        with pytest.raises(errors.SetApproved):
            command()
    services.reopen_set(actor=SYSTEM, textbook_set=one, at=AT)
    services.change_title(actor=SYSTEM, title=title, per_pupil=2, at=AT)
    services.delete_set(actor=SYSTEM, textbook_set=one, at=AT)
    assert not TextbookSet.objects.exists()


def test_a_copy_marks_what_changed_since_last_year(world) -> None:
    last = make_set(world.country, school_year=2025)
    old, new = textbook(year=2017), textbook(year=2026)
    for subject in ("Алгебра", "Геометрия", "Физика", "Химия"):
        add_title(last, subject, old)
    this = services.copy_set(actor=SYSTEM, source=last, school_year=2026, at=AT)
    assert (this.based_on, this.is_approved) == (last, False)
    assert set(changes(this).values()) == {Change.SAME}
    assert queries.changes_between(this, last) == []

    by_name = {row.subject: row for row in this.titles.all()}
    services.add_edition(actor=SYSTEM, title=by_name["Алгебра"], record=new, at=AT)
    services.change_title(actor=SYSTEM, title=by_name["Геометрия"], per_pupil=2, at=AT)
    services.remove_title(actor=SYSTEM, title=by_name["Физика"], at=AT)
    add_title(this, "Информатика")
    assert changes(this) == {
        "Алгебра": "REPLACED",
        "Геометрия": "REPLACED",
        "Физика": "REMOVED",
        "Химия": "SAME",
        "Информатика": "NEW",
    }
    found = {one.name: one for one in queries.changes_between(this, last)}
    assert {name: one.change for name, one in found.items()} == {
        name: mark for name, mark in changes(this).items() if mark != "SAME"
    }
    assert found["Алгебра"].added == (new.pk,)
    assert [one.subject for one in queries.titles_of([this.pk])[this.pk]] == [
        "Алгебра",
        "Геометрия",
        "Химия",
        "Информатика",
    ]

    # Undone, the marks are gone.
    services.remove_edition(actor=SYSTEM, edition=by_name["Алгебра"].editions.get(record=new), at=AT)
    services.change_title(actor=SYSTEM, title=by_name["Геометрия"], per_pupil=1, at=AT)
    services.restore_title(actor=SYSTEM, title=by_name["Физика"], at=AT)
    services.remove_title(actor=SYSTEM, title=this.titles.get(subject="Информатика"), at=AT)
    assert set(changes(this).values()) == {Change.SAME}
    assert queries.changes_between(this, last) == []
    with pytest.raises(errors.SetInUse):
        services.delete_set(actor=SYSTEM, textbook_set=last, at=AT)


def test_a_line_left_out_comes_back_by_its_name(world) -> None:
    last = make_set(world.country, school_year=2025)
    add_title(last, "Алгебра", textbook())
    this = services.copy_set(actor=SYSTEM, source=last, school_year=2026, at=AT)
    services.remove_title(actor=SYSTEM, title=this.titles.get(), at=AT)
    add_title(this, "Алгебра")
    assert changes(this) == {"Алгебра": "SAME"}


def test_a_year_is_copied_at_once_in_a_fixed_number_of_statements(world, django_assert_num_queries) -> None:
    book = textbook()
    for grade in range(1, 6):
        for language in ("kaz", "rus"):
            one = make_set(world.country, grade, 2025, language=language)
            add_title(one, "Алгебра", book)
            add_title(one, "Физика", book)
    make_set(world.country, 1, 2026)
    with django_assert_num_queries(11):
        done = services.copy_year(actor=SYSTEM, organization=world.country, from_year=2025, to_year=2026, at=AT)
    assert done == 9
    assert TextbookSet.objects.filter(school_year=2026).count() == 10
    with pytest.raises(errors.NothingToCopy):
        services.copy_year(actor=SYSTEM, organization=world.country, from_year=2025, to_year=2026, at=AT)


def test_the_nearest_node_decides_then_the_profile(world) -> None:
    general = make_set(world.country, 10)
    natural = make_set(world.country, 10, profile="NATURAL")
    for one in (general, natural):
        add_title(one)

    def held(profile: str, library=world.school, language: str = "kaz") -> TextbookSet | None:
        return queries.set_for(library, 10, language, profile, 2026)

    assert held("") == general
    assert held("NATURAL") == natural
    assert held("HUMANITIES") == general
    assert held("", language="rus") is None
    own = make_set(world.school, 10)
    add_title(own)
    assert held("") == own
    assert held("", world.neighbour) == general
    approve(general)
    # An approved programme goes before a draft, however near.
    assert held("") == general
    approve(own)
    assert held("") == own
    assert held("NATURAL") == own
    assert queries.set_for(world.school, 10, "kaz", "", 2025) is None


def test_sets_of_classes_take_three_statements(world, django_assert_num_queries) -> None:
    book = textbook()
    for grade in (5, 6, 7):
        add_title(make_set(world.country, grade), "Алгебра", book)
    own = make_set(world.school, 7)
    add_title(own, "Алгебра", book, per_class_teacher=1)
    classes = [
        SchoolClass.objects.create(library=world.school, school_year=2026, grade=grade, letter=letter)
        for grade in (5, 6, 7, 8)
        for letter in "АӘБ"
    ]
    with django_assert_num_queries(3):
        found = queries.sets_for_classes(world.school, classes)
    assert set(found) == {one.pk for one in classes if one.grade != 8}
    for one in classes:
        expected = queries.set_for(world.school, one.grade, "kaz", "", 2026)
        assert (found[one.pk].id if one.pk in found else None) == (expected.pk if expected else None)
    view = found[classes[-4].pk]
    assert view.id == own.pk
    assert view.titles[0].per_teacher == 1
    assert view.titles[0].record_ids == (book.pk,)


def test_a_school_copies_the_countrys_set_for_itself(world) -> None:
    general = make_set(world.country)
    add_title(general, "Алгебра", textbook())
    own = services.copy_set(actor=world.librarian, source=general, school_year=2026, organization=world.school, at=AT)
    assert own.organization == world.school
    assert queries.changes_between(own, general) == []
    assert set(queries.visible_to(world.librarian.reach(_view()))) == {own, general}
    assert set(queries.visible_to(world.neighbour_librarian.reach(_view()))) == {general}


def _view():
    from kitaphana.core.access import Permission

    return Permission.TEXTBOOKS_VIEW
