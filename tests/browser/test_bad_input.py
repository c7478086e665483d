"""What is wrong gets a clear sentence in the person's language, never a broken page, and loses nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from kitaphana.formats import iso2709
from kitaphana.formats.marc import Field, MarcRecord, Subfield
from tests.browser.conftest import Site
from tests.browser.steps import ALMATY, ROUND, Hands, Rest, isbn13
from tests.browser.test_catalog import counts, import_file

LANGUAGES = ["kk"]  # every sentence is translated by test_translations; the browser need not repeat them
LETTERS = {"kk": "[әғқңөұүһі]", "ru": "[а-яё]", "en": "[a-z]"}
HUGE = 10_000_000  # letters; twice what a request may weigh
OpenPage = Callable[..., Page]


def expect_sentence(place: Locator, language: str) -> None:
    """A sentence of more than a word, in the language, that shows no machinery."""
    expect(place).to_be_visible()
    text = place.inner_text()
    assert len(text.split()) >= 2, text
    assert re.search(LETTERS[language], text.casefold()), text
    if language == "en":
        assert not re.search("[а-яё]{4}", re.sub("«[^»]*»|“[^”]*”", "", text).casefold()), text
    assert not re.search(r"Traceback|Exception|Error:|None\b|<class", text), text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.csv", b"alpha;beta\n1;2\n"),
        ("empty.csv", b""),
        ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40),
        ("list.xlsx", b"PK\x03\x04 not a workbook"),
    ],
)
def test_a_wrong_list_of_readers_is_refused(
    site: Site, open_page: OpenPage, language: str, name: str, content: bytes
) -> None:
    page = open_page("librarian", language)
    page.goto("/people/import/")
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.locator("main form.form button[type=submit]").click()
    expect_sentence(page.locator("main .field-error, main .alert-error").last, language)
    expect(page.locator("input[type=file]")).to_be_visible()  # the next try is one choice away


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_barcode_that_is_taken_is_refused_and_the_act_stays(site: Site, open_page: OpenPage, language: str) -> None:
    page = open_page("librarian", language)
    isbn = isbn13(960 + LANGUAGES.index(language))
    Rest(page, site).describe(f"Екінші жапсырма {language}", isbns=[isbn])
    hands = Hands(page)
    page.goto("/fund/receipts/new/")
    hands.scan(isbn)
    page.locator("#table tbody details summary").first.click()
    page.locator("#barcodes-0").fill(site.school["barcodes"][0])
    page.keyboard.press("Tab")
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.locator("button[name=action][value=post]").click()
    refusal = page.locator("main .alert-error").first
    expect_sentence(refusal, language)
    expect(refusal).to_contain_text(site.school["barcodes"][0])
    expect(page.locator("#table tbody tr")).to_have_count(1)
    page.locator("button[name=action][value=discard]").click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_unknown_cards_and_books_are_named(site: Site, open_page: OpenPage, language: str) -> None:
    page = open_page("librarian", language)
    hands = Hands(page)
    for path in ("/desk/", "/desk/return/"):
        page.goto(path)
        for code in ("999999999999", "2009999999999", "'; drop table", "\u202e<script>alert(1)</script>"):
            answer = hands.scan(code)
            assert answer.status < 500
            expect_sentence(page.locator("[data-result=error], [data-result=warning]").first, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_ten_megabytes_in_the_scan_box_stop_nothing(site: Site, open_page: OpenPage, language: str) -> None:
    page = open_page("librarian", language)
    hands = Hands(page)
    for path, shown in (("/desk/", "#desk"), ("/fund/receipts/new/", "#table"), ("/fund/write-offs/new/", "#list")):
        page.goto(path)
        box = page.locator("#scan-input")
        expect(box).to_be_focused()
        page.evaluate("letters => { document.querySelector('#scan-input').value = 'a'.repeat(letters) }", HUGE)
        with page.expect_response(lambda response: response.request.method == "POST") as answer:
            page.keyboard.press("Enter")
        assert answer.value.status < 500
        expect_sentence(page.locator(f"{shown} .alert, {shown} h1 ~ p, {shown} .refusal").first, language)
        expect(box).to_be_focused()
    page.goto("/desk/")
    hands.scan(site.school["cards"][0])
    expect(page.locator("#desk .desk-reader")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_wrong_fields_are_named_and_the_rest_stays(site: Site, open_page: OpenPage, language: str) -> None:
    page = open_page("librarian", language)
    page.goto("/catalog/records/new/")
    page.locator("#id_title").fill("Бір кітап")
    page.locator("#id_isbn").fill("978-601-0000-00-2")
    page.locator("#id_subtitle").fill("оқулық")
    page.locator("#description .form-actions button[type=submit]").click()
    expect_sentence(page.locator("main .field-error, main .alert-warning, main .alert-error").first, language)
    expect(page.locator("#id_subtitle")).to_have_value("оқулық")
    page.goto("/people/new/")
    page.locator("#id_surname").fill("Қатебаев")
    page.locator("#id_iin").fill("123456789012")
    page.locator("main form.form button[type=submit]").first.click()
    expect_sentence(page.locator("main .field-error, main .alert-error").first, language)
    expect(page.locator("#id_surname")).to_have_value("Қатебаев")


@pytest.mark.parametrize(
    "path", ["/catalog/records/999999/", "/fund/acts/999999/", "/people/reader/999999/", "/nowhere/"]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_there_says_so(site: Site, open_page: OpenPage, path: str, language: str) -> None:
    page = open_page("librarian", language)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 404
    expect_sentence(page.locator("main .refusal"), language)


def marc(number: int, title: str) -> bytes:
    """A whole record of ISO 2709."""
    fields = [
        Field("001", data=f"bad{ROUND}{number}"),
        Field("008", data="261123s2020    kz            000 1 kaz  "),
        Field("020", " ", " ", [Subfield("a", isbn13(number))]),
        Field("245", "1", "0", [Subfield("a", title)]),
    ]
    return iso2709.write(MarcRecord("00000nam a2200000   4500", fields))


@pytest.mark.parametrize(("language", "number"), [("kk", 980), ("ru", 983), ("en", 986)])
def test_broken_records_are_named_one_by_one_and_the_whole_ones_stay(
    site: Site, open_page: OpenPage, language: str, number: int
) -> None:
    page = open_page("librarian", language)
    whole = [marc(number, f"Бүтін {ROUND} {number}"), marc(number + 1, f"Екінші бүтін {ROUND} {number}")]
    untitled = iso2709.write(MarcRecord("00000nam a2200000   4500", [Field("001", data=f"none{ROUND}{number}")]))
    garbled = b"0xyz1" + marc(number + 2, "Жарым")[5:12] + b"?????" + b"\x1e\x1d"
    breaks_off = marc(number + 2, "Жарым")[:70]
    import_file(page, f"broken-{language}.mrc", b"".join([whole[0], untitled, garbled, whole[1], breaks_off]))
    found = counts(page)
    assert found["read"] == sum(found.values()) - found["read"] == 5, found
    assert found["rejected"] == 3, found
    page.goto(page.url + "?outcome=REJECTED")
    lines = page.locator("main table tbody tr")
    expect(lines).to_have_count(3)
    for line in lines.all():
        expect_sentence(line.locator("td").nth(2), language)
    rejected = page.request.get(str(page.locator("a[href*='/rejected']").get_attribute("href"))).body()
    for raw in (untitled, garbled.rstrip(b"\x1d"), breaks_off):
        assert raw in rejected
    titles = {record["title"] for record in Rest(page, site).search(f"бүтін {ROUND} {number}")}
    assert {f"Бүтін {ROUND} {number}", f"Екінші бүтін {ROUND} {number}"} <= titles


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_file_that_is_no_marc_is_refused_in_words(site: Site, open_page: OpenPage, language: str) -> None:
    page = open_page("librarian", language)
    page.goto("/catalog/import/")
    for name, content in (
        ("photo.mrc", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40),
        ("empty.mrc", b""),
        ("page.xml", b"<html><body>no records</body></html>"),
        ("list.csv", "атауы;авторы\nАбай жолы;Әуезов\n".encode()),
    ):
        chosen = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        page.locator("input[type=file]").set_input_files(chosen)
        page.locator("main form.form button[type=submit]").click()
        expect_sentence(page.locator("main .field-error").first, language)
        assert page.url.endswith("/catalog/import/"), name


def test_a_closed_day_is_said_at_the_desk_and_no_book_is_due_on_it(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian", "kk")
    rest, hands = Rest(page, site), Hands(page)
    today = (datetime.now(UTC) + ALMATY).date()
    card, code = site.school["cards"][3], site.school["code"]
    book = rest.receive(rest.describe(f"Күнтізбе {ROUND}", isbns=[isbn13(990)]))[0]
    due = date.fromisoformat(rest.lend(card, book)["due_on"])  # with the calendar as it is
    rest.take_back(book)

    def calendar(day: date) -> Locator:
        page.goto(f"/network/{code}/calendar/?year={day.year if day.month >= 8 else day.year - 1}")
        return page.locator("main table tbody tr", has_text=f"{day:%d.%m.%Y}")

    try:
        for day in (today, due):
            calendar(day)
            page.locator("#id_on").fill(day.isoformat())
            page.locator("#id_name_kk").fill("Санитарлық күн")
            page.locator("form[action*='/calendar/close/'] button[type=submit]").click()
            expect(page.locator("main table tbody tr", has_text=f"{day:%d.%m.%Y}")).to_have_count(1)
        warning = page.locator("#desk .alert-warning").first
        page.goto("/desk/")
        for _second in range(40):  # the desk may know the calendar of half a minute ago
            if warning.count():
                break
            page.wait_for_timeout(1000)
            page.reload()
        for language in ("ru", "en", "kk"):
            page.context.add_cookies([{"name": "language", "value": language, "url": site.address}])
            page.goto("/desk/")
            expect(page.locator("html")).to_have_attribute("lang", language)
            expect_sentence(warning, language)
        hands.scan(card)
        expect_sentence(warning, "kk")
        hands.scan(book)
        expect(page.locator("[data-result=success]")).to_be_visible()
        row = page.locator("#desk tbody tr", has_text=book)
        shown = re.search(r"(\d\d)\.(\d\d)\.(\d{4})", row.inner_text())
        assert shown
        moved = date(int(shown[3]), int(shown[2]), int(shown[1]))
        assert due < moved <= due + timedelta(days=14)
        rest.take_back(book)
    finally:
        for day in (today, due):
            row = calendar(day)
            if row.locator("button").count():
                row.locator("button").click()
                expect(row).to_have_count(0)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_ten_pasted_megabytes_lose_nothing_that_was_typed(site: Site, open_page: OpenPage, language: str) -> None:
    page = open_page("librarian", language)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/catalog/records/new/?isbn={isbn13(995)}")
    page.locator("#id_title").fill("Ұзақ аңдатпа")
    page.locator("#id_summary").fill("Қысқа.")
    page.bring_to_front()
    page.evaluate("letters => navigator.clipboard.writeText('a'.repeat(letters))", HUGE)
    page.keyboard.press("Control+v")
    expect_sentence(page.locator("#toasts [data-toast]"), language)
    expect(page.locator("#id_title")).to_have_value("Ұзақ аңдатпа")
    expect(page.locator("#id_summary")).to_have_value("Қысқа.")
    page.goto("/desk/")
    expect(page.locator("#scan-input")).to_be_focused()
    page.keyboard.press("Control+v")
    expect_sentence(page.locator("#toasts [data-toast]"), language)
    expect(page.locator("#scan-input")).to_have_value("")
    Hands(page).scan(site.school["cards"][0])
    expect(page.locator("#desk .desk-reader")).to_be_visible()


def test_ten_megabytes_sent_past_the_page_are_refused_in_words(site: Site, open_page: OpenPage) -> None:
    page = open_page("librarian", "kk")
    page.goto(f"/catalog/records/new/?isbn={isbn13(996)}")
    token = str(page.locator("#description input[name=csrfmiddlewaretoken]").get_attribute("value"))
    body = {"csrfmiddlewaretoken": token, "title": "Ұзақ аңдатпа", "summary": "a" * HUGE}
    answer = page.request.post("/catalog/records/new/", multipart=body, headers={"Referer": page.url})
    assert answer.status == 400
    page.set_content(answer.text().replace("<script", "<template").replace("</script", "</template"))
    expect_sentence(page.locator("main .refusal"), "kk")
