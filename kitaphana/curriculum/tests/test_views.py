"""Pages of the curriculum, as a person with a keyboard and a scanner uses them, in every role."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from kitaphana.core.access import SYSTEM
from kitaphana.core.ids import new_id
from kitaphana.curriculum import services
from kitaphana.curriculum.models import SetEdition, SetTitle, TextbookSet
from kitaphana.curriculum.programme import read_programme
from kitaphana.curriculum.tests.factories import AT, add_title, make_set, textbook
from kitaphana.curriculum.tests.test_programme import HEAD, NEW, OLD
from kitaphana.people.models import User
from kitaphana.people.roster import read_cells

pytestmark = pytest.mark.django_db


def client_of(login: str, language: str = "en") -> Client:
    client = Client()
    client.force_login(User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = language
    return client


@pytest.fixture
def client(world) -> Client:
    return client_of("librarian")


def send(client: Client, one: TextbookSet, **fields: Any) -> str:
    data = {"command_id": str(new_id()), **fields}
    answer = client.post(reverse("curriculum:change", args=[one.pk]), data, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_set_is_scanned_together(world, client) -> None:
    old, new = textbook("Алгебра", isbn=OLD), textbook("Алгебра", isbn=NEW)
    physics = textbook("Физика")
    answer = client.post(reverse("curriculum:set_new"), {"grade": 7, "language": "kaz", "school_year": 2026})
    one = TextbookSet.objects.get()
    assert answer["Location"] == reverse("curriculum:set", args=[one.pk])
    assert one.organization == world.school
    send(client, one, code=OLD)
    text = send(client, one, code=NEW)
    title = SetTitle.objects.get()
    assert "satisfies «Алгебра»" in text
    assert list(title.editions.order_by("rank").values_list("record_id", flat=True)) == [old.pk, new.pk]

    # A book of another name asks whether it opens a line; a subject is typed.
    third = textbook("Геометрия", isbn="9786010000025")
    text = send(client, one, code="9786010000025", line=title.pk)
    assert "Another subject, or an edition of «Алгебра»?" in text
    send(client, one, new_line=third.pk, line=title.pk)
    text = send(client, one, code="Информатика")
    assert "New subject «Информатика»" in text
    send(client, one, subject="Информатика")
    assert "no edition yet" in send(client, one, choose=title.pk)
    send(client, one, edition=physics.pk, line=SetTitle.objects.get(subject="Информатика").pk)
    assert [row.subject for row in SetTitle.objects.order_by("position")] == ["Алгебра", "Геометрия", "Информатика"]
    text = send(client, one, code="9786019999986")
    assert "There is no edition with ISBN" in text
    assert 'data-outcome="refused"' in text


def test_a_scan_sent_twice_adds_once(world, client) -> None:
    textbook("Алгебра", isbn=OLD)
    one, command = make_set(world.school), str(new_id())
    for _ in range(2):
        send(client, one, code=OLD, command_id=command)
    assert SetEdition.objects.count() == 1


def test_lines_and_editions_are_changed_in_the_table(world, client) -> None:
    last = make_set(world.school, school_year=2025)
    add_title(last, "Алгебра", textbook("Алгебра"), textbook("Алгебра 2"))
    one = services.copy_set(actor=SYSTEM, source=last, school_year=2026, at=AT)
    title = one.titles.get()
    row = {"action": "lines", f"pupil-{title.pk}": 2, f"teacher-{title.pk}": 1}
    text = send(client, one, **row, **{f"consumable-{title.pk}": "on", f"part-{title.pk}": "дәптер"})
    title.refresh_from_db()
    assert (title.per_pupil, title.per_class_teacher, title.is_returned, title.part) == (2, 1, False, "дәптер")
    assert "Changed" in text
    assert "was 1" in text
    first, second = title.editions.order_by("rank")
    assert "no longer approved" in send(client, one, drop=first.pk, **row)
    send(client, one, first=second.pk, **row)
    send(client, one, electronic=second.pk, **row)
    second.refresh_from_db()
    assert (second.rank, second.is_electronic) == (1, True)
    send(client, one, take=first.pk, **row)
    assert title.editions.count() == 1
    assert "Left out" in send(client, one, remove=title.pk)
    send(client, one, restore=title.pk)
    assert "20 copies" in send(client, one, action="lines", **{f"pupil-{title.pk}": 99, f"teacher-{title.pk}": 0})


def test_without_scripts_the_page_is_loaded_anew(world, client) -> None:
    one = make_set(world.school)
    answer = client.post(reverse("curriculum:change", args=[one.pk]), {"subject": "Алгебра"})
    assert answer.status_code == 302
    answer = client.post(reverse("curriculum:change", args=[one.pk]), {"subject": "Алгебра"})
    assert "has «Алгебра» already" in answer.content.decode()


def test_a_set_is_approved_opened_copied_and_deleted(world, client) -> None:
    of_country = make_set(world.country)
    add_title(of_country, "Алгебра", textbook())
    page = client.get(reverse("curriculum:set", args=[of_country.pk])).content.decode()
    assert "Make our own version" in page
    assert "data-scan" not in page
    state = reverse("curriculum:state", args=[of_country.pk])
    assert client.post(state, {"action": "approve"}).status_code == 403
    client.post(state, {"action": "copy", "year": 2026, "node": world.school.code})
    own = TextbookSet.objects.get(organization=world.school)
    state = reverse("curriculum:state", args=[own.pk])
    client.post(state, {"action": "approve"})
    assert "Open for changes" in client.get(reverse("curriculum:set", args=[own.pk])).content.decode()
    client.post(state, {"action": "reopen"})
    client.post(state, {"action": "delete"})
    assert not TextbookSet.objects.filter(organization=world.school).exists()


def test_last_years_sets_are_copied_from_the_list(world, client) -> None:
    add_title(make_set(world.school, school_year=2025), "Алгебра", textbook())
    page = client.get(reverse("curriculum:sets"), {"year": 2026}).content.decode()
    assert "Copy the sets of 2025" in page
    client.post(reverse("curriculum:copy_year"), {"year": 2026, "node": world.school.code})
    page = client.get(reverse("curriculum:sets"), {"year": 2026, "grade": 7, "language": "kaz"}).content.decode()
    assert "Grade 7, Kazakh" in page
    assert "draft" in page
    refused = client.post(reverse("curriculum:copy_year"), {"year": 2026, "node": world.country.code})
    assert refused.status_code == 404


@pytest.mark.parametrize(
    ("login", "sees", "edits"),
    [("librarian", 200, True), ("director", 200, False), ("methodist", 200, True), ("administrator", 200, True),
     ("neighbour", 404, False), ("stranger", 403, False)],
)  # fmt: skip
def test_who_sees_and_who_edits_a_schools_set(world, login, sees, edits) -> None:
    one = make_set(world.school)
    title = add_title(one)
    client = client_of(login)
    assert client.get(reverse("curriculum:set", args=[one.pk])).status_code == sees
    answer = client.post(
        reverse("curriculum:change", args=[one.pk]), {"remove": title.pk}, headers={"HX-Request": "true"}
    )
    assert (answer.status_code == 200) is edits
    assert SetTitle.objects.exists() is not edits
    listed = client.get(reverse("curriculum:sets"), {"year": 2026})
    assert listed.status_code == (403 if login == "stranger" else 200)
    if sees == 404:
        assert reverse("curriculum:set", args=[one.pk]) not in listed.content.decode()


def test_a_programme_is_previewed_and_imported(world, client, tmp_path, settings) -> None:
    settings.DATA = tmp_path
    textbook("Алгебра", isbn=OLD)
    file = io.BytesIO((HEAD + f"7;қазақ;;Алгебра;;{OLD};;;;\n99;қазақ;;Физика;;;;;;\n").encode())
    file.name = "programme.csv"
    answer = client.post(reverse("curriculum:import"), {"file": file, "school_year": 2026})
    preview = client.get(answer["Location"])
    assert "This is not a grade from 0 to 12: «99»." in preview.content.decode()
    assert not TextbookSet.objects.exists()
    address = answer["Location"].split("?")[0] + "confirm/"
    client.post(address, {"action": "import", "year": 2026, "node": world.school.code, "command_id": str(new_id())})
    assert SetEdition.objects.get().title.subject == "Алгебра"
    broken = io.BytesIO(b"a;b\n1;2\n")
    broken.name = "broken.csv"
    assert client.post(reverse("curriculum:import"), {"file": broken, "school_year": 2026}).status_code == 422


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_papers_and_pages_in_every_language(world, language) -> None:
    last = make_set(world.school, school_year=2025)
    add_title(last, "Алгебра", textbook("Алгебра ӘәҢң", isbn=OLD), textbook("Алгебра 2"), per_class_teacher=1)
    one = services.copy_set(actor=SYSTEM, source=last, school_year=2026, at=AT)
    add_title(one, "Дәптер", is_returned=False)
    client = client_of("director", language)
    for name in ("sets", "set"):
        address = reverse(f"curriculum:{name}", args=[one.pk] if name == "set" else [])
        assert client.get(address).status_code == 200
    content = client.get(reverse("curriculum:pdf", args=[one.pk])).content
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "ӘәҢң" in text
    assert OLD in text
    book = b"".join(client.get(reverse("curriculum:xlsx", args=[one.pk])).streaming_content)
    assert len(list(read_cells(book, "set.xlsx"))) == 5
    programme = read_programme(book, "set.xlsx")
    assert not programme.errors
    assert [(row.grade, row.language, row.subject) for row in programme.rows] == [
        (7, "kaz", "Алгебра"),
        (7, "kaz", "Алгебра"),
        (7, "kaz", "Дәптер"),
    ]
    model = b"".join(client_of("librarian", language).get(reverse("curriculum:import_model")).streaming_content)
    assert not read_programme(model, "model.xlsx").errors


def test_statements_of_the_pages_do_not_grow(world, client, django_assert_max_num_queries) -> None:
    one = make_set(world.school)
    for number in range(12):
        add_title(one, f"Пән {number}", textbook(f"Пән {number}"))
        make_set(world.school, number, school_year=2026, language="rus")
    with django_assert_max_num_queries(16):
        client.get(reverse("curriculum:set", args=[one.pk]))
    with django_assert_max_num_queries(14):
        client.get(reverse("curriculum:sets"), {"year": 2026})
