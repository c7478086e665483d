"""The MARC editor: checks, fixed fields, new records."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kitaphana.catalog import kinds, queries, reports
from kitaphana.catalog.models import Record
from kitaphana.catalog.tests.factories import described
from kitaphana.core.ids import new_id
from kitaphana.formats import marc21
from kitaphana.people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def librarian(world: Any) -> Client:
    client = Client()
    client.force_login(User.objects.get(login="librarian"), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = "en"
    return client


def shown(page: str) -> str:
    found = re.search(r'<textarea name="text".*?>\r?\n?(.*?)</textarea>', page, re.S)
    assert found
    return unescape(found[1])


@pytest.mark.parametrize("name", kinds.TEMPLATES)
def test_an_empty_record_of_every_kind_becomes_one(name: str, world: Any, librarian: Client) -> None:
    address = reverse("catalog:record_marc_new") + f"?template={name}"
    text = shown(librarian.get(address).content.decode())
    assert [one.code for one in marc21.check(text)] == ["marc.no_245"]
    refused = librarian.post(address, {"text": text})
    assert refused.status_code == 422
    filled = re.sub(r"^(=245 ..\$a)", rf"\1Абай {name}", text, flags=re.M)
    command = str(new_id())
    for _ in range(2):
        assert librarian.post(address, {"text": filled, "command_id": command, "anyway": "1"}).status_code == 302
    record = Record.objects.get()
    assert (record.title, record.kind, record.language) == (f"Абай {name}", kinds.TEMPLATES[name].kind, "kaz")
    assert "$b" not in queries.marc_of(record).to_text()


def test_a_new_record_that_may_be_here_is_offered_first(world: Any, librarian: Client) -> None:
    known = described(world.librarian, world.school, "Абай жолы", year=2020)
    text = f"{queries.marc_of(known).to_text()}"
    text = "\n".join(line for line in text.split("\n") if not line.startswith("=001"))
    address = reverse("catalog:record_marc_new")
    answer = librarian.post(address, {"text": text})
    assert answer.status_code == 409
    assert reverse("portal:record", args=[known.pk]) in answer.content.decode()
    assert Record.objects.count() == 1
    assert librarian.post(address, {"text": text, "anyway": "1"}).status_code == 302


def test_a_record_with_errors_is_not_saved_and_its_text_stays(world: Any, librarian: Client) -> None:
    record = described(world.librarian, world.school, "Абай жолы")
    address = reverse("catalog:record_marc", args=[record.pk])
    text = queries.marc_of(record).to_text() + "\n=245 00$aЕкінші атау\n=020 ##$a978-601-7002-01-6"
    answer = librarian.post(address, {"text": text, "expected_version": record.version})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert shown(page) == text
    assert "second time" in page
    assert "check digit" in page
    record.refresh_from_db()
    assert record.version == 1


def test_errors_that_were_here_before_keep_nobody_from_saving(world: Any, librarian: Client) -> None:
    record = described(world.librarian, world.school, "Абай жолы")
    marc = queries.marc_of(record).to_text() + "\n=260 77$aАлматы"
    Record.objects.filter(pk=record.pk).update(marc=_json(marc))
    address = reverse("catalog:record_marc", args=[record.pk])
    assert librarian.post(address, {"text": marc + "\n=500 ##$aЕскертпе"}).status_code == 302
    assert librarian.post(address, {"text": marc + "\n=260 77$aАстана"}).status_code == 422


def _json(text: str) -> str:
    from kitaphana.catalog.extraction import to_text

    return to_text(marc21.read(text)[0])


@pytest.mark.parametrize(("language", "words"), [("en", "Line 2"), ("kk", "2-жол"), ("ru", "Строка 2")])
def test_the_check_names_lines_in_the_language_of_the_page(
    librarian: Client, language: str, words: str, django_assert_max_num_queries: Any
) -> None:
    librarian.cookies["language"] = language
    text = "=LDR 00000nam a2200000   4500\r\n=245 00$bбөлігі\r\n=020 ##$a1"
    with django_assert_max_num_queries(6):
        page = librarian.post(reverse("catalog:marc_check"), {"text": text}).content.decode()
    assert words in page
    assert page.count("<li>") == 3
    assert "%(" not in page


@pytest.mark.parametrize("tag", ["LDR", "008"])
@pytest.mark.parametrize("template", kinds.TEMPLATES)
def test_fixed_fields_are_shown_place_by_place(librarian: Client, template: str, tag: str) -> None:
    text = kinds.empty_record(kinds.TEMPLATES[template])
    page = librarian.post(reverse("catalog:marc_fixed"), {"tag": tag, "text": text}).content.decode()
    data = next(line[5:] for line in text.split("\n") if line.startswith(f"={tag}"))
    rows = re.findall(r'<(select|input)[^>]*data-start="(\d+)" data-length="(\d+)">(?:(.*?)</select>)?', page, re.S)
    assert len(rows) >= 5
    put = list(data)
    for sort, start, length, options in rows:
        found = re.search(r'value="([^"]*)" selected', options) if sort == "select" else None
        value = found[1] if found else data[int(start) : int(start) + int(length)]
        put[int(start) : int(start) + int(length)] = value.ljust(int(length))
    assert "".join(put) == data


def test_a_broken_text_has_fixed_fields_too(librarian: Client) -> None:
    for text in ("", "жол", "=LDR x", "=008 12", "=LDR " + "z" * 24 + "\n=008 " + "я" * 60):
        for tag in ("LDR", "008", "x"):
            answer = librarian.post(reverse("catalog:marc_fixed"), {"tag": tag, "text": text})
            assert answer.status_code == 200
            assert len(re.findall("data-start", answer.content.decode())) >= 5


def test_every_finding_has_a_sentence_and_every_sentence_a_use() -> None:
    text = Path(marc21.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r'"(marc\.\w+)"', text)) == set(reports.FINDINGS)
