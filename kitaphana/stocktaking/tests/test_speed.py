"""A fund of 30,000 volumes: a scan answers at once and progress stays cheap."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

import pytest
from django.db import connection

from kitaphana.circulation.models import Loan
from kitaphana.circulation.tests.factories import AT, copies, reader
from kitaphana.core import bulk
from kitaphana.core.ids import new_id
from kitaphana.fund.models import Copy
from kitaphana.stocktaking import queries, services
from kitaphana.stocktaking.models import Line, Scan, Stocktaking
from kitaphana.stocktaking.tests.test_services import EVENING, LATER, begin

VOLUMES = 30_000
SCANNED = 20_000
LENT = 2_000


def filled(world: Any) -> Stocktaking:
    """30,000 copies, 2,000 of them lent, 20,000 scanned: rows in bulk, only the place of the commands matters."""
    (one,) = copies(world.school, 1)
    bulk.insert(
        Copy(
            library=world.school,
            record_id=one.record_id,
            fund="CORE",
            inventory_number=number,
            barcode=f"29{number:010d}",
            price=one.price,
            received_by_id=one.received_by_id,
            shelf_mark=one.shelf_mark,
        )
        for number in range(2, VOLUMES + 1)
    )
    ids = list(Copy.objects.filter(library=world.school).order_by("pk").values_list("pk", flat=True))
    membership = reader(world.school)
    bulk.insert(
        Loan(
            library=world.school,
            copy_id=pk,
            person_id=membership.person_id,
            category="PUPIL",
            lent_at=AT,
            lent_on=AT.date(),
            due_on=AT.date(),
        )
        for pk in ids[-LENT:]
    )
    begun = begin(world)
    barcodes = dict(Copy.objects.filter(pk__in=ids[:SCANNED]).values_list("pk", "barcode"))
    bulk.insert(
        Scan(stocktaking=begun, copy_id=pk, barcode=code, outcome="FOUND", at=LATER, command_id=new_id())
        for pk, code in barcodes.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE stocktaking_line SET scan_id = (SELECT s.id FROM stocktaking_scan s WHERE s.copy_id = "
            "stocktaking_line.copy_id) WHERE copy_id <= %s",
            [ids[SCANNED - 1]],
        )
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")  # a server at work has looked at its rows before
    return begun


@pytest.mark.django_db
def test_scanning_and_progress_in_a_fund_of_30_000(world) -> None:
    begun = filled(world)
    assert begun.expected == VOLUMES
    left = Line.objects.filter(stocktaking=begun, scan=None).order_by("copy_id")[:200]
    times = []
    for line in left.select_related("copy"):
        began = time.process_time()
        services.scan(actor=world.librarian, stocktaking=begun, code=line.copy.barcode, at=LATER, command_id=new_id())
        times.append(time.process_time() - began)
    assert median(times) < 0.02, f"a scan takes {median(times) * 1000:.1f} ms"
    times = []
    for _round in range(5):
        began = time.process_time()
        figures = queries.progress(begun)
        times.append(time.process_time() - began)
    assert min(times) < 0.2, f"progress takes {min(times) * 1000:.1f} ms"
    assert (figures.found, figures.on_loan) == (SCANNED + 200, LENT)
    assert figures.left == VOLUMES - SCANNED - 200 - LENT
    began = time.process_time()
    closed = services.close(actor=world.librarian, stocktaking=begun, at=EVENING)
    assert time.process_time() - began < 10
    assert closed.missing == figures.left


@pytest.mark.django_db
def test_progress_costs_the_same_number_of_statements(world, django_assert_num_queries) -> None:
    copies(world.school, 5)
    begun = begin(world)
    with django_assert_num_queries(5):
        queries.progress(begun)
    closed = services.close(actor=world.librarian, stocktaking=begun, at=EVENING)
    with django_assert_num_queries(1):
        queries.progress(closed)
