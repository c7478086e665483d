"""Acts are made by the rules of their library and print by them for ever."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from kitaphana.core import clock
from kitaphana.core.errors import DomainError
from kitaphana.core.ids import new_id
from kitaphana.fund import documents, queries, spreadsheets
from kitaphana.fund import services as fund
from kitaphana.fund.models import Act, Copy
from kitaphana.fund.tests.factories import COMMISSION, receive
from kitaphana.regulations import services as regulations

pytestmark = pytest.mark.django_db


def rules(world: Any, **typed: str) -> None:
    """Put rules of the school's district in force."""
    common = {"actor": world.administrator, "at": clock.now()}
    pack = regulations.draft_version(organization=world.district, subject="fund", **common)
    named = {name.replace("__", "."): [value] for name, value in typed.items()}
    regulations.change_draft(pack=pack, typed=named, act="", **common)
    regulations.put_in_force(pack=pack, valid_from=clock.today(), note="Тест", **common)


def write_off(world: Any, copy: Copy) -> Act:
    return fund.write_off(
        actor=world.librarian,
        library=world.school,
        write_off=fund.WriteOff(on=clock.today(), reason="WORN", copies=[copy], commission=COMMISSION, grounds="№ 5"),
        at=clock.now(),
        command_id=new_id(),
    )


def text_of(act: Act) -> str:
    content = documents.act_pdf(
        queries.act_page(Act.objects.select_related("library", "rule_pack").get(pk=act.pk)), language="kk"
    )
    done = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


def test_a_paper_printed_again_keeps_the_rules_it_was_made_under(world: Any) -> None:
    receive(world.librarian, world.school, 3)
    first, second, third = Copy.objects.order_by("pk")
    rules(world, forms__write_off__reference_kk="4-NYSAN ESKI", forms__write_off__title_kk="AKT ESKI")
    old = write_off(world, first)
    rules(world, forms__write_off__reference_kk="5-NYSAN JANA")
    new = write_off(world, second)
    assert "4-NYSAN ESKI" in text_of(old)
    assert "AKT ESKI № 1/" in text_of(old)
    page = queries.act_page(Act.objects.select_related("library", "rule_pack").get(pk=old.pk))
    rows = CalamineWorkbook.from_filelike(spreadsheets.act_xlsx(page, language="kk")).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "4-NYSAN ESKI"
    assert "AKT ESKI № 1/" in rows[1][0]
    assert "JANA" in text_of(new)
    rules(world, commission_minimum="4")
    with pytest.raises(DomainError):
        write_off(world, third)
