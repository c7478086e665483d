"""Every paper is made in Kazakh and Russian, holds what it must, and its barcodes can be read back."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from django.utils.translation import override
from pypdf import PdfReader

from kitaphana.core.ids import new_id
from kitaphana.fund import documents, queries
from kitaphana.fund import services as fund
from kitaphana.fund.documents import SHEETS, LabelKind, number_ranges
from kitaphana.fund.models import Act, Copy
from kitaphana.fund.tests.factories import AT, COMMISSION, ON, receipt, record

LETTERS = "ӘәІіҢңҒғҮүҰұҚқӨөҺһ"


def keep(name: str, content: bytes) -> None:
    """Leave the PDF in a folder to be looked at, if one is named."""
    if folder := os.environ.get("KITAPHANA_LOOK_AT"):
        (Path(folder) / name).write_bytes(content)


def text_of(content: bytes) -> str:
    """All text of a PDF with single spaces."""
    reader = PdfReader(io.BytesIO(content))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.fixture
def fund_of_school(world) -> dict[str, Act]:
    """Two receipts, a write-off, a replacement and a reversal."""
    school, actor = world.school, world.librarian
    titles = [record(f"Абай жолы, {n}-кітап: {LETTERS} тарихи роман-эпопея", bbk="84(5Қаз)") for n in range(1, 31)]
    first = fund.receive(
        actor=actor,
        library=school,
        at=AT,
        command_id=new_id(),
        receipt=receipt(
            *[fund.ReceiptLine(record=edition, quantity=2, price=Decimal("2450.50")) for edition in titles],
            supplier="«Атамұра» баспасы ЖШС",
            document_on=ON - timedelta(days=300),
            on=ON - timedelta(days=300),
        ),
    )
    physics = record("Физика. 8 класс", kind="BROCHURE", language="rus", udc="53", authors=["Иванов, И. И."])
    fund.receive(
        actor=actor,
        library=school,
        at=AT,
        command_id=new_id(),
        receipt=receipt(
            fund.ReceiptLine(record=physics, quantity=3, price=Decimal("1200"), is_on_balance=False),
            source="GIFT",
            document_number="",
            commission=COMMISSION,
        ),
    )
    copies = list(Copy.objects.order_by("inventory_number"))
    worn = fund.write_off(
        actor=actor,
        library=school,
        at=AT,
        command_id=new_id(),
        write_off=fund.WriteOff(
            on=ON,
            reason="WORN",
            copies=copies[:9:2] + copies[20:24],
            commission=COMMISSION,
            grounds="15.08.2026 № 12 бұйрық",
        ),
    )
    replaced = fund.replace_lost(
        actor=actor, library=school, lost=copies[11], replacement=titles[3], price=Decimal(3000), on=ON, at=AT
    )
    reversal = fund.reverse(actor=actor, act=worn, on=ON, at=AT, command_id=new_id())
    return {"receipt": first, "write_off": worn, "replacement": replaced, "reversal": reversal}


@pytest.mark.parametrize(("language", "word"), [("kk", "дана"), ("ru", "экземпляр")])
def test_act_is_printed_with_its_lines(fund_of_school, language: str, word: str) -> None:
    for name, act in fund_of_school.items():
        content = documents.act_pdf(queries.act_page(act), language=language)
        keep(f"act_{name}_{language}.pdf", content)
        text = text_of(content)
        assert word in text
        assert LETTERS in text
        with override(language):
            assert documents.act_title(act).split("№")[0].strip() in text


@pytest.mark.parametrize(("language", "title"), [("kk", "Түгендеу кітабы"), ("ru", "Инвентарная книга")])
def test_inventory_book_has_page_totals_and_a_closing_page(world, fund_of_school, language, title) -> None:
    lines = queries.inventory_lines(world.school, "CORE")
    content = documents.inventory_book_pdf(world.school, "CORE", lines, language=language)
    keep(f"inventory_{language}.pdf", content)
    text = text_of(content)
    assert title.upper() in text
    assert len(PdfReader(io.BytesIO(content)).pages) == 1 + 4 + 1  # cover, 64 lines of 21 a page, closing page
    assert LETTERS in text


@pytest.mark.parametrize(
    ("language", "title"),
    [("kk", "Жиынтық есепке алу кітабы"), ("ru", "Книга суммарного учёта")],
)
def test_summary_book_has_three_parts(world, fund_of_school, language, title) -> None:
    content = documents.summary_book_pdf(queries.summary_book(world.school, "CORE", 2026), language=language)
    keep(f"summary_{language}.pdf", content)
    text = text_of(content)
    assert title.split()[0].upper() in text
    assert len(PdfReader(io.BytesIO(content)).pages) == 1 + 2 + 2 + 1


@pytest.mark.parametrize("kind", list(LabelKind))
@pytest.mark.parametrize("code", list(SHEETS))
def test_barcodes_of_labels_can_be_read_back(world, fund_of_school, code: str, kind: LabelKind) -> None:
    copies = list(queries.label_copies(world.school, act=fund_of_school["receipt"])[:30])
    content = documents.labels_pdf(world.school, copies, sheet=SHEETS[code], kind=kind, start=3, language="kk")
    keep(f"labels_{code}_{kind}.pdf", content)
    read: set[str] = set()
    for page in pypdfium2.PdfDocument(content):
        image = page.render(scale=300 / 72).to_pil()
        read.update(found.text for found in zxingcpp.read_barcodes(image))
    assert read == (set() if kind is LabelKind.SPINE else {copy.barcode for copy in copies})


def test_number_ranges_are_shortest() -> None:
    assert number_ranges([5, 1, 2, 3, 9, 10]) == "1–3, 5, 9–10"
    assert number_ranges([]) == ""
