"""A librarian puts a report together, saves it, lets it be made by itself; a figure leads to its records."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]


def test_from_an_example_to_a_kept_report(open_page: OpenPage) -> None:
    page = open_page("librarian", "ru")
    page.goto("/reports/")
    page.get_by_role("link", name="Выдачи по классам и месяцам").click()
    # The table follows the form at once.
    page.get_by_label("В строках", exact=True).select_option(label="Категория читателей")
    table = page.locator(".report-table")
    expect(table.locator("thead")).to_contain_text("Категория читателей")
    page.get_by_label("Читатели, каждый один раз").check()
    expect(table.locator("thead")).to_contain_text("Читатели, каждый один раз")
    expect(page.get_by_label("Название отчёта")).to_have_value("Выдачи по классам и месяцам")
    row = table.get_by_role("row", name="Учащийся").or_(table.locator("tbody tr").first).first
    figure = row.get_by_role("link").first
    number = figure.inner_text()
    figure.click()
    expect(page.locator("h1 .figures")).to_have_text(number)
    page.get_by_role("link", name="Назад к отчёту").click()
    page.get_by_label("Название отчёта").fill("Кто читает")
    page.get_by_role("button", name="Сохранить отчёт").click()
    expect(page.locator("h1")).to_have_text("Кто читает")
    page.get_by_label("Как часто").select_option(label="Каждый день")
    page.locator("section", has=page.locator("#plan")).get_by_role("button", name="Сохранить").click()
    expect(page.get_by_text("В следующий раз")).to_be_visible()
    page.goto("/reports/")
    expect(page.get_by_role("row", name="Кто читает")).to_contain_text("Каждый день")
    page.get_by_role("link", name="Кто читает").click()
    page.get_by_text("Удалить отчёт").first.click()
    page.get_by_role("button", name="Удалить отчёт").click()
    expect(page.get_by_role("row", name="Кто читает")).to_have_count(0)


def test_a_shared_report_is_counted_with_ones_own_rights(open_page: OpenPage) -> None:
    page = open_page("librarian", "kk", phone=True)
    page.goto("/reports/")
    page.get_by_role("link", name="Сыныптардың айлық оқуы").click()
    expect(page.locator(".report-table")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
