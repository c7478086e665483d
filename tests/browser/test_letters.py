"""The methodist writes and sees who has read; the ministry goes from the country to one book in five clicks."""

from __future__ import annotations

from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]


def test_a_letter_goes_out_and_its_reading_is_seen(open_page: OpenPage) -> None:
    """The ministry writes to one school through the tree, the school reads it, the ministry sees it."""
    ministry = open_page("ministry", "ru")
    assert ministry.url.endswith("/today/")
    ministry.get_by_role("link", name="Письма", exact=True).click()
    ministry.get_by_role("link", name="Отправленные").click()
    ministry.get_by_role("link", name="Новое письмо").click()
    tree = ministry.locator(".letter-tree").first
    capital = tree.locator("> li").filter(has_text="город Астана")
    capital.get_by_text("Выбрать внутри").click()
    capital.locator(".letter-branch").get_by_text("Выбрать внутри").click()
    gymnasium = capital.get_by_label("Гимназия № 25")
    gymnasium.check()
    ministry.get_by_label("Тема").fill("Неделя чтения")
    ministry.get_by_label("Текст").fill("Начинается в понедельник.\n\nhttps://example.kz/plan")
    ministry.get_by_label("Файлы").set_input_files(
        [{"name": "жоспар.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 plan"}]
    )
    ministry.get_by_role("button", name="Посмотреть, кто получит").click()
    expect(ministry.locator("#preview")).to_contain_text("Письмо получит 1 организация")
    ministry.get_by_role("button", name="Отправить письмо").click()
    expect(ministry.locator(".tiles")).to_contain_text("0 из 1")
    school = open_page("librarian", "kk")
    school.goto("/letters/")
    row = school.get_by_role("row", name="Неделя чтения").first
    expect(row.locator("strong")).to_have_count(1)
    row.get_by_role("link").click()
    expect(school.get_by_role("link", name="https://example.kz/plan")).to_be_visible()
    with school.expect_download() as download:
        school.get_by_role("link", name="жоспар.pdf").click()
    assert download.value.suggested_filename == "жоспар.pdf"
    school.goto("/letters/")
    expect(school.get_by_role("row", name="Неделя чтения").first.locator("strong")).to_have_count(0)
    ministry.reload()
    expect(ministry.locator(".tiles")).to_contain_text("1 из 1")
    expect(ministry.get_by_role("row", name="Гимназия № 25")).to_contain_text("librarian")


def test_from_the_country_to_a_book_in_five_clicks(open_page: OpenPage) -> None:
    page = open_page("ministry", "ru")
    clicks = 0
    for name in ("Акмолинская область", "Бурабайский район", "Общеобразовательная школа № 3"):
        page.locator("#down").locator("..").get_by_role("link", name=name).click()
        clicks += 1
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    page.locator("main tbody a").first.click()
    page.locator("main tbody a").first.click()
    clicks += 2
    expect(page.locator(".facts")).to_contain_text("Инвентарный номер")
    assert clicks <= 5


def test_who_is_late_is_written_to(open_page: OpenPage) -> None:
    page = open_page("methodist", "ru")
    page.get_by_role("link", name="30 дней не записано ни одной выдачи").click()
    page.get_by_role("button", name="Написать им").click()
    expect(page.get_by_label("Тема")).to_have_value("Выдача книг в вашей библиотеке")
    expect(page.get_by_label("Бурабайский многопрофильный колледж")).to_be_checked()


def test_the_pages_are_accessible(open_page: OpenPage) -> None:
    wrong = []
    for role, paths in (
        ("ministry", ("/today/?late=quiet", "/today/?node=BUR-003", "/letters/new/?to=BUR-003", "/letters/sent/")),
        ("librarian", ("/letters/",)),
    ):
        page = open_page(role, "kk")
        for path in paths:
            page.goto(path)
            found = Axe().run(page).response["violations"]
            wrong += [(path, one["id"], one["nodes"][0]["html"][:120]) for one in found]
    assert wrong == []


def test_the_pages_fit_a_phone(open_page: OpenPage) -> None:
    for role in ("methodist", "ministry"):
        page = open_page(role, "kk", phone=True)
        for path in ("/today/?late=quiet", "/letters/", "/letters/sent/", "/letters/new/", "/letters/sent/1/"):
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == (404 if (role, path) == ("methodist", "/letters/sent/1/") else 200), (role, path)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, (role, path, wide)
