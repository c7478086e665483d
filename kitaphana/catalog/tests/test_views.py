"""Pages of describing, MARC, history, covers and import, through the test client."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from kitaphana.catalog import jobs as catalog_jobs
from kitaphana.catalog import queries
from kitaphana.catalog.models import ImportRun, Record
from kitaphana.catalog.tests.factories import data_of, described, imported, marc
from kitaphana.catalog.views.marc import changed_lines
from kitaphana.core import jobs
from kitaphana.core.ids import new_id
from kitaphana.core.models import Job
from kitaphana.formats.bibliographic import describe
from kitaphana.people.models import User

ISBN = "9786017002015"


@pytest.fixture
def client(world: Any, settings: Any, tmp_path: Any) -> Client:
    """The librarian of the school, with files of their own."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return signed_in("librarian")


def signed_in(login: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
    return client


def typed(**fields: Any) -> dict[str, Any]:
    return {
        "title": "Көшпенділер",
        "kind": "BOOK",
        "authors": ["Есенберлин, Ілияс", ""],
        "command_id": str(new_id()),
    } | fields


def picture(color: str = "teal") -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (900, 1200), color).save(data, "PNG")
    return SimpleUploadedFile("cover.png", data.getvalue(), content_type="image/png")


def test_a_described_edition_has_what_was_typed_and_leads_to_its_page(client: Client) -> None:
    response = client.post(
        reverse("catalog:record_new"),
        typed(
            isbn="978-601-7002-01-5", authors=["Есенберлин, Ілияс", "Біреу, Екі"], year="1976", language="kaz",
            publisher="Жазушы", place="Алматы", udc="821.512.122", bbk="84(5Қаз)", age_from="14", extent="480 б.",
            subjects="Қазақ хандығы\nТарих", summary="Тарихи трилогия.", series="Қазақ әдебиеті", edition="2-бас.",
        ),
    )  # fmt: skip
    record = Record.objects.get()
    assert response["Location"] == reverse("portal:record", args=[record.pk])
    assert (record.title, record.authors, record.year) == ("Көшпенділер", ["Есенберлин, Ілияс", "Біреу, Екі"], 1976)
    assert (record.isbns, record.language, record.subjects) == ([ISBN], "kaz", ["Қазақ хандығы", "Тарих"])
    assert (record.age_from, record.edition, record.bbk, record.pages) == (14, "2-бас", "84(5Қаз)", 480)


def test_the_same_form_sent_twice_makes_one_record(client: Client) -> None:
    form = typed(anyway="1")
    client.post(reverse("catalog:record_new"), form)
    client.post(reverse("catalog:record_new"), form)
    assert Record.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "title"),
        ({"isbn": "978-601-7002-01-9"}, "isbn"),
        ({"year": "999"}, "year"),
        ({"kind": "X"}, "kind"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    client: Client, fields: dict[str, str], field: str
) -> None:
    response = client.post(reverse("catalog:record_new"), typed(publisher="Жазушы", **fields))
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "Есенберлин, Ілияс" in response.content.decode()
    assert "Жазушы" in response.content.decode()
    assert not Record.objects.exists()


def test_a_picture_that_is_none_makes_no_record(client: Client) -> None:
    response = client.post(reverse("catalog:record_new"), typed(cover=SimpleUploadedFile("a.png", b"not a picture")))
    assert "cover" in response.context["form"].errors
    assert not Record.objects.exists()


def test_a_cover_is_kept_small_served_for_long_and_can_be_removed(client: Client) -> None:
    client.post(reverse("catalog:record_new"), typed(cover=picture()))
    record = Record.objects.get()
    response = client.get(f"/catalog/{record.cover}")
    assert "immutable" in response["Cache-Control"]
    with Image.open(io.BytesIO(b"".join(response.streaming_content))) as image:
        assert (image.format, max(image.size)) == ("WEBP", 600)
    client.post(reverse("catalog:record_edit", args=[record.pk]), typed(is_cover_removed="on"))
    record.refresh_from_db()
    assert record.cover == ""


@pytest.mark.parametrize("name", ["ab/x.webp", "../secret.key", "ab/" + "0" * 64 + ".webp", "%2e%2e/secret.key"])
def test_only_covers_are_served(client: Client, name: str) -> None:
    assert client.get(f"/catalog/covers/{name}").status_code == 404


def test_one_more_name_gives_an_empty_field_and_keeps_the_rest(client: Client) -> None:
    response = client.post(reverse("catalog:record_new"), typed(more="1", authors=["А", "Б"], year="1976"))
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count('name="authors"') == 3
    assert 'value="1976"' in page
    assert not Record.objects.exists()


def test_a_known_isbn_offers_the_record_and_takes_it_back_to_the_parcel(client: Client, world: Any) -> None:
    record = described(world.neighbour_librarian, world.neighbour, isbns=(ISBN,))
    address = reverse("catalog:record_new")
    page = client.get(address, {"isbn": "978-601-7002-01-5", "next": "/fund/receipts/new/"}).content.decode()
    assert f"/fund/receipts/new/?record={record.pk}" in page
    page = client.get(address, {"isbn": ISBN, "anyway": "1"}).content.decode()
    assert 'value="978-601-7002-01-5"' in page


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_way_back_never_leaves_the_site(client: Client, evil: str) -> None:
    response = client.post(reverse("catalog:record_new"), typed(next=evil))
    assert response["Location"] == reverse("portal:record", args=[Record.objects.get().pk])


def test_a_duplicate_is_saved_only_when_the_person_says_so(client: Client, world: Any) -> None:
    described(world.librarian, world.school, "Көшпенділер", authors=("Есенберлин, Ілияс",), year=1976)
    response = client.post(reverse("catalog:record_new"), typed(year="1976"))
    assert response.status_code == 409
    assert len(response.context["offers"]) == 1
    assert client.post(reverse("catalog:record_new"), typed(year="1976", anyway="1")).status_code == 302
    assert Record.objects.count() == 2


def test_duplicates_are_told_while_typing(client: Client, world: Any) -> None:
    record = described(world.librarian, world.school, isbns=(ISBN,), authors=("Әуезов, Мұхтар",))
    address = reverse("catalog:duplicates")
    answer = client.post(address, {"isbn": ISBN, "authors": ["Әуезов, Мұхтар"], "title": "Абай"})
    assert record.title in answer.content.decode()
    assert answer.context["mark"] == record.author_mark
    alone = client.post(address, {"isbn": ISBN, "record": str(record.pk)})
    assert alone.context["offers"] == []
    assert "1234" in client.post(address, {"isbn": "1234"}).content.decode()


def test_editing_changes_the_record_and_a_later_save_of_an_old_form_is_refused(client: Client, world: Any) -> None:
    record = described(world.librarian, world.school, subtitle="роман", authors=("Әуезов, Мұхтар",))
    address = reverse("catalog:record_edit", args=[record.pk])
    shown = client.get(address).context["form"].initial
    assert (shown["title"], shown["subtitle"], shown["authors"]) == ("Абай жолы", "роман", ["Әуезов, Мұхтар"])
    form = typed(title="Абай жолы. 1-кітап", expected_version="1")
    assert client.post(address, form).status_code == 302
    record.refresh_from_db()
    assert (record.title, record.version) == ("Абай жолы. 1-кітап", 2)
    refused = client.post(address, typed(title="Басқа", expected_version="1"))
    assert refused.status_code == 422
    assert refused.context["form"].non_field_errors()


def test_another_language_than_ours_survives_an_edit(client: Client, world: Any) -> None:
    record = described(world.librarian, world.school, language="epo")
    address = reverse("catalog:record_edit", args=[record.pk])
    assert client.post(address, typed(language="epo")).status_code == 302
    record.refresh_from_db()
    assert record.language == "epo"


def test_marc_is_edited_line_by_line(client: Client, world: Any) -> None:
    record = described(world.librarian, world.school)
    address = reverse("catalog:record_marc", args=[record.pk])
    text = client.get(address).context["form"].initial["text"]
    changed = text.replace("Абай жолы", "Абай", 1).replace("\n", "\r\n") + "\r\n=500 ##$aЕскертпе"
    assert client.post(address, {"text": changed, "expected_version": "1"}).status_code == 302
    record.refresh_from_db()
    field = queries.marc_of(record).first("500")
    assert record.title == "Абай"
    assert field is not None
    assert field.get("a") == "Ескертпе"


def test_a_wrong_marc_line_is_named_by_its_number(client: Client, world: Any) -> None:
    record = described(world.librarian, world.school)
    address = reverse("catalog:record_marc", args=[record.pk])
    text = queries.marc_of(record).to_text() + "\nnonsense"
    response = client.post(address, {"text": text, "expected_version": "1"}, headers={"accept-language": "en"})
    assert response.status_code == 422
    assert str(len(text.split("\n"))) in response.context["form"].errors["text"][0]
    assert client.post(address, {"text": text[:-8], "expected_version": "7"}).status_code == 422


def test_record_files_can_be_taken_by_anybody(client: Client, world: Any) -> None:
    record = described(world.librarian, world.school)
    iso = Client().get(reverse("catalog:record_file", args=[record.pk, "mrc"]))
    xml = Client().get(reverse("catalog:record_file", args=[record.pk, "xml"]))
    assert iso.content.endswith(b"\x1d")
    assert b"<collection" in xml.content
    assert Client().get(reverse("catalog:record_file", args=[record.pk, "pdf"])).status_code == 404


def test_history_shows_changed_lines_and_takes_a_change_back(client: Client, world: Any) -> None:
    record = described(world.librarian, world.school)
    client.post(reverse("catalog:record_edit", args=[record.pk]), typed(title="Басқа атау"))
    page = client.get(reverse("catalog:record_history", args=[record.pk]))
    (change,) = page.context["changes"]
    assert change["who"] == "librarian"
    assert any(sign == "+" and "Басқа атау" in line for sign, line in change["lines"])
    client.post(reverse("catalog:record_restore", args=[record.pk, 1]))
    record.refresh_from_db()
    assert (record.title, record.version) == ("Абай жолы", 3)
    assert describe(queries.marc_of(record)).title == "Абай жолы"
    assert client.post(reverse("catalog:record_restore", args=[record.pk, 99])).status_code == 404


def test_changed_lines_tell_what_went_and_what_came() -> None:
    assert list(changed_lines("a\nb\nc", "a\nB\nc\nd")) == [("-", "b"), ("+", "B"), ("+", "d")]
    assert list(changed_lines("a", "a")) == []


def upload(client: Client, data: bytes, name: str = "school.mrc") -> Any:
    return client.post(reverse("catalog:import"), {"file": SimpleUploadedFile(name, data), "format": "auto"})


def run_of(client: Client, data: bytes) -> ImportRun:
    response = upload(client, data)
    job = Job.objects.get(name=catalog_jobs.IMPORT)
    assert response["Location"] == reverse("job", args=[job.pk])
    while jobs.run_next():
        pass
    response = client.get(reverse("catalog:import_job", args=[job.pk]))
    run = ImportRun.objects.get()
    assert response["Location"] == reverse("catalog:import_run", args=[run.pk])
    return run


def test_an_uploaded_file_is_imported_and_reported(client: Client) -> None:
    broken = b"00050nam a2200037   4500 broken\x1d"
    run = run_of(client, data_of(marc("1"), broken, marc("2", "Қан мен тер")))
    assert (run.read, run.imported, run.rejected) == (3, 2, 1)
    page = client.get(reverse("catalog:import_run", args=[run.pk]))
    (line,) = page.context["lines"]
    assert line[0].number == 2
    empty = client.get(reverse("catalog:import_run", args=[run.pk]), {"outcome": "MERGED"})
    assert empty.context["lines"] == []
    file = client.get(reverse("catalog:import_rejected", args=[run.pk]))
    assert b"".join(file.streaming_content) == broken
    assert "school.mrc" in client.get(reverse("catalog:import")).content.decode()
    job = Job.objects.get(name=catalog_jobs.IMPORT)
    assert (job.done, job.total, job.result["run"]) == (3, 3, run.pk)


def test_the_uploaded_file_does_not_stay(client: Client, settings: Any) -> None:
    run_of(client, data_of(marc("1")))
    assert list((settings.MEDIA_ROOT / "imports").iterdir()) == []


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7 ...", b"<html></html>"])
def test_something_else_than_records_is_refused_at_once(client: Client, data: bytes) -> None:
    response = upload(client, data)
    assert response.status_code == 422
    assert "file" in response.context["form"].errors
    assert not Job.objects.exists()


def test_the_report_of_another_school_is_not_there(client: Client) -> None:
    run = run_of(client, data_of(marc("1")))
    neighbour = signed_in("neighbour")
    assert neighbour.get(reverse("catalog:import_run", args=[run.pk])).status_code == 404
    assert neighbour.get(reverse("catalog:import_rejected", args=[run.pk])).status_code == 404
    job = Job.objects.get(name=catalog_jobs.IMPORT)
    assert neighbour.get(reverse("catalog:import_job", args=[job.pk])).status_code == 404
    assert "school.mrc" not in neighbour.get(reverse("catalog:import")).content.decode()


def test_lists_take_the_same_statements_for_one_and_three(client: Client, world: Any) -> None:
    taken = []
    for number in (1, 2):
        run = imported(world.librarian, world.school, *[b"00050nam a2200037   4500 broken\x1d"] * (2 * number - 1))
        described(world.librarian, world.school, f"Кітап {number}")
        if number == 2:
            imported(world.librarian, world.school, b"00050nam a2200037   4500 broken\x1d")
        for address in (reverse("catalog:import_run", args=[run.pk]), reverse("catalog:import")):
            client.get(address)
            with CaptureQueriesContext(connection) as statements:
                client.get(address)
            taken.append(len(statements))
    assert taken[:2] == taken[2:]


def test_history_takes_the_same_statements_for_one_and_three(client: Client, world: Any) -> None:
    record = described(world.librarian, world.school)
    address = reverse("catalog:record_history", args=[record.pk])
    taken = []
    for changes in (1, 2):
        for number in range(changes):
            client.post(reverse("catalog:record_edit", args=[record.pk]), typed(title=f"Атау {changes} {number}"))
        client.get(address)
        with CaptureQueriesContext(connection) as statements:
            client.get(address)
        taken.append(len(statements))
    assert taken[0] == taken[1]


def test_separators_of_iso_2709_never_get_into_a_record(client: Client) -> None:
    form = typed(title="Ақ\x1f\x1e\x1d боз үй", authors=["Мүсірепов,\x1f Ғабит"], summary="бір\x1dекі\nүш")
    client.post(reverse("catalog:record_new"), form)
    record = Record.objects.get()
    assert (record.title, record.authors, record.summary) == ("Ақ боз үй", ["Мүсірепов, Ғабит"], "бірекі үш")
    text = queries.marc_of(record).to_text() + "\n=500 ##$aбір\x1eекі"
    client.post(reverse("catalog:record_marc", args=[record.pk]), {"text": text, "expected_version": "1"})
    record.refresh_from_db()
    assert not set("\x1d\x1e\x1f") & set(queries.marc_of(record).to_text())
