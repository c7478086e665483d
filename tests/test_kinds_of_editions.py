"""Forms for each kind of edition, articles, tables of contents."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kitaphana.catalog import indexing, kinds, queries
from kitaphana.catalog import services as catalog
from kitaphana.catalog.forms import DescriptionForm
from kitaphana.catalog.models import Record
from kitaphana.catalog.tests.factories import LATER, described
from kitaphana.core.ids import new_id
from kitaphana.fund import errors as fund_errors
from kitaphana.fund import services as fund
from kitaphana.fund.tests.factories import receipt
from kitaphana.people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def librarian(world: Any) -> Client:
    client = Client()
    client.force_login(User.objects.get(login="librarian"), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = "en"
    return client


def filled(page: str, **typed: str) -> dict[str, str]:
    """What a browser would send: every field of the describing form, and what was typed."""
    form = page[page.index('id="description"') :]
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', form))
    names = set(re.findall(r'<(?:input|textarea)[^>]* name="([a-z_]+)"', form)) - {"cover", "is_cover_removed"}
    chosen = {
        name: found[1]
        for name, options in re.findall(r'<select name="([a-z_]+)"[^>]*>(.*?)</select>', form, re.S)
        if (found := re.search(r'value="([^"]*)" selected', options))
    }
    return dict.fromkeys(names, "") | hidden | chosen | typed


@pytest.mark.parametrize("name", kinds.TEMPLATES)
def test_every_form_makes_an_edition_of_its_kind_and_hides_no_field(name: str, world: Any, librarian: Client) -> None:
    template = kinds.TEMPLATES[name]
    page = librarian.get(reverse("catalog:record_new"), {"template": name, "title": "Абай"}).content.decode()
    form = DescriptionForm(template=template)
    shown = [field.name for field, _ in (*form.front(), *form.more())]
    assert sorted(shown) == sorted(set(form.fields) - {"is_cover_removed"})
    assert len(shown) == len(set(shown))
    answer = librarian.post(
        reverse("catalog:record_new"),
        filled(page, title="Абай", contents="Бірінші\nЕкінші", issn="2310-1234", frequency="айына бір рет",
               scale="1:100 000", url="https://a.kz/1"),
    )  # fmt: skip
    assert answer.status_code == 302
    record = Record.objects.get()
    facts = queries.description_of(record)
    assert record.kind == template.kind
    assert facts.contents == ("Бірінші", "Екінші")
    assert (facts.issn, facts.frequency, facts.scale, facts.url) == (
        "2310-1234", "айына бір рет", "1:100 000", "https://a.kz/1",
    )  # fmt: skip
    edit = librarian.get(reverse("catalog:record_edit", args=[record.pk])).content.decode()
    again = librarian.post(reverse("catalog:record_edit", args=[record.pk]), filled(edit, title="Абай", year="2020"))
    # The texts of the page are in its fields; here only what is in inputs was sent again.
    assert again.status_code == 302


def test_what_was_not_on_the_page_is_not_emptied(world: Any, librarian: Client) -> None:
    record = described(
        world.librarian, world.school, "Абай", contents=("Бірінші",), url="https://a.kz/1", kind="ELECTRONIC"
    )
    librarian.post(
        reverse("catalog:record_edit", args=[record.pk]),
        {"title": "Абай жолы", "kind": "ELECTRONIC", "language": "kaz", "isbn": "", "summary": ""},
    )
    facts = queries.description_of(Record.objects.get())
    assert (facts.title, facts.contents, facts.url) == ("Абай жолы", ("Бірінші",), "https://a.kz/1")


def test_an_article_is_described_from_its_journal_and_found(world: Any, librarian: Client) -> None:
    journal = described(world.librarian, world.school, "Балдырған", kind="PERIODICAL", authors=(), isbns=())
    address = reverse("catalog:article_new", args=[journal.pk])
    page = librarian.get(address).content.decode()
    assert "Балдырған" in page
    answer = librarian.post(address, filled(page, title="Күз келді", host_part="2026, № 5, 3–4-б."))
    assert answer.status_code == 302
    article = Record.objects.get(title="Күз келді")
    assert (article.kind, article.host_number) == ("ARTICLE", journal.control_number)
    assert queries.host_of(article) == journal
    assert list(queries.parts_of(journal)) == [article]
    anybody = Client()
    anybody.cookies["language"] = "en"
    whole = anybody.get(reverse("portal:record", args=[journal.pk])).content.decode()
    assert reverse("portal:record", args=[article.pk]) in whole
    part = anybody.get(reverse("portal:record", args=[article.pk])).content.decode()
    assert reverse("portal:record", args=[journal.pk]) in part
    assert "2026, № 5" in part
    # An article of an article there is not, and no volume of it comes by itself.
    assert librarian.get(reverse("catalog:article_new", args=[article.pk])).status_code == 404
    with pytest.raises(fund_errors.OnlyAPart):
        fund.receive(
            actor=world.librarian, library=world.school, receipt=receipt(fund.ReceiptLine(record=article, quantity=1, price=1)),
            at=LATER, command_id=new_id(),
        )  # fmt: skip
    edit = librarian.get(reverse("catalog:record_edit", args=[article.pk])).content.decode()
    librarian.post(reverse("catalog:record_edit", args=[article.pk]), filled(edit, title="Алтын күз"))
    article.refresh_from_db()
    assert (article.kind, article.host_number) == ("ARTICLE", journal.control_number)


def test_articles_follow_a_journal_that_was_merged(world: Any) -> None:
    one, two = (
        described(world.methodist, world.school, "Балдырған", kind="PERIODICAL", authors=(), isbns=(), year=year)
        for year in (2020, 2021)
    )
    article = described(
        world.methodist, world.school, "Күз", kind="ARTICLE", host_number=two.control_number, host_title="Балдырған"
    )
    catalog.merge_records(
        actor=world.methodist, library=world.school, winner=one, loser=two, marc=queries.marc_of(one), at=LATER,
        command_id=new_id(),
    )  # fmt: skip
    assert list(queries.parts_of(one)) == [article]
    assert queries.host_of(article) == one


def test_a_book_is_found_by_its_table_of_contents_and_its_issn(world: Any) -> None:
    described(world.librarian, world.school, "Ертегілер", contents=("Алдар көсе мен шайтан", "Тазша бала"))
    described(world.librarian, world.school, "Балдырған", kind="PERIODICAL", issn="2310-1234")
    indexing.rebuild()
    assert [one.title for one in queries.search("тазша бала").records] == ["Ертегілер"]
    assert [one.title for one in queries.search("2310-1234").records] == ["Балдырған"]
    text = Client().get(reverse("portal:record", args=[Record.objects.get(title="Ертегілер").pk])).content.decode()
    assert "<li>Тазша бала</li>" in text
